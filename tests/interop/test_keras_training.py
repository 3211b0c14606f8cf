"""Training that stops in one library and goes on in the other, with every optimizer."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vitral
from vitral import models

keras = pytest.importorskip("keras")

X = np.cos(np.arange(12 * 36)).reshape(12, 6, 6, 1).astype("float32")
Y = np.arange(12) % 3

OPTIMIZERS = {
    "SGD": {"learning_rate": 0.05},
    "SGD momentum": {"learning_rate": 0.05, "momentum": 0.9},
    "SGD Nesterov": {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    "Adam": {"learning_rate": 0.02},
    "Adam amsgrad": {"learning_rate": 0.02, "amsgrad": True, "clipnorm": 0.5},
    "AdamW": {"learning_rate": 0.02, "weight_decay": 0.1},
    "RMSprop": {"learning_rate": 0.01},
    "RMSprop centered": {"learning_rate": 0.01, "momentum": 0.5, "centered": True},
    "Adadelta": {"learning_rate": 1.0},
    "Adagrad": {"learning_rate": 0.1},
    "Adamax": {"learning_rate": 0.02},
    "Nadam": {"learning_rate": 0.02},
    "Lion": {"learning_rate": 0.002, "weight_decay": 0.1},
    "Muon": {"learning_rate": 0.02},
    "Adafactor": {"learning_rate": 0.02},
    "Ftrl": {"learning_rate": 0.1, "l1_regularization_strength": 0.01},
    "Lamb": {"learning_rate": 0.02},
    "ScheduleFreeAdamW": {"learning_rate": 0.02, "warmup_steps": 4},
    "Adam averaged": {"learning_rate": 0.02, "use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2},
    "Adam collected": {"learning_rate": 0.02, "gradient_accumulation_steps": 2},
}


def network(library: Any, optimizer: Any) -> Any:
    """The same network, written once for both libraries."""
    layers = library.layers
    model = library.Sequential(
        [
            layers.Input((6, 6, 1)),
            layers.Conv2D(3, 3, activation="relu", kernel_regularizer="l2"),
            layers.BatchNormalization(momentum=0.8),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def trained(model: Any) -> list[float]:
    """The losses of three more epochs."""
    losses: list[float] = model.fit(X, Y, batch_size=4, epochs=3, shuffle=False, verbose=0).history["loss"]
    return losses


# Keras on JAX cannot call fit a second time with use_ema: it then says that a "buffer has been deleted or donated".
@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name != "Adam averaged"])
def test_vitral_goes_on_where_keras_stopped(name: str, tmp_path: Path) -> None:
    keras.utils.set_random_seed(3)
    model = network(keras, getattr(keras.optimizers, name.split()[0])(**OPTIMIZERS[name]))
    trained(model)
    model.save(tmp_path / "m.keras")
    again = models.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(again.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-5)
    np.testing.assert_allclose(trained(again), trained(model), rtol=1e-4)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_keras_goes_on_where_vitral_stopped(name: str, tmp_path: Path) -> None:
    vitral.set_seed(3)
    model = network(vitral, getattr(vitral.optimizers, name.split()[0])(**OPTIMIZERS[name]))
    trained(model)
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(again.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-5)
    np.testing.assert_allclose(trained(again), trained(model), rtol=1e-4)


@pytest.mark.parametrize("name", ["SGD momentum", "Adam", "RMSprop centered"])
def test_weights_files_both_ways(name: str, tmp_path: Path) -> None:
    pair = []
    for library in (keras, vitral):
        model = network(library, getattr(library.optimizers, name.split()[0])(**OPTIMIZERS[name]))
        trained(model)
        pair.append(model)
    theirs, ours = pair
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    ours.load_weights(tmp_path / "theirs.weights.h5")
    np.testing.assert_allclose(ours.predict(X, verbose=0), theirs.predict(X, verbose=0), atol=1e-5)
    np.testing.assert_allclose(trained(ours), trained(theirs), rtol=1e-4)
    ours.save_weights(tmp_path / "ours.weights.h5")
    theirs.load_weights(tmp_path / "ours.weights.h5")
    np.testing.assert_allclose(trained(theirs), trained(ours), rtol=1e-4)


def test_older_files_both_ways(tmp_path: Path) -> None:
    """Keras 3.15 itself cannot go on training from such a file: its optimizer knows other variables."""
    for first, second in ((keras, vitral), (vitral, keras)):
        model = network(first, first.optimizers.Adam(0.02))
        trained(model)
        model.save(tmp_path / "m.h5")
        again = second.models.load_model(tmp_path / "m.h5")
        np.testing.assert_allclose(again.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-5)
        assert int(again.optimizer.iterations) == 9
        if second is vitral:
            np.testing.assert_allclose(trained(again), trained(model), rtol=1e-4)


@pytest.mark.parametrize("first", ["keras", "vitral"])
def test_penalties_on_outputs_go_both_ways(first: str, tmp_path: Path) -> None:
    theirs, ours = (keras, vitral) if first == "keras" else (vitral, keras)
    inner, regularizers = theirs.layers, theirs.regularizers
    x = inner.Input((6, 6, 1), batch_size=4)
    flat = inner.Flatten(activity_regularizer=regularizers.L1(0.01))(x)
    hidden = inner.Dense(5, activation="relu", activity_regularizer="l2")(flat)
    model = theirs.Model(x, inner.Dense(3, activation="softmax")(inner.ActivityRegularization(0.1, 0.2)(hidden)))
    model.compile(theirs.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    trained(model)
    model.save(tmp_path / "m.keras")
    again = ours.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(trained(again), trained(model), rtol=1e-4)
