"""Models and weights in the HDF5 format from before `.keras`. Keras 3.15.1 gave the numbers: see data/README.md."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from vitral import Input, Model, Sequential, callbacks, layers, models
from vitral.errors import ConfigError, ModelFileError

DATA = Path(__file__).parent / "data"
GOOD = DATA / "keras_legacy.h5"
X = np.cos(np.arange(12 * 36)).reshape(12, 6, 6, 1).astype("float32")
Y = np.arange(12) % 3
PREDICTED = [[0.3953927457, 0.2685869635, 0.3360202909], [0.3520986140, 0.3443782032, 0.3035231531]]


def changed(path: Path, change: Callable[[h5py.File], Any]) -> Path:
    shutil.copy(GOOD, path)
    with h5py.File(path, "r+") as file:
        change(file)
    return path


def test_training_goes_on_as_keras_would() -> None:
    model = models.load_model(GOOD)
    assert model.evaluate(X, Y, verbose=0) == pytest.approx([1.0500053, 0.25], rel=1e-6)
    np.testing.assert_allclose(model.predict(X[:2], verbose=0), PREDICTED, rtol=1e-5)
    history = model.fit(X, Y, batch_size=4, epochs=3, verbose=0, shuffle=False).history
    np.testing.assert_allclose(history["loss"], [0.98960751, 1.0254688, 0.99314946], rtol=1e-5)


@pytest.mark.parametrize("file", ["keras_legacy.h5", "keras_legacy_weights.h5"])
def test_weights_alone(file: str) -> None:
    model = Sequential([Input((6, 6, 1)), layers.Conv2D(2, 3, activation="relu"), layers.BatchNormalization()])
    model.add(layers.Flatten())
    model.add(layers.Dense(3, activation="softmax"))
    model.load_weights(DATA / file)
    np.testing.assert_allclose(model.predict(X[:2], verbose=0), PREDICTED, rtol=1e-5)
    assert models.load_model(GOOD, compile=False).compiled is False


def test_shapes_where_keras_2_wrote_them(tmp_path: Path) -> None:
    def older(file: h5py.File) -> None:
        config = json.loads(file.attrs["model_config"])
        first = config["config"]["layers"][0]["config"]
        first["batch_input_shape"] = first.pop("batch_shape")
        file.attrs["model_config"] = json.dumps(config)

    model = models.load_model(changed(tmp_path / "m.h5", older))
    np.testing.assert_allclose(model.predict(X[:2], verbose=0), PREDICTED, rtol=1e-5)


def with_link(file: h5py.File) -> None:
    del file["model_weights/dense"]
    file["model_weights/dense"] = h5py.SoftLink("/model_weights/conv2d")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.attrs.pop("model_config"), "holds weights and no model"),
        (lambda f: f.attrs.modify("model_config", "{"), "model_config is not JSON"),
        (lambda f: f.attrs.modify("model_config", "[1]"), "model_config holds a list; expected an object"),
        (lambda f: f.attrs.modify("model_config", "{}"), "does not describe a model"),
        (lambda f: f.attrs.modify("training_config", "{}"), "compile_config is damaged"),
        (lambda f: f["model_weights"].pop("dense"), "dense is missing"),
        (lambda f: f["model_weights/dense"].attrs.pop("weight_names"), "weights for 2 layers; the model has 3"),
        (lambda f: f["model_weights/dense/sequential/dense"].pop("bias"), "dense/bias of .* is missing"),
        (with_link, "dense is a link to another place"),
    ],
)
def test_what_does_not_fit_is_refused(change: Callable[[h5py.File], Any], message: str, tmp_path: Path) -> None:
    path = changed(tmp_path / "m.h5", change)
    with pytest.raises(ModelFileError, match=message) as caught:
        models.load_model(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_no_hdf5_at_all(tmp_path: Path) -> None:
    (tmp_path / "m.h5").write_bytes(GOOD.read_bytes()[:3000])
    for name in ("m.h5", "nowhere.h5"):
        with pytest.raises(ModelFileError, match=name):
            models.load_model(tmp_path / name)


def trained() -> Model:
    inner = Sequential([Input((6, 6, 1)), layers.Conv2D(2, 3, activation="relu"), layers.BatchNormalization()])
    x = Input((6, 6, 1))
    model = Model(x, layers.Dense(3, activation="softmax")(layers.Flatten()(inner(x))))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, Y, batch_size=4, epochs=2, verbose=0, shuffle=False)
    return model


def test_what_is_written_goes_on_where_it_stopped(tmp_path: Path) -> None:
    model = trained()
    model.save(tmp_path / "model.h5")
    again = models.load_model(tmp_path / "model.h5")
    for one in (model, again):
        one.fit(X, Y, batch_size=4, verbose=0, shuffle=False)
    assert [w.tobytes() for w in again.get_weights()] == [w.tobytes() for w in model.get_weights()]
    callback = callbacks.ModelCheckpoint(tmp_path / "epoch{epoch}.h5")
    model.fit(X, Y, verbose=0, callbacks=[callback])
    assert models.load_model(tmp_path / "epoch1.h5").evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)
    with pytest.raises(ConfigError, match="exists; give overwrite=True"):
        model.save(tmp_path / "model.h5", overwrite=False)


def test_lists_of_names_that_are_too_long_for_one_attribute(tmp_path: Path) -> None:
    """HDF5 takes no more than 64 KiB; 400 names of 200 characters are 80 KB."""
    many = [layers.Dense(1, use_bias=False, name=f"{number:0200}") for number in range(400)]
    model = Sequential([Input((1,)), *many])
    model.save(tmp_path / "model.h5")
    again = models.load_model(tmp_path / "model.h5")
    assert [layer.name for layer in again.layers] == [layer.name for layer in many]
    assert again.get_weights() == model.get_weights()


def test_a_subclass_is_refused(tmp_path: Path) -> None:
    class Own(Model):
        def call(self, x: Any) -> Any:
            return layers.Flatten()(x)

    model = Own()
    model.build((None, 2))
    with pytest.raises(ConfigError, match=r"a Own cannot be described in the older \.h5 format; expected a name that"):
        model.save(tmp_path / "model.h5")


def test_what_is_compiled_is_written_once(tmp_path: Path) -> None:
    model = Sequential([Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as file:
        config = json.loads(file.attrs["training_config"])
    assert "optimizer" not in config
    assert config["optimizer_config"]["class_name"] == "SGD"
