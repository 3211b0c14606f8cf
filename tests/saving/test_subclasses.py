"""Subclasses of Model in `.keras` files: by the name of their class, and the arguments that they were made with."""

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from vitral import Input, Model, Sequential, layers, models, saving
from vitral.errors import ConfigError, ModelFileError

X = np.random.default_rng(1).normal(size=(6, 4)).astype("float32")


class Blocks(Model):
    """Layers in attributes, lists and dictionaries; without a get_config."""

    def __init__(self, width: int, depth: int = 2, **options: Any) -> None:
        super().__init__(**options)
        self.steps = [layers.Dense(width, activation="tanh") for _ in range(depth)]
        self.ends = {"a": [layers.BatchNormalization()], "b": layers.Dense(3)}
        self._inside = Sequential([layers.Dense(3, activation="softmax")])

    def call(self, inputs: Any) -> Any:
        x = inputs
        for step in self.steps:
            x = step(x)
        return self._inside(self.ends["b"](self.ends["a"][0](x)))


@saving.register_keras_serializable(package="tests")
class Described(Model):
    """One that describes itself."""

    def __init__(self, units: int, name: str | None = None, trainable: bool = True) -> None:
        super().__init__(name=name, trainable=trainable)
        self.dense = layers.Dense(units)

    def call(self, inputs: Any) -> Any:
        return self.dense(inputs)

    def get_config(self) -> Any:
        return {**super().get_config(), "units": self.dense.units}


def trained(model: Any) -> Any:
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(X, np.zeros((6, 3)), epochs=2, verbose=0)
    return model


def test_a_subclass_comes_back_and_goes_on(tmp_path: Path) -> None:
    model = trained(Blocks(5, name="kept"))
    model.save(tmp_path / "m.keras")
    again: Any = models.load_model(tmp_path / "m.keras", custom_objects={"Blocks": Blocks})
    assert isinstance(again, Blocks)
    assert (again.name, len(again.steps), again.input_shape) == ("kept", 2, (None, 4))
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    for one in (model, again):
        one.fit(X, np.zeros((6, 3)), shuffle=False, verbose=0)
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


def test_the_file_is_as_keras_lays_it_out(tmp_path: Path) -> None:
    """Paths of weights are those that Keras 3.15 wrote for the same class; see tests/interop/test_keras_subclasses."""
    model = Blocks(5, depth=1)
    model(X)
    model.save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        config = json.loads(archive.read("config.json"))
        with archive.open("model.weights.h5") as member, h5py.File(member) as file:
            paths: list[str] = []
            file.visititems(lambda path, item: paths.append(path) if isinstance(item, h5py.Dataset) else None)
    assert (config["class_name"], config["registered_name"]) == ("Blocks", "Blocks")
    assert config["build_config"] == {"input_shape": [None, 4]}
    assert {"width": 5, "depth": 1}.items() <= config["config"].items()
    assert sorted({path.rpartition("/")[0] for path in paths}) == [
        "ends/container/batch_normalization/vars",
        "ends/dense/vars",
        "layers/dense/vars",
        "layers/sequential/layers/dense/vars",
    ]


def test_registered_classes_need_no_custom_objects(tmp_path: Path) -> None:
    model = trained(Described(3))
    model.save(tmp_path / "m.keras")
    again: Any = models.load_model(tmp_path / "m.keras")
    assert (type(again), again.name, again.dense.units) == (Described, model.name, 3)
    np.testing.assert_array_equal(again(X), model(X))
    # The same inside a graph.
    x = Input((4,))
    outer = Model(x, layers.Dense(1)(Described(2, name="inner")(x)))
    outer.save(tmp_path / "o.keras")
    np.testing.assert_array_equal(models.load_model(tmp_path / "o.keras")(X), outer(X))


def test_a_class_that_is_not_given(tmp_path: Path) -> None:
    model = Blocks(5)
    model(X)
    model.save(tmp_path / "m.keras")
    with pytest.raises(
        ModelFileError, match=r"of the kind 'Blocks'; expected Sequential, Functional, Model, or a class that is"
    ):
        models.load_model(tmp_path / "m.keras")
    with pytest.raises(ModelFileError, match=r"of the kind 'Blocks'"):
        models.load_model(tmp_path / "m.keras", custom_objects={"Blocks": layers.Dense})


class Scaled(layers.Layer):
    """A layer without a get_config."""

    def __init__(self, factor: float, *, offset: Any = 0.0) -> None:
        super().__init__()
        self.factor, self.offset = factor, offset

    def forward(self, x: Any, training: bool = False) -> Any:
        return self.factor * x + self.offset, None

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


def test_layers_without_a_configuration(tmp_path: Path) -> None:
    """Keras describes these by the arguments that they were made with, and so do we; their names are not kept."""
    model = Sequential([Input((4,)), Scaled(2.0, offset=1.0)])
    assert model.layers[0].get_config() == {"factor": 2.0, "offset": 1.0}
    model.save(tmp_path / "m.keras")
    again = models.load_model(tmp_path / "m.keras", custom_objects={"Scaled": Scaled})
    np.testing.assert_array_equal(again(X), 2 * X + 1)
    with pytest.raises(
        ConfigError, match=r"Scaled was made with offset=array\(\[1\., 1\.\]\), which no file holds; write get"
    ):
        Sequential([Input((2,)), Scaled(2.0, offset=np.ones(2))]).save(tmp_path / "n.keras")
    assert not (tmp_path / "n.keras").exists()


class Pair(Model):
    """Two inputs, two outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.flat, self.dense = layers.Flatten(), layers.Dense(2, use_bias=False, name="dense")

    def call(self, inputs: Any) -> Any:
        a, b = inputs
        return [layers.add([self.dense(self.flat(a)), b]), b]


class Own(Model):
    """A pass of its own, which no other program can be told."""

    def forward(self, x: Any, training: bool = False) -> Any:
        return x, None


def test_several_inputs(tmp_path: Path) -> None:
    model: Any = Pair()
    model.build([(None, 2, 2, 2), (None, 2)])
    model.save(tmp_path / "m.keras")
    again: Any = models.load_model(tmp_path / "m.keras", custom_objects={"Pair": Pair})
    given = [np.arange(24.0, dtype="float32").reshape(3, 2, 2, 2), np.ones((3, 2), "float32")]
    for one, other in zip(again(given), model(given), strict=True):
        np.testing.assert_array_equal(one, other)


def test_weights_for_pytorch() -> None:
    """What is flattened in a subclass is rearranged as it is in a graph: (0, 0, 1) there is (0, 1, 0) here."""
    model: Any = Pair()
    model.build([(None, 2, 2, 2), (None, 2)])
    kernel = np.arange(16.0).reshape(8, 2)
    model.set_weights([kernel])
    np.testing.assert_array_equal(saving.to_torch(model)["dense.weight"], kernel[[0, 2, 4, 6, 1, 3, 5, 7]].T)
    own = Own()
    own.build((None, 2))
    with pytest.raises(ConfigError, match="Own writes its passes itself; expected layers, or a call made of them"):
        saving.to_torch(own)
