"""Pictures of models: what is written into them, and where it stands."""

import re
from pathlib import Path

import pytest
from PIL import Image

from vitral import Input, Model, Sequential, layers
from vitral.errors import ConfigError
from vitral.utils import plot_model


def branches() -> Model:
    x = Input((4,), name="entrance")
    h = layers.Dense(4, activation="relu", name="first")(x)
    return Model(x, layers.Dense(2, name="last")(layers.Add(name="sum")([x, h])))


def written(file: Path) -> str:
    """The texts of an SVG file, which Matplotlib leaves in comments beside the letters' outlines."""
    return "\n".join(re.findall(r"<!--\s*(.*?)\s*-->", file.read_text(), re.S))


def test_layers_are_drawn_with_what_is_asked_for(tmp_path: Path) -> None:
    plot_model(branches(), tmp_path / "plain.svg")
    plain = written(tmp_path / "plain.svg")
    assert [plain.count(name) for name in ("InputLayer", "Dense", "Add", "first")] == [1, 2, 1, 0]
    plot_model(
        branches(),
        tmp_path / "full.svg",
        show_shapes=True,
        show_dtype=True,
        show_layer_names=True,
        show_layer_activations=True,
        show_trainable=True,
    )
    full = written(tmp_path / "full.svg")
    for text in ("first", "activation: relu", "(None, 4) → (None, 2)", "[(None, 4), (None, 4)] → (None, 4)"):
        assert text in full
    assert full.count("trainable: True") == 4
    assert full.count("dtype: float32") == 2


@pytest.mark.parametrize("direction", ["TB", "BT", "LR", "RL"])
def test_the_way_goes_in_the_direction_that_is_asked_for(direction: str, tmp_path: Path) -> None:
    model = Sequential([Input((2,)), layers.Dense(3), layers.Dense(1)])
    plot_model(model, tmp_path / "a.png", rankdir=direction, dpi=50)
    with Image.open(tmp_path / "a.png") as picture:
        width, height = picture.size
    assert (width > height) == (direction in ("LR", "RL"))
    plot_model(model, tmp_path / "a.svg", rankdir=direction)
    # Every text is moved to its place: the input's comes first.
    places = re.findall(r"translate\(([\d.]+) ([\d.]+)\) scale", (tmp_path / "a.svg").read_text())
    along = [float(place[direction in ("TB", "BT")]) for place in places]
    assert len(along) == 3
    assert along == sorted(along, reverse=direction in ("BT", "RL"))


def test_what_cannot_be_drawn_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected a built model"):
        plot_model(Sequential([layers.Dense(2)]))
    with pytest.raises(ConfigError, match="rankdir is 'up'"):
        plot_model(branches(), rankdir="up")
    with pytest.raises(ConfigError, match="expand_nested is True"):
        plot_model(branches(), expand_nested=True)
    with pytest.raises(ConfigError, match=r"model\.docx': Format 'docx' is not supported"):
        plot_model(branches(), tmp_path / "model.docx")
