"""Updates in NumPy, simplest first.

Each formula runs over blocks that fit into the processor's cache: its intermediate arrays stay small, and every value
is read from memory once. As all formulas work value by value, the blocks change no bit of the result.
"""

import math
from collections.abc import Iterator

import numpy as np

from vitral.typing import Array, Arrays

_BLOCK = 32768
"""Values in a block: 128 KiB of float32. Smaller blocks lose time to the calls, larger ones to the memory."""


def blocks(*arrays: Arrays) -> Iterator[tuple[Array, ...]]:
    """Views of the same stretch of all arrays, from the first value to the last; of lists, those of each variable."""
    for of_one in zip(*map(listed, arrays), strict=True):
        flat = [array.reshape(-1) for array in of_one]
        for start in range(0, of_one[0].size, _BLOCK):
            yield tuple(array[start : start + _BLOCK] for array in flat)


def listed(arrays: Arrays) -> list[Array]:
    """The arrays of several variables, or that of the only one, in a list."""
    return arrays if isinstance(arrays, list) else [arrays]


def weight_decay_update(variable: Arrays, *, rate: float) -> None:
    for (w,) in blocks(variable):
        w -= rate * w


def sgd_update(variable: Arrays, gradient: Arrays, *, learning_rate: float) -> None:
    for w, g in blocks(variable, gradient):
        w -= learning_rate * g


def momentum_update(
    variable: Arrays, gradient: Arrays, velocity: Arrays, *, learning_rate: float, momentum: float, nesterov: bool
) -> None:
    for w, g, v in blocks(variable, gradient, velocity):
        step = learning_rate * g
        v *= momentum
        v -= step
        w += momentum * v - step if nesterov else v


def adagrad_update(
    variable: Arrays, gradient: Arrays, accumulator: Arrays, *, learning_rate: float, epsilon: float
) -> None:
    for w, g, s in blocks(variable, gradient, accumulator):
        s += g * g
        w -= learning_rate * g / np.sqrt(s + epsilon)


def rmsprop_update(
    variable: Arrays,
    gradient: Arrays,
    velocity: Arrays,
    momentums: Arrays | None,
    average: Arrays | None,
    *,
    learning_rate: float,
    rho: float,
    momentum: float,
    epsilon: float,
) -> None:
    # A state that is not kept gets no memory: the variable stands in for it and is not touched.
    m_array = variable if momentums is None else momentums
    a_array = variable if average is None else average
    for w, g, v, m, a in blocks(variable, gradient, velocity, m_array, a_array):
        decay_towards(v, g * g, rho)
        spread = v
        if average is not None:
            decay_towards(a, g, rho)
            # The variance is never negative, but its difference form can be, by rounding.
            spread = np.maximum(v - a * a, 0)
        step = learning_rate * g / np.sqrt(spread + epsilon)
        if momentums is not None:
            m *= momentum
            m += step
            step = m
        w -= step


def adadelta_update(
    variable: Arrays,
    gradient: Arrays,
    accumulated_gradient: Arrays,
    accumulated_step: Arrays,
    *,
    learning_rate: float,
    rho: float,
    epsilon: float,
) -> None:
    for w, g, s, u in blocks(variable, gradient, accumulated_gradient, accumulated_step):
        decay_towards(s, g * g, rho)
        d = g * np.sqrt(u + epsilon) / np.sqrt(s + epsilon)
        decay_towards(u, d * d, rho)
        w -= learning_rate * d


def adam_update(
    variable: Arrays,
    gradient: Arrays,
    momentum: Arrays,
    velocity: Arrays,
    highest_velocity: Arrays | None,
    *,
    step: int,
    learning_rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None:
    alpha = learning_rate * math.sqrt(1 - beta_2**step) / (1 - beta_1**step)
    highest = velocity if highest_velocity is None else highest_velocity
    for w, g, m, v, top in blocks(variable, gradient, momentum, velocity, highest):
        decay_towards(m, g, beta_1)
        decay_towards(v, g * g, beta_2)
        if highest_velocity is not None:
            np.maximum(top, v, out=top)
        scale = np.sqrt(top)
        scale += epsilon
        w -= alpha * m / scale


def decay_towards(average: Array, value: Array, rate: float) -> None:
    """average = rate average + (1 - rate) value, in place."""
    average *= rate
    average += (1 - rate) * value
