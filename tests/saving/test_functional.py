"""Functional models in `.keras` files, Keras' own and Vitral's."""

import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from vitral import Input, Model, Sequential, layers, models

DATA = Path(__file__).parent / "data"
XA, XB = np.cos(np.arange(6 * 4)).reshape(6, 4), np.sin(np.arange(6 * 3)).reshape(6, 3)


def test_a_model_of_keras_predicts_the_same_and_its_training_goes_on() -> None:
    model = models.load_model(DATA / "keras_functional.keras")
    first, second = model.predict([XA[:1], XB[:1]], verbose=0)
    np.testing.assert_allclose(first, [[0.27664495, 0.34556878, 0.37778622]], rtol=1e-6)
    np.testing.assert_allclose(second, [[0.74900997]], rtol=1e-6)
    labels = [np.arange(6) % 3, np.linspace(-1, 1, 6).reshape(6, 1)]
    # What Keras gives when it loads the file and takes the same three steps.
    expected = [
        [1.33666289, 1.10493433, 0.46345726, 0.16666667, 0.87890047],
        [1.33106554, 1.10070407, 0.46072301, 0.16666667, 0.87648410],
        [1.32551682, 1.09650922, 0.45801529, 0.16666667, 0.87409449],
    ]
    np.testing.assert_allclose([model.train_on_batch([XA, XB], labels) for _ in range(3)], expected, rtol=1e-5)
    assert model.metrics_names == ["loss", "cls_loss", "reg_loss", "cls_accuracy", "reg_mae"]


def test_models_in_models_of_keras() -> None:
    model = models.load_model(DATA / "keras_nested.keras")
    first, second = model.predict(np.array([[1.0, 2.0, 3.0, 4.0]]), verbose=0)
    np.testing.assert_allclose(first, [[-0.19108178, 0.11463445, 0.31495628]], rtol=1e-6)
    np.testing.assert_allclose(second, [[0.08702181, 0.06282252]], rtol=1e-6)


def test_there_and_back(tmp_path: Path) -> None:
    x = Input((4,), name="x")
    inner = Model(x, layers.Dense(4, name="d")(layers.Dropout(0.5)(x)), name="inner")
    seq = Sequential([Input((4,)), layers.Dense(4, name="e")], name="seq")
    model = Model(x, layers.add([inner(seq(x)), inner(x), layers.Dense(4)(x)]))
    model.compile("adam", "mse")
    model.fit(np.ones((4, 4)), np.zeros((4, 4)), verbose=0)
    model.save(tmp_path / "model.keras")
    again = models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(XA), model(XA))
    assert again.to_json() == model.to_json()
    for saved, other in zip(model.variables, again.variables, strict=True):
        np.testing.assert_array_equal(saved.value, other.value)
    assert again.train_on_batch(XA, XA) == model.train_on_batch(XA, XA)
    # The places at which Keras looks for the weights.
    with zipfile.ZipFile(tmp_path / "model.keras") as archive, archive.open("model.weights.h5") as file:
        places = h5py.File(file)["layers"]
        assert set(places) == {"input_layer", "sequential", "functional", "dense", "add"}
        assert places["functional/layers/dense/vars/0"].shape == (4, 4)
        assert places["functional/layers/dropout/seed_generator/vars/0"].shape == (2,)


def dropping(**training: bool) -> Model:
    x = Input((64,))
    return Model(x, layers.Dropout(0.5)(layers.GaussianNoise(0.1)(x), **training))


def test_a_default_that_keras_writes_down_is_not_a_flag_that_somebody_set() -> None:
    # Keras 3.15.1 describes these calls, made without a flag, with that of the signature of `call`, and lets `fit` and
    # `predict` put theirs in its place.
    x = Input((8, 8, 1))
    y = layers.RandomFlip("horizontal_and_vertical")(x)
    y = layers.Dropout(0.5)(layers.Flatten()(y))
    description = Model(x, y).get_config()
    for layer in description["layers"]:
        if layer["class_name"] in ("RandomFlip", "Dropout"):
            layer["inbound_nodes"][0]["kwargs"] = {"training": layer["class_name"] == "RandomFlip", "mask": None}
    model = Model.from_config(description)
    images = np.random.default_rng(1).random((50, 8, 8, 1)) + 1
    np.testing.assert_allclose(model(images, training=False), images.reshape(50, 64), rtol=1e-6)
    dropped = np.asarray(model(images, training=True)) == 0
    assert 0.4 < dropped.mean() < 0.6


def test_a_flag_that_somebody_set_holds_in_the_file_too() -> None:
    ones = np.ones((50, 64))
    for training, share in ((False, 0), (True, 0.5)):
        model = dropping(training=training)
        for same in (model, Model.from_config(model.get_config()), models.clone_model(model)):
            for of_model in (False, True):
                assert (np.asarray(same(ones, training=of_model)) == 0).mean() == pytest.approx(share, abs=0.1)
