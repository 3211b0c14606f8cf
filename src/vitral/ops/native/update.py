"""Updates by the compiled kernels: one pass over a variable, its gradient and its state."""

import math

from vitral import _native
from vitral.ops.native.module import contiguous, float32
from vitral.ops.reference import update as reference
from vitral.typing import Array


def weight_decay_update(variable: Array, *, rate: float) -> None:
    if not float32(variable):
        return reference.weight_decay_update(variable, rate=rate)
    return _native.weight_decay_update(variable, rate)


def sgd_update(variable: Array, gradient: Array, *, learning_rate: float) -> None:
    if not float32(variable, gradient):
        return reference.sgd_update(variable, gradient, learning_rate=learning_rate)
    return _native.sgd_update(variable, contiguous(gradient), learning_rate)


def momentum_update(
    variable: Array, gradient: Array, velocity: Array, *, learning_rate: float, momentum: float, nesterov: bool
) -> None:
    if not float32(variable, gradient):
        return reference.momentum_update(
            variable, gradient, velocity, learning_rate=learning_rate, momentum=momentum, nesterov=nesterov
        )
    return _native.momentum_update(variable, contiguous(gradient), velocity, learning_rate, momentum, nesterov)


def adagrad_update(
    variable: Array, gradient: Array, accumulator: Array, *, learning_rate: float, epsilon: float
) -> None:
    if not float32(variable, gradient):
        return reference.adagrad_update(variable, gradient, accumulator, learning_rate=learning_rate, epsilon=epsilon)
    return _native.adagrad_update(variable, contiguous(gradient), accumulator, learning_rate, epsilon)


def rmsprop_update(
    variable: Array,
    gradient: Array,
    velocity: Array,
    momentums: Array | None,
    average: Array | None,
    *,
    learning_rate: float,
    rho: float,
    momentum: float,
    epsilon: float,
) -> None:
    if not float32(variable, gradient):
        return reference.rmsprop_update(
            variable,
            gradient,
            velocity,
            momentums,
            average,
            learning_rate=learning_rate,
            rho=rho,
            momentum=momentum,
            epsilon=epsilon,
        )
    return _native.rmsprop_update(
        variable, contiguous(gradient), velocity, momentums, average, learning_rate, rho, momentum, epsilon
    )


def adadelta_update(
    variable: Array,
    gradient: Array,
    accumulated_gradient: Array,
    accumulated_step: Array,
    *,
    learning_rate: float,
    rho: float,
    epsilon: float,
) -> None:
    if not float32(variable, gradient):
        return reference.adadelta_update(
            variable,
            gradient,
            accumulated_gradient,
            accumulated_step,
            learning_rate=learning_rate,
            rho=rho,
            epsilon=epsilon,
        )
    return _native.adadelta_update(
        variable, contiguous(gradient), accumulated_gradient, accumulated_step, learning_rate, rho, epsilon
    )


def adam_update(
    variable: Array,
    gradient: Array,
    momentum: Array,
    velocity: Array,
    highest_velocity: Array | None,
    *,
    step: int,
    learning_rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None:
    if not float32(variable, gradient):
        return reference.adam_update(
            variable,
            gradient,
            momentum,
            velocity,
            highest_velocity,
            step=step,
            learning_rate=learning_rate,
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=epsilon,
        )
    alpha = learning_rate * math.sqrt(1 - beta_2**step) / (1 - beta_1**step)
    return _native.adam_update(
        variable, contiguous(gradient), momentum, velocity, highest_velocity, alpha, beta_1, beta_2, epsilon
    )
