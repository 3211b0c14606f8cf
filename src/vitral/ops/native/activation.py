"""Activations by the compiled kernels.

A cache of float32 values is one that these functions made; any other is the reference's.
"""

import math
from collections.abc import Callable
from typing import Any

from vitral import _native
from vitral.ops.native.module import FLOAT32, contiguous, empty, expect_samples, gradient
from vitral.ops.reference import activation as reference
from vitral.ops.reference.activation import linear, linear_backward
from vitral.typing import Array, Cache


def relu(
    x: Array, *, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> tuple[Array, Cache]:
    if x.dtype != FLOAT32:
        return reference.relu(x, negative_slope=negative_slope, max_value=max_value, threshold=threshold)
    if negative_slope == 0.0 and max_value is None and threshold == 0.0:
        y = _from_name("relu", x)
        return y, (y, None)
    options = (negative_slope, math.nan if max_value is None else max_value, threshold)
    x, y = _from_input("relu", _native.relu_forward, x, *options)
    return y, (x, options)


def relu_backward(dy: Array, cache: Cache) -> Array:
    if not isinstance(cache, tuple):
        return reference.relu_backward(dy, cache)
    kept, options = cache
    if options is None:
        return _back_by_name("relu", dy, kept)
    return _back(_native.relu_backward, dy, kept, *options)


def elu(x: Array, *, alpha: float = 1.0) -> tuple[Array, Cache]:
    if x.dtype != FLOAT32:
        return reference.elu(x, alpha=alpha)
    x, y = _from_input("elu", _native.elu_forward, x, alpha)
    return y, (x, y, alpha)


def elu_backward(dy: Array, cache: Cache) -> Array:
    x, y, alpha = cache
    if x.dtype != FLOAT32:
        return reference.elu_backward(dy, cache)
    dx = empty(dy.shape)
    _native.elu_backward(gradient(dy), x, y, dx, alpha)
    return dx


def gelu(x: Array, *, approximate: bool = False) -> tuple[Array, Cache]:
    if x.dtype != FLOAT32:
        return reference.gelu(x, approximate=approximate)
    x, y = _from_input("gelu", _native.gelu_forward, x, approximate)
    return y, (x, approximate)


def gelu_backward(dy: Array, cache: Cache) -> Array:
    if cache[0].dtype != FLOAT32:
        return reference.gelu_backward(dy, cache)
    x, approximate = cache
    return _back(_native.gelu_backward, dy, x, approximate)


def silu(x: Array) -> tuple[Array, Cache]:
    if x.dtype != FLOAT32:
        return reference.silu(x)
    x, y = _from_input("silu", _native.silu_forward, x)
    return y, x


def silu_backward(dy: Array, cache: Cache) -> Array:
    if isinstance(cache, tuple):
        return reference.silu_backward(dy, cache)
    return _back(_native.silu_backward, dy, cache)


def sigmoid(x: Array) -> tuple[Array, Cache]:
    if x.dtype != FLOAT32:
        return reference.sigmoid(x)
    y = _from_name("sigmoid", x)
    return y, y


def sigmoid_backward(dy: Array, cache: Cache) -> Array:
    if cache.dtype != FLOAT32:
        return reference.sigmoid_backward(dy, cache)
    return _back_by_name("sigmoid", dy, cache)


def tanh(x: Array) -> tuple[Array, Cache]:
    if x.dtype != FLOAT32:
        return reference.tanh(x)
    y = _from_name("tanh", x)
    return y, y


def tanh_backward(dy: Array, cache: Cache) -> Array:
    if cache.dtype != FLOAT32:
        return reference.tanh_backward(dy, cache)
    return _back_by_name("tanh", dy, cache)


def softplus(x: Array) -> tuple[Array, Cache]:
    if x.dtype != FLOAT32:
        return reference.softplus(x)
    x, y = _from_input("softplus", _native.softplus_forward, x)
    return y, x


def softplus_backward(dy: Array, cache: Cache) -> Array:
    if cache.dtype != FLOAT32:
        return reference.softplus_backward(dy, cache)
    return _back(_native.softplus_backward, dy, cache)


def softmax(x: Array) -> tuple[Array, Cache]:
    if x.dtype != FLOAT32:
        return reference.softmax(x)
    _, y = _from_input("softmax", _native.softmax_forward, x)
    return y, y


def softmax_backward(dy: Array, cache: Cache) -> Array:
    if cache.dtype != FLOAT32:
        return reference.softmax_backward(dy, cache)
    return _back(_native.softmax_backward, dy, cache)


def log_softmax(x: Array) -> tuple[Array, Cache]:
    if x.dtype != FLOAT32:
        return reference.log_softmax(x)
    _, y = _from_input("log_softmax", _native.log_softmax_forward, x)
    return y, y


def log_softmax_backward(dy: Array, cache: Cache) -> Array:
    if cache.dtype != FLOAT32:
        return reference.log_softmax_backward(dy, cache)
    return _back(_native.log_softmax_backward, dy, cache)


def _from_name(name: str, x: Array) -> Array:
    """y of an activation that the kernels know by name."""
    expect_samples(name, x)
    y = empty(x.shape)
    _native.activation_forward(name, contiguous(x), y)
    return y


def _back_by_name(name: str, dy: Array, y: Array) -> Array:
    dx = empty(y.shape)
    _native.activation_backward_from_output(name, gradient(dy), y, dx)
    return dx


def _from_input(name: str, kernel: Callable[..., None], x: Array, *options: Any) -> tuple[Array, Array]:
    """x as the kernel wants it, and y."""
    expect_samples(name, x)
    y = empty(x.shape)
    x = contiguous(x)
    kernel(x, y, *options)
    return x, y


def _back(kernel: Callable[..., None], dy: Array, kept: Array, *options: Any) -> Array:
    dx = empty(dy.shape)
    kernel(gradient(dy), kept, dx, *options)
    return dx


__all__ = [
    "elu",
    "elu_backward",
    "gelu",
    "gelu_backward",
    "linear",
    "linear_backward",
    "log_softmax",
    "log_softmax_backward",
    "relu",
    "relu_backward",
    "sigmoid",
    "sigmoid_backward",
    "silu",
    "silu_backward",
    "softmax",
    "softmax_backward",
    "softplus",
    "softplus_backward",
    "tanh",
    "tanh_backward",
]
