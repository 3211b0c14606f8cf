"""Activations in NumPy, each with its derivative under it; simplest first."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from vitral.typing import Array, Cache


def linear(x: Array) -> tuple[Array, Cache]:
    return x, None


def linear_backward(dy: Array, cache: Cache) -> Array:
    return dy


def relu(
    x: Array, *, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> tuple[Array, Cache]:
    if negative_slope == 0.0 and max_value is None and threshold == 0.0:
        y = np.maximum(x, 0)
        return y, y > 0
    above = ~(x <= threshold)  # which keeps NaN
    below = negative_slope * (x - threshold) if negative_slope else 0
    y = np.where(above, x, below).astype(x.dtype, copy=False)
    slope = np.where(above, 1, negative_slope).astype(x.dtype)
    if max_value is not None:
        slope[y >= max_value] = 0
        np.minimum(y, max_value, out=y)
    return y, slope


def relu_backward(dy: Array, cache: Cache) -> Array:
    return dy * cache


def tanh(x: Array) -> tuple[Array, Cache]:
    y = np.tanh(x)
    return y, y


def tanh_backward(dy: Array, cache: Cache) -> Array:
    return dy * (1 - cache**2)


def sigmoid(x: Array) -> tuple[Array, Cache]:
    # e^-|x| cannot overflow, and both tails keep their relative precision.
    e = np.exp(-np.abs(x))
    y = np.where(x >= 0, x.dtype.type(1), e)
    y /= 1 + e
    return y, y


def sigmoid_backward(dy: Array, cache: Cache) -> Array:
    return dy * cache * (1 - cache)


def silu(x: Array) -> tuple[Array, Cache]:
    s, _ = sigmoid(x)
    return x * s, (x, s)


def silu_backward(dy: Array, cache: Cache) -> Array:
    x, s = cache
    return dy * s * (1 + x * (1 - s))


def softplus(x: Array) -> tuple[Array, Cache]:
    # log(1 + e^x) = max(x, 0) + log(1 + e^-|x|), which cannot overflow.
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))), x


def softplus_backward(dy: Array, cache: Cache) -> Array:
    return dy * sigmoid(cache)[0]


def elu(x: Array, *, alpha: float = 1.0) -> tuple[Array, Cache]:
    y = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))).astype(x.dtype, copy=False)
    return y, (x > 0, y, alpha)


def elu_backward(dy: Array, cache: Cache) -> Array:
    positive, y, alpha = cache
    return np.where(positive, dy, dy * (y + alpha)).astype(dy.dtype, copy=False)


def gelu(x: Array, *, approximate: bool = False) -> tuple[Array, Cache]:
    if approximate:
        t = np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))
        return 0.5 * x * (1 + t), (x, t, approximate)
    distribution = (0.5 * (1 + _erf(x / math.sqrt(2)))).astype(x.dtype, copy=False)
    return x * distribution, (x, distribution, approximate)


def gelu_backward(dy: Array, cache: Cache) -> Array:
    x, inner, approximate = cache
    if approximate:
        slope = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)
        return dy * (0.5 * (1 + inner) + 0.5 * x * (1 - inner**2) * slope)
    density = np.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)
    return dy * (inner + x * density)


def softmax(x: Array) -> tuple[Array, Cache]:
    # Subtracting the maximum changes nothing but keeps e^x from overflowing.
    y = np.exp(x - x.max(axis=-1, keepdims=True))
    y /= y.sum(axis=-1, keepdims=True)
    return y, y


def softmax_backward(dy: Array, cache: Cache) -> Array:
    return cache * (dy - (dy * cache).sum(axis=-1, keepdims=True))


def log_softmax(x: Array) -> tuple[Array, Cache]:
    shifted = x - x.max(axis=-1, keepdims=True)
    y = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return y, y


def log_softmax_backward(dy: Array, cache: Cache) -> Array:
    return dy - np.exp(cache) * dy.sum(axis=-1, keepdims=True)


_erf_elementwise = np.frompyfunc(math.erf, 1, 1)


def _erf(x: Array) -> Array:
    # NumPy has no error function and SciPy is not a core dependency: exact, element by element, and slow.
    return np.asarray(_erf_elementwise(x), dtype=x.dtype)


def _leaky_relu(x: Array) -> tuple[Array, Cache]:
    return relu(x, negative_slope=0.2)


Forward = Callable[[Array], tuple[Array, Cache]]
Backward = Callable[[Array, Any], Array]

FROM_OUTPUT: dict[str, Callable[[Array, Array], Array]] = {
    "linear": lambda dy, y: dy,
    "relu": lambda dy, y: dy * (y > 0),
    "sigmoid": lambda dy, y: dy * y * (1 - y),
    "tanh": lambda dy, y: dy * (1 - y**2),
}
"""dx from dy and y, for the activations whose derivative can be told from their output y."""

FUSED: dict[str, tuple[Forward, Backward]] = {
    "linear": (linear, linear_backward),
    "relu": (relu, relu_backward),
    "leaky_relu": (_leaky_relu, relu_backward),
    "elu": (elu, elu_backward),
    "gelu": (gelu, gelu_backward),
    "silu": (silu, silu_backward),
    "sigmoid": (sigmoid, sigmoid_backward),
    "tanh": (tanh, tanh_backward),
    "softmax": (softmax, softmax_backward),
    "log_softmax": (log_softmax, log_softmax_backward),
    "softplus": (softplus, softplus_backward),
}
"""What the `activation` argument of dense and conv2d may name; slopes and alphas are Keras' defaults."""
