"""The network that the golden numbers of Keras belong to: made of formulas, so that both sides start from the same."""

from collections.abc import Iterator

import numpy as np
import pytest

from vitral import Input, Sequential, config, layers, regularizers
from vitral.typing import Array


def fill(model: Sequential) -> None:
    """Weights 0.5 sin(1), 0.5 sin(2) ... in order; gamma and moving variance are made positive."""
    position = 0
    for variable in model.weights:
        values = 0.5 * np.sin(1 + position + np.arange(variable.size)).reshape(variable.shape)
        position += variable.size
        variable.assign(np.abs(values) + 1 if _is_scale(variable.name) else values)


def _is_scale(name: str) -> bool:
    return name in ("gamma", "moving_variance")


def build_network() -> Sequential:
    model = Sequential(
        [
            Input((6, 6, 1)),
            layers.Conv2D(3, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(5, activation="tanh", kernel_regularizer=regularizers.L2(0.01)),
            layers.Dense(3, activation="softmax"),
        ]
    )
    fill(model)
    return model


@pytest.fixture
def double() -> Iterator[None]:
    """Everything in double precision, where two implementations agree to many digits."""
    before = config.floatx()
    config.set_floatx("float64")
    yield
    config.set_floatx(before)


@pytest.fixture
def network(double: None) -> Sequential:
    return build_network()


@pytest.fixture
def x() -> Array:
    return np.cos(np.arange(20 * 6 * 6)).reshape(20, 6, 6, 1)


@pytest.fixture
def y() -> Array:
    return np.arange(20) * 7 % 3
