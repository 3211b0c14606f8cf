"""Smooth activations in NumPy, each with its derivative under it; simplest first."""

import numpy as np

from vitral.ops.reference.activation import sigmoid, softplus
from vitral.typing import Array, Cache

_SELU_SCALE = 1.0507009873554805
_SELU_ALPHA = 1.6732632423543772


def exponential(x: Array) -> tuple[Array, Cache]:
    y = np.exp(x)
    return y, y


def exponential_backward(dy: Array, cache: Cache) -> Array:
    return dy * cache


def softsign(x: Array) -> tuple[Array, Cache]:
    bound = 1 + np.abs(x)
    return x / bound, bound


def softsign_backward(dy: Array, cache: Cache) -> Array:
    return dy / cache**2


def squareplus(x: Array, *, b: float = 4) -> tuple[Array, Cache]:
    root = np.sqrt(x * x + b)
    return 0.5 * (x + root), x / root


def squareplus_backward(dy: Array, cache: Cache) -> Array:
    return dy * 0.5 * (1 + cache)


def log_sigmoid(x: Array) -> tuple[Array, Cache]:
    # -log(1 + e^-x), in the form that cannot overflow.
    return -softplus(-x)[0], x


def log_sigmoid_backward(dy: Array, cache: Cache) -> Array:
    return dy * sigmoid(-cache)[0]


def tanh_shrink(x: Array) -> tuple[Array, Cache]:
    t = np.tanh(x)
    return x - t, t


def tanh_shrink_backward(dy: Array, cache: Cache) -> Array:
    return dy * cache**2


def mish(x: Array) -> tuple[Array, Cache]:
    t = np.tanh(softplus(x)[0])
    return x * t, (x, t)


def mish_backward(dy: Array, cache: Cache) -> Array:
    x, t = cache
    return dy * (t + x * sigmoid(x)[0] * (1 - t**2))


def celu(x: Array, *, alpha: float = 1.0) -> tuple[Array, Cache]:
    decay = np.expm1(np.minimum(x, 0) / alpha)  # 0 where x is positive
    return np.maximum(x, 0) + alpha * decay, decay


def celu_backward(dy: Array, cache: Cache) -> Array:
    return dy * (1 + cache)


def selu(x: Array) -> tuple[Array, Cache]:
    y = _SELU_SCALE * np.where(x > 0, x, _SELU_ALPHA * np.expm1(np.minimum(x, 0))).astype(x.dtype, copy=False)
    return y, (x > 0, y)


def selu_backward(dy: Array, cache: Cache) -> Array:
    positive, y = cache
    slope = np.where(positive, y.dtype.type(_SELU_SCALE), y + _SELU_SCALE * _SELU_ALPHA)
    return dy * slope
