"""Updates in NumPy that look at a variable as a whole."""

import math

import numpy as np

from vitral.ops.reference.update import decay_towards
from vitral.typing import Array


def lamb_update(
    variable: Array,
    gradient: Array,
    momentum: Array,
    velocity: Array,
    *,
    step: int,
    learning_rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None:
    decay_towards(momentum, gradient, beta_1)
    decay_towards(velocity, gradient * gradient, beta_2)
    direction = momentum / (1 - beta_1**step) / (np.sqrt(velocity / (1 - beta_2**step)) + epsilon)
    length, of_direction = _rms(variable), _rms(direction)
    ratio = length / of_direction if length > 0 and of_direction > 0 else 1.0
    variable -= learning_rate * ratio * direction


def adafactor_update(
    variable: Array,
    gradient: Array,
    rows: Array,
    columns: Array,
    velocity: Array,
    *,
    step: int,
    learning_rate: float,
    decay: float,
    epsilon_1: float,
    epsilon_2: float,
    threshold: float,
) -> None:
    square = gradient * gradient + epsilon_1
    rate = 1 - step**decay
    if variable.ndim < 2:
        decay_towards(velocity, square, rate)
    else:
        decay_towards(rows, square.mean(axis=-1), rate)
        decay_towards(columns, square.mean(axis=-2), rate)
        velocity[...] = (rows / rows.mean(axis=-1, keepdims=True))[..., None] * columns[..., None, :]
    direction = gradient / np.sqrt(velocity)
    scale = max(epsilon_2, _rms(variable)) / max(1.0, _rms(direction) / threshold)
    variable -= learning_rate * scale * direction


def _rms(array: Array) -> float:
    """Root of the mean square."""
    return math.sqrt(float(np.vdot(array, array)) / array.size)
