"""Layers with a `call` in the files of others, and in copies."""

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vitral import Model, Sequential, layers, saving
from vitral.errors import ConfigError
from vitral.saving.names import named_weights


class Unit(layers.Layer):
    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.flat = layers.Flatten()
        self.dense = layers.Dense(units, name="dense")
        self._norm = layers.BatchNormalization(name="norm")

    def call(self, x: Any, training: Any = None) -> Any:
        return self._norm(self.dense(self.flat(x)), training=training)


def network() -> Sequential:
    return Sequential([layers.Input((2, 2, 3)), Unit(4, name="one"), Unit(2, name="two")])


X = np.random.default_rng(0).standard_normal((5, 2, 2, 3)).astype("float32")


def test_pytorch_has_the_layers_inside() -> None:
    model, again = network(), network()
    arrays = saving.to_torch(model)
    names = ["weight", "bias"], ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
    inside = [f"dense.{name}" for name in names[0]] + [f"norm.{name}" for name in names[1]]
    assert list(arrays) == [f"{unit}.{name}" for unit in ("one", "two") for name in inside]
    # PyTorch flattens channel by channel.
    kernel = model.layers[0].dense.kernel.value
    flat = X.transpose(0, 3, 1, 2).reshape(5, 12)
    np.testing.assert_allclose(flat @ arrays["one.dense.weight"].T, X.reshape(5, 12) @ kernel, rtol=1e-4, atol=1e-5)
    saving.from_torch(arrays, again)
    np.testing.assert_array_equal(again(X), model(X))


def test_own_weights_have_no_known_place_in_pytorch() -> None:
    class Scaled(Unit):
        def build(self, input_shape: Any) -> None:
            self.gain = self.add_weight(name="gain", shape=(3,))

        def call(self, x: Any, training: Any = None) -> Any:
            return super().call(x * self.gain, training)

    with pytest.raises(ConfigError, match=r'how PyTorch arranges the weights of "scaled" \(Scaled\) is not known'):
        saving.to_torch(Sequential([layers.Input((2, 2, 3)), Scaled(2, name="scaled")]))


def test_names_of_weights() -> None:
    names = list(named_weights(network()))
    assert names[:3] == ["one/dense/kernel", "one/dense/bias", "one/norm/gamma"]
    assert names[6] == "two/dense/kernel"


def test_around_each_step(tmp_path: Path) -> None:
    """Keras 3.15.1 has these groups in the file, once the layers are built."""
    h5py = pytest.importorskip("h5py")

    def steps() -> Sequential:
        inner = Sequential([layers.Dense(2), layers.Dense(1)])
        return Sequential([layers.Input((3, 4)), layers.TimeDistributed(Unit(3)), layers.TimeDistributed(inner)])

    model, again = steps(), steps()
    model.save_weights(tmp_path / "m.weights.h5")
    again.load_weights(tmp_path / "m.weights.h5")
    x = np.ones((2, 3, 4))
    np.testing.assert_array_equal(again(x), model(x))
    paths: list[str] = []
    with h5py.File(tmp_path / "m.weights.h5") as file:
        file["layers"].visititems(lambda name, item: paths.append(name) if name.endswith("vars/0") else None)
    assert paths == [
        "time_distributed/layer/_norm/vars/0",
        "time_distributed/layer/dense/vars/0",
        "time_distributed_1/layer/layers/dense/vars/0",
        "time_distributed_1/layer/layers/dense_1/vars/0",
    ]


@pytest.mark.parametrize(
    "way", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))], ids=["copy", "pickle"]
)
def test_copies_are_on_their_own(way: Any) -> None:
    model = network()
    model.compile("sgd", "mse")
    model.train_on_batch(X, np.ones((5, 2)))
    again: Model = way(model)
    np.testing.assert_array_equal(again(X), model(X))
    before = model(X)
    again.train_on_batch(X, np.ones((5, 2)))
    assert not np.array_equal(again(X), before)
    np.testing.assert_array_equal(model(X), before)
