"""PyTorch's arrangement of weights, worked out by hand; the networks themselves are compared in tests/interop."""

import sys
from typing import Any

import numpy as np
import pytest

from vitral import Model, Sequential, layers, saving
from vitral.errors import ConfigError, MissingExtraError, ModelFileError


def network() -> Sequential:
    return Sequential(
        [
            layers.Input((2, 3, 2)),
            layers.BatchNormalization(name="norm"),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(1, name="dense"),
            layers.Dense(12, name="last", use_bias=False),
        ]
    )


STATE: dict[str, Any] = {
    "0.weight": np.ones(2),
    "0.bias": np.zeros(2),
    "0.running_mean": np.zeros(2),
    "0.running_var": np.ones(2),
    "0.num_batches_tracked": np.array(7),
    "3.weight": np.arange(12.0).reshape(1, 12),
    "3.bias": np.array([5.0]),
    "4.weight": np.arange(12.0).reshape(12, 1),
}


class Tensor:
    """What of a tensor is used."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def detach(self) -> "Tensor":
        return self

    def cpu(self) -> "Tensor":
        return self

    def numpy(self) -> Any:
        return self.value


def test_flattened_images_are_rearranged() -> None:
    model = network()
    saving.from_torch({key: Tensor(value) for key, value in STATE.items()}, model)
    # PyTorch counts channel 0 row by row as 0 ... 5, channel 1 as 6 ... 11; here channels lie side by side.
    assert model.get_layer("dense").get_weights()[0].ravel().tolist() == [0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11]
    assert model.get_layer("last").get_weights()[0].tolist() == [list(range(12))]
    assert model.get_layer("norm").get_weights()[3].tolist() == [1, 1]


def test_there_and_back() -> None:
    model = network()
    saving.from_torch(STATE, model)
    state = saving.to_torch(model, {"norm": "0", "dense": "3", "last": "4"})
    assert list(state) == list(STATE)
    for key in set(STATE) - {"0.num_batches_tracked"}:
        np.testing.assert_array_equal(state[key], STATE[key])
    assert next(iter(saving.to_torch(model))) == "norm.weight"


def test_all_that_does_not_fit_is_named() -> None:
    model = network()
    before = model.get_weights()
    state = {**STATE, "0.extra": np.ones(2), "3.weight": np.ones((1, 6))}
    del state["3.bias"]
    with pytest.raises(
        ModelFileError,
        match=r"3\.weight has shape \(1, 6\); layer \"dense\" expects \(1, 12\); "
        r"3\.bias is missing for layer \"dense\"; 0\.extra have no layer in the model",
    ):
        saving.from_torch(state, model)
    with pytest.raises(
        ModelFileError, match=r"has 2 modules with weights \(0, 3\); the model has 3 layers with weights"
    ):
        saving.from_torch({key: value for key, value in STATE.items() if key != "4.weight"}, model)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_graphs_are_followed() -> None:
    image, more = layers.Input((2, 3, 2)), layers.Input((12,))
    inside = Sequential([layers.Input((12,)), layers.Dense(2, use_bias=False, name="dense")], name="inside")
    flat = layers.Flatten()(layers.add([image, image]))
    model = Model(
        [image, more], [inside(layers.add([flat, flat])), layers.Dense(2, use_bias=False, name="plain")(more)]
    )
    weights = np.arange(24.0).reshape(2, 12)
    saving.from_torch({"a.weight": weights, "b.weight": weights}, model, {"inside.dense": "a", "plain": "b"})
    assert inside.get_weights()[0][:, 0].tolist() == [0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11]
    assert model.get_layer("plain").get_weights()[0][:, 0].tolist() == list(range(12))
    joined = Model([image, more], layers.Dense(1)(layers.concatenate([layers.Flatten()(image), more])))
    with pytest.raises(ConfigError, match="joins flattened images, whose order in PyTorch is not known"):
        saving.to_torch(joined)


class Own(layers.Layer):
    """A layer that PyTorch does not know."""

    def build(self, input_shape: Any) -> None:
        self.factor = self.add_weight(name="factor", shape=(1,))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


def test_wrong_use() -> None:
    with pytest.raises(ConfigError, match="names has nothing; the layers with weights are norm, dense, last"):
        saving.to_torch(network(), {"nothing": "0"})
    with pytest.raises(ConfigError, match="names has no module for dense, last"):
        saving.from_torch(STATE, network(), {"norm": "0"})
    with pytest.raises(ConfigError, match=r'how PyTorch arranges the weights of "a" \(Own\), "b" \(Own\) is not known'):
        saving.to_torch(Sequential([layers.Input((2,)), Own(name="a"), Own(name="b")]))
    with pytest.raises(ConfigError, match="not built"):
        saving.to_torch(Sequential([layers.Dense(2)]))


def test_without_safetensors(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setitem(sys.modules, "safetensors", None)
    with pytest.raises(MissingExtraError, match=r'needs safetensors.*pip install "vitral\[safetensors\]"'):
        saving.save_safetensors(network(), tmp_path / "m.safetensors")
