"""Functional models that Vitral saved, loaded by Keras."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vitral

keras = pytest.importorskip("keras")

X, Z = np.cos(np.arange(8 * 72)).reshape(8, 6, 6, 2), np.sin(np.arange(24.0)).reshape(8, 3)


def network(library: Any) -> Any:
    """Two inputs, two outputs, a residual connection, a layer and a model that are used twice."""
    layers = library.layers
    image, extra = library.Input((6, 6, 2), name="image"), library.Input((3,), name="extra")
    conv = layers.Conv2D(2, 3, padding="same", activation="relu")
    h = layers.Add()([conv(conv(image)), image])
    h = layers.BatchNormalization()(h, training=False)
    i = library.Input((3,))
    inner = library.Model(i, [layers.Dense(3, activation="tanh")(i), layers.Dense(1)(i)])
    first, second = inner(extra)
    again, _ = inner(first)
    both = layers.Concatenate()([layers.GlobalAveragePooling2D()(h), again])
    return library.Model([image, extra], [layers.Dense(2, activation="softmax", name="p")(both), second])


def test_keras_predicts_the_same_from_vitrals_file(tmp_path: Path) -> None:
    ours = network(vitral)
    ours.save(tmp_path / "ours.keras")
    theirs = keras.models.load_model(tmp_path / "ours.keras")
    for a, b in zip(ours.predict([X, Z], verbose=0), theirs.predict([X, Z], verbose=0), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_vitral_predicts_the_same_from_kerass_file(tmp_path: Path) -> None:
    theirs = network(keras)
    theirs.save(tmp_path / "theirs.keras")
    ours = vitral.models.load_model(tmp_path / "theirs.keras")
    for a, b in zip(ours.predict([X, Z], verbose=0), theirs.predict([X, Z], verbose=0), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_both_describe_the_network_alike() -> None:
    ours, theirs = network(vitral).get_config(), network(keras).get_config()
    for mine, keras_own in zip(ours["layers"], theirs["layers"], strict=True):
        for part in ("module", "class_name", "registered_name"):
            assert mine[part] == keras_own[part]
        assert len(mine["inbound_nodes"]) == len(keras_own["inbound_nodes"])


def test_operators_with_a_number_come_from_kerass_file(tmp_path: Path) -> None:
    x = keras.Input((2,))
    theirs = keras.Model(x, keras.layers.Dense(1)(-(2 * (1.0 - (x / 4.0 - 0.5)) + 1)))
    theirs.save(tmp_path / "m.keras")
    data = np.array([[8.0, 4.0], [1.0, -3.0]], "float32")
    ours = vitral.models.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(ours.predict(data, verbose=0), theirs.predict(data, verbose=0), rtol=1e-5)


def augmenting(library: Any) -> Any:
    """Layers that Keras describes with a flag of training that nobody set, and one whose flag was set."""
    layers = library.layers
    x = library.Input((8, 8, 1))
    h = layers.RandomContrast(0.5)(layers.RandomFlip()(x))
    h = layers.Resizing(8, 8)(layers.CenterCrop(6, 6)(h))
    h = layers.AlphaDropout(0.1)(layers.SpatialDropout2D(0.1)(layers.GaussianNoise(0.2)(h)))
    h = layers.LSTM(6, dropout=0.3, return_sequences=True)(layers.Reshape((8, 8))(h))
    h = layers.GaussianDropout(0.1)(layers.GRU(6, recurrent_dropout=0.3)(h))
    h = layers.SpectralNormalization(layers.Dense(40))(h)
    held = layers.BatchNormalization(name="held")(h, training=False)
    return library.Model(x, [layers.Dropout(0.5)(h), held])


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_layers_of_kerass_file_train_and_predict_as_they_should(ending: str, tmp_path: Path) -> None:
    augmenting(keras).save(tmp_path / f"theirs{ending}")
    theirs = keras.models.load_model(tmp_path / f"theirs{ending}")
    ours = vitral.models.load_model(tmp_path / f"theirs{ending}")
    x = np.cos(np.arange(8 * 64)).reshape(8, 8, 8, 1)
    for a, b in zip(ours.predict(x, verbose=0), theirs.predict(x, verbose=0), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    dropped, _ = ours(x, training=True)
    assert 0.3 < (np.asarray(dropped) == 0).mean() < 0.7
    np.testing.assert_array_equal(ours.get_layer("held").moving_mean.numpy(), np.zeros(40))


def test_keras_loads_flags_that_were_set(tmp_path: Path) -> None:
    x = vitral.Input((64,))
    vitral.Model(x, vitral.layers.Dropout(0.5)(x, training=False)).save(tmp_path / "ours.keras")
    theirs = keras.models.load_model(tmp_path / "ours.keras")
    ones = np.ones((2, 64), "float32")
    np.testing.assert_array_equal(theirs.predict(ones, verbose=0), ones)


def parts(library: Any) -> Any:
    """Parts of tensors, as a vision transformer takes its class token."""
    x = library.Input((5, 4))
    h = library.layers.Dense(3)(x)
    return library.Model(x, library.layers.Concatenate()([h[:, 0], h[:, 1:, 1:][:, -1], h[..., 2]]))


@pytest.mark.parametrize(("writer", "reader"), [(vitral, keras), (keras, vitral)], ids=["to Keras", "from Keras"])
def test_parts_of_tensors_go_both_ways(writer: Any, reader: Any, tmp_path: Path) -> None:
    model = parts(writer)
    model.save(tmp_path / "m.keras")
    data = np.sin(np.arange(40.0)).reshape(2, 5, 4).astype("float32")
    again = reader.models.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(again.predict(data, verbose=0), model.predict(data, verbose=0), rtol=1e-5)
    ours, theirs = (config["layers"][2] for config in (parts(vitral).get_config(), parts(keras).get_config()))
    assert {key: ours[key] for key in ("module", "class_name", "registered_name")} == {
        key: theirs[key] for key in ("module", "class_name", "registered_name")
    }
