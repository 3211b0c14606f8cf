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


def test_layers_without_another_name_keep_their_own_both_ways() -> None:
    model, again = network(), network()
    names = {"dense": "features.0"}
    state = saving.to_torch(model, names)
    assert {key.rpartition(".")[0] for key in state} == {"norm", "features.0", "last"}
    saving.from_torch(dict(sorted(state.items())), again, names)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_wrong_use() -> None:
    with pytest.raises(ConfigError, match="names has nothing; the layers with weights are norm, dense, last"):
        saving.to_torch(network(), {"nothing": "0"})
    with pytest.raises(ModelFileError, match=r'dense\.weight is missing for layer "dense".*; 3\.weight, 3\.bias'):
        saving.from_torch(STATE, network(), {"norm": "0"})
    with pytest.raises(ConfigError, match=r'how PyTorch arranges the weights of "a" \(Own\), "b" \(Own\) is not known'):
        saving.to_torch(Sequential([layers.Input((2,)), Own(name="a"), Own(name="b")]))
    with pytest.raises(ConfigError, match="not built"):
        saving.to_torch(Sequential([layers.Dense(2)]))


def test_without_safetensors(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setitem(sys.modules, "safetensors", None)
    with pytest.raises(MissingExtraError, match=r'needs safetensors.*pip install "vitral\[safetensors\]"'):
        saving.save_safetensors(network(), tmp_path / "m.safetensors")


def test_layers_that_are_several_modules() -> None:
    """A separable convolution is two in PyTorch, one in groups and one of 1x1."""
    model = Sequential([layers.Input((4, 4, 2)), layers.SeparableConv2D(3, (1, 2), name="both")])
    depthwise, pointwise = np.arange(4.0).reshape(2, 1, 1, 2), np.arange(6.0).reshape(3, 2, 1, 1)
    state = {"a.weight": depthwise, "b.weight": pointwise, "b.bias": np.ones(3)}
    saving.from_torch(state, model)
    assert model.get_weights()[0][0, :, :, 0].tolist() == [[0, 2], [1, 3]]
    assert model.get_weights()[1][0, 0].tolist() == [[0, 2, 4], [1, 3, 5]]
    assert list(saving.to_torch(model)) == ["both.depthwise.weight", "both.pointwise.weight", "both.pointwise.bias"]
    assert list(saving.to_torch(model, {"both": ("a", "b")})) == list(state)
    with pytest.raises(ConfigError, match=r"names has the modules \['a'\] for one layer; PyTorch has 2 in its place"):
        saving.to_torch(model, {"both": ["a"]})
    with pytest.raises(ModelFileError, match=r"has 1 modules .* has 1 layers .* which are 2 modules in PyTorch"):
        saving.from_torch({"a.weight": depthwise}, model)


def test_gates_and_biases() -> None:
    """PyTorch's GRU has r, z, n where Keras has z, r, h, and its LSTM adds two biases."""
    model = Sequential([layers.Input((2, 1)), layers.GRU(1, name="gru")])
    model.set_weights([np.array([[1, 2, 3]]), np.array([[4, 5, 6]]), np.array([[10, 20, 30], [1, 2, 3]])])
    state = saving.to_torch(model)
    assert state["gru.weight_ih_l0"].ravel().tolist() == [2, 1, 3]
    assert state["gru.weight_hh_l0"].ravel().tolist() == [5, 4, 6]
    assert [state[f"gru.bias_{part}_l0"].tolist() for part in ("ih", "hh")] == [[20, 10, 30], [2, 1, 3]]
    model = Sequential([layers.Input((2, 1)), layers.LSTM(1, name="lstm")])
    state = saving.to_torch(model)
    assert [state[f"lstm.bias_{part}_l0"].tolist() for part in ("ih", "hh")] == [[0, 1, 0, 0], [0, 0, 0, 0]]
    state["lstm.bias_hh_l0"] = np.array([1.0, 2.0, 3.0, 4.0])
    saving.from_torch(state, model)
    assert model.get_weights()[2].tolist() == [1, 3, 3, 4]


def test_what_pytorch_does_otherwise() -> None:
    original = Sequential([layers.Input((2, 1)), layers.GRU(1, reset_after=False, name="gru")])
    with pytest.raises(ConfigError, match='layer "gru" has reset_after=False; expected True'):
        saving.to_torch(original)
    x = layers.Input((3, 6))
    wide = Model(x, layers.MultiHeadAttention(2, 6, name="wide")(x, x))
    with pytest.raises(ConfigError, match='layer "wide" has 2 heads of 6 and 6 values, for a query of 6'):
        saving.to_torch(wide)
