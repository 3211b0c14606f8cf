"""Graphs of layers in `.keras` files, both ways, and every layer that both libraries have."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vitral
from vitral import models

keras = pytest.importorskip("keras")

RANDOM = np.random.default_rng(2)
IMAGES = RANDOM.normal(size=(8, 8, 8, 3)).astype("float32")
MORE = RANDOM.normal(size=(8, 5)).astype("float32")
KINDS = np.arange(8) % 3
SIZES = RANDOM.normal(size=(8, 1)).astype("float32")


def network(library: Any) -> Any:
    """Two inputs, two outputs, a shared layer, a residual connection, a model in the model."""
    layers = library.layers
    image, more = library.Input((8, 8, 3), name="image"), library.Input((5,), name="more")
    conv = layers.Conv2D(3, 3, padding="same", activation="relu", name="shared")
    x = layers.add([conv(image), conv(conv(image))])
    inside = library.Sequential([layers.Input((8, 8, 3)), layers.Flatten(), layers.Dense(6)], name="inside")
    joined = layers.concatenate([inside(x), layers.Dense(4, name="shared_later")(more)])
    joined = layers.BatchNormalization()(joined)
    kind = layers.Dense(3, activation="softmax", name="kind")(joined)
    size = layers.Dense(1, name="size")(layers.GlobalAveragePooling2D()(x))
    model = library.Model([image, more], [kind, size], name="graph")
    model.compile(
        library.optimizers.Adam(0.01),
        {"kind": "sparse_categorical_crossentropy", "size": "mse"},
        loss_weights={"kind": 1.0, "size": 0.25},
    )
    return model


def trained(model: Any) -> list[float]:
    history = model.fit([IMAGES, MORE], [KINDS, SIZES], batch_size=4, epochs=2, shuffle=False, verbose=0).history
    losses: list[float] = history["loss"]
    return losses


@pytest.mark.parametrize("way", ["from Keras", "to Keras"])
def test_graphs(way: str, tmp_path: Path) -> None:
    library, load = (keras, models.load_model) if way == "from Keras" else (vitral, keras.saving.load_model)
    model = network(library)
    trained(model)
    model.save(tmp_path / "m.keras")
    again = load(tmp_path / "m.keras")
    for ours, theirs in zip(
        again.predict([IMAGES, MORE], verbose=0), model.predict([IMAGES, MORE], verbose=0), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    np.testing.assert_allclose(trained(again), trained(model), rtol=1e-4)


def test_weights_alone(tmp_path: Path) -> None:
    theirs, ours = network(keras), network(vitral)
    theirs.save_weights(tmp_path / "t.weights.h5")
    ours.load_weights(tmp_path / "t.weights.h5")
    np.testing.assert_allclose(
        ours.predict([IMAGES, MORE], verbose=0)[0], theirs.predict([IMAGES, MORE], verbose=0)[0], atol=1e-5
    )
