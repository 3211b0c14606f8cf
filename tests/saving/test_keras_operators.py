"""Operators with a number in Keras' files. Keras 3.15.1 wrote such nodes for (-(2 * (1 - (x / 4 - 0.5)) + 1))."""

from typing import Any

import numpy as np
import pytest

from vitral.errors import ModelFileError
from vitral.saving.keras_config import model_from_config

_INPUT = {
    "module": "keras.layers",
    "class_name": "InputLayer",
    "config": {"batch_shape": [None, 2], "dtype": "float32", "sparse": False, "ragged": False, "name": "x"},
    "registered_name": None,
    "name": "x",
    "inbound_nodes": [],
}


def _tensor(name: str) -> dict[str, Any]:
    config = {"shape": [None, 2], "dtype": "float32", "keras_history": [name, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def _written(*operators: tuple[str, str, list[Any]]) -> dict[str, Any]:
    described = [
        {
            "module": "keras.src.ops.numpy",
            "class_name": kind,
            "config": {"name": name},
            "registered_name": kind,
            "name": name,
            "inbound_nodes": [{"args": args, "kwargs": {}}],
        }
        for kind, name, args in operators
    ]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [[operators[-1][1], 0, 0]]}
    config = {"name": "m", "trainable": True, "layers": [_INPUT, *described], **ends}
    return {"module": "keras.src.models.functional", "class_name": "Functional", "config": config}


def test_they_rescale() -> None:
    model = model_from_config(
        _written(
            ("TrueDivide", "true_divide", [_tensor("x"), 4.0]),
            ("Subtract", "subtract", [_tensor("true_divide"), 0.5]),
            ("Subtract", "subtract_1", [1.0, _tensor("subtract")]),
            ("Multiply", "multiply", [2, _tensor("subtract_1")]),
            ("Add", "add", [_tensor("multiply"), 1]),
            ("Negative", "negative", [_tensor("add")]),
        )
    )
    x = np.array([[8.0, 4.0]])
    np.testing.assert_array_equal(model(x), -(2 * (1 - (x / 4 - 0.5)) + 1))
    assert [layer.name for layer in model.layers][1:3] == ["true_divide", "subtract"]


@pytest.mark.parametrize(
    ("kind", "args"),
    [("TrueDivide", [2.0, _tensor("x")]), ("Power", [_tensor("x"), 2]), ("TrueDivide", [_tensor("x"), 0])],
)
def test_what_is_no_rescaling_is_named(kind: str, args: list[Any]) -> None:
    with pytest.raises(ModelFileError, match=f"unknown layer '{kind}'"):
        model_from_config(_written((kind, "op", args)))


def _function(kind: str, **arguments: Any) -> dict[str, Any]:
    """A model of `keras.activations.NAME(x)`, as Keras 3.15.1 writes it."""
    written = _written((kind, "f", [_tensor("x")]))
    written["config"]["layers"][1] |= {"module": "keras.src.ops.nn", "config": {"name": "f", **arguments}}
    return written


def test_functions_of_activation_are_layers() -> None:
    x = np.array([[-1.0, 2.0]])
    for written, expected in (
        (_written(("Tanh", "f", [_tensor("x")])), np.tanh(x)),
        (_function("Sigmoid"), 1 / (1 + np.exp(-x))),
        (_function("Softmax", axis=-1), np.exp(x) / np.exp(x).sum()),
        (_function("Elu", alpha=0.5), [[0.5 * np.expm1(-1.0), 2.0]]),
        (_function("LeakyRelu", negative_slope=0.25), [[-0.25, 2.0]]),
    ):
        model = model_from_config(written)
        np.testing.assert_allclose(model(x), expected, rtol=1e-6)
        assert model.layers[1].name == "f"
    with pytest.raises(ModelFileError, match="unknown layer 'Gelu'"):
        model_from_config(_function("Gelu", approximate=True))
