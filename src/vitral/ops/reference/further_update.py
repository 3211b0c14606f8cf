"""Further updates in NumPy."""

import math

import numpy as np

from vitral.ops.reference.update import blocks, decay_towards
from vitral.typing import Array


def adamax_update(
    variable: Array,
    gradient: Array,
    momentum: Array,
    norm: Array,
    *,
    step: int,
    learning_rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None:
    alpha = learning_rate / (1 - beta_1**step)
    for w, g, m, u in blocks(variable, gradient, momentum, norm):
        decay_towards(m, g, beta_1)
        u *= beta_2
        np.maximum(u, np.abs(g), out=u)
        w -= alpha * m / (u + epsilon)


def nadam_update(
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
    product: float,
) -> None:
    u = beta_1 * (1 - 0.5 * 0.96**step)
    u_next = beta_1 * (1 - 0.5 * 0.96 ** (step + 1))
    of_momentum, of_gradient = u_next / (1 - product * u_next), (1 - u) / (1 - product)
    correction = math.sqrt(1 - beta_2**step)
    for w, g, m, v in blocks(variable, gradient, momentum, velocity):
        decay_towards(m, g, beta_1)
        decay_towards(v, g * g, beta_2)
        w -= learning_rate * (of_momentum * m + of_gradient * g) / (np.sqrt(v) / correction + epsilon)


def lion_update(
    variable: Array, gradient: Array, momentum: Array, *, learning_rate: float, beta_1: float, beta_2: float
) -> None:
    for w, g, m in blocks(variable, gradient, momentum):
        w -= learning_rate * np.sign(beta_1 * m + (1 - beta_1) * g)
        decay_towards(m, g, beta_2)


def ftrl_update(
    variable: Array,
    gradient: Array,
    accumulator: Array,
    linear: Array,
    *,
    learning_rate: float,
    power: float,
    l1: float,
    l2: float,
    shrinkage: float,
) -> None:
    for w, g, n, z in blocks(variable, gradient, accumulator, linear):
        before = n**-power
        n += g * g
        after = n**-power
        z += g + 2 * shrinkage * w - (after - before) / learning_rate * w
        w[...] = (np.clip(z, -l1, l1) - z) / (after / learning_rate + 2 * l2)


def schedule_free_update(
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
    correction = math.sqrt(1 - beta_2**step)
    for w, g, z, v in blocks(variable, gradient, momentum, velocity):
        x = (w - (1 - beta_1) * z) / beta_1
        decay_towards(v, g * g, beta_2)
        z -= learning_rate * g / (np.sqrt(v) / correction + epsilon)
        x += (z - x) / step
        w[...] = (1 - beta_1) * z + beta_1 * x


def muon_update(
    variable: Array,
    gradient: Array,
    momentum: Array,
    *,
    learning_rate: float,
    decay: float,
    nesterov: bool,
    steps: int,
    coefficients: tuple[float, float, float],
) -> None:
    momentum *= decay
    momentum += gradient
    direction = gradient + decay * momentum if nesterov else momentum
    variable -= learning_rate * _orthogonalized(direction, steps, coefficients)


def _orthogonalized(matrix: Array, steps: int, coefficients: tuple[float, float, float]) -> Array:
    a, b, c = coefficients
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (math.sqrt(float(np.vdot(x, x))) + 1e-7)
    for _ in range(steps):
        s = x @ x.T
        x = a * x + (b * s + c * s @ s) @ x
    return x.T if tall else x
