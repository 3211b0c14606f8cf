"""Updates by the compiled kernels: one pass over all variables, their gradients and their state."""

import math

from vitral import _native
from vitral.ops.native.module import contiguous, float32
from vitral.ops.reference import update as reference
from vitral.ops.reference.update import listed
from vitral.typing import Array, Arrays


def weight_decay_update(variable: Arrays, *, rate: float) -> None:
    if not float32(*listed(variable)):
        return reference.weight_decay_update(variable, rate=rate)
    return _native.weight_decay_update(variable, rate)


def sgd_update(variable: Arrays, gradient: Arrays, *, learning_rate: float) -> None:
    if not float32(*listed(variable), *listed(gradient)):
        return reference.sgd_update(variable, gradient, learning_rate=learning_rate)
    return _native.sgd_update(variable, _in_rows(gradient), learning_rate)


def momentum_update(
    variable: Arrays, gradient: Arrays, velocity: Arrays, *, learning_rate: float, momentum: float, nesterov: bool
) -> None:
    if not float32(*listed(variable), *listed(gradient)):
        return reference.momentum_update(
            variable, gradient, velocity, learning_rate=learning_rate, momentum=momentum, nesterov=nesterov
        )
    return _native.momentum_update(variable, _in_rows(gradient), velocity, learning_rate, momentum, nesterov)


def adagrad_update(
    variable: Arrays, gradient: Arrays, accumulator: Arrays, *, learning_rate: float, epsilon: float
) -> None:
    if not float32(*listed(variable), *listed(gradient)):
        return reference.adagrad_update(variable, gradient, accumulator, learning_rate=learning_rate, epsilon=epsilon)
    return _native.adagrad_update(variable, _in_rows(gradient), accumulator, learning_rate, epsilon)


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
    if not float32(*listed(variable), *listed(gradient)):
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
        variable, _in_rows(gradient), velocity, momentums, average, learning_rate, rho, momentum, epsilon
    )


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
    if not float32(*listed(variable), *listed(gradient)):
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
        variable, _in_rows(gradient), accumulated_gradient, accumulated_step, learning_rate, rho, epsilon
    )


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
    if not float32(*listed(variable), *listed(gradient)):
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
        variable, _in_rows(gradient), momentum, velocity, highest_velocity, alpha, beta_1, beta_2, epsilon
    )


def _in_rows(gradient: Arrays) -> list[Array]:
    return [contiguous(array) for array in listed(gradient)]
