"""Models in the language of Graphviz."""

import builtins
import re
from typing import Any

import pytest

from vitral import Input, Model, Sequential, layers
from vitral.errors import ConfigError, MissingExtraError
from vitral.utils import model_to_dot


def branches() -> Model:
    x = Input((4,), name="x")
    hidden = layers.Dense(4, activation="relu", name="hidden")(x)
    return Model(x, layers.Add(name="sum")([x, hidden]), name="branches")


def parts(text: str) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """The labels of the boxes by number, and the arrows."""
    labels = dict(re.findall(r'^(\w+) \[label="(.*?)"', text, re.MULTILINE))
    return labels, set(re.findall(r"^(\w+) -> (\w+)", text, re.MULTILINE))


def test_boxes_and_arrows() -> None:
    pytest.importorskip("pydot")
    graph = model_to_dot(branches(), rankdir="LR", dpi=50)
    text = graph.to_string()
    labels, arrows = parts(text)
    assert labels == {"0": r"InputLayer\nx", "1": r"Dense\nhidden", "2": r"Add\nsum"}
    assert arrows == {("0", "1"), ("0", "2"), ("1", "2")}
    assert text.startswith("digraph model {")
    for setting in ("rankdir=LR", "dpi=50", "splines=ortho"):
        assert setting in text


def test_what_is_shown_of_a_chain() -> None:
    pydot = pytest.importorskip("pydot")
    model = Sequential([Input((4,)), layers.Dense(2, activation="tanh", name="d")], name="a model")
    graph = model_to_dot(
        model,
        show_shapes=True,
        show_dtype=True,
        show_layer_names=False,
        subgraph=True,
        show_layer_activations=True,
        show_trainable=True,
    )
    assert graph.to_string().startswith('subgraph "cluster_')
    whole = pydot.Dot(graph_type="digraph")
    whole.add_subgraph(graph)
    labels, arrows = parts(whole.to_string())
    assert labels["1"] == r"Dense\nactivation: tanh\ndtype: float32\n(None, 4) → (None, 2)\ntrainable: True"
    assert arrows == {("0", "1")}


def test_what_cannot_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"model_to_dot received .*; expected a built model"):
        model_to_dot(Sequential([layers.Dense(2)]))
    with pytest.raises(ConfigError, match="model_to_dot: rankdir is 'up'"):
        model_to_dot(branches(), rankdir="up")
    with pytest.raises(ConfigError, match="model_to_dot: expand_nested is True"):
        model_to_dot(branches(), expand_nested=True)
    importing = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "pydot":
            raise ImportError(name)
        return importing(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r'pip install "vitral\[dot\]"'):
        model_to_dot(branches())
