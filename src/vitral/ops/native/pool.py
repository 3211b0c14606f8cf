"""Pooling by the compiled kernels; the global pools are those whose one window is the image."""

import functools
from typing import NamedTuple

import numpy as np

from vitral import _native
from vitral.ops.geometry import Padding, Pair, output_size, same_padding
from vitral.ops.native.module import FLOAT32, IN_PLACE, contiguous, empty, expect_images, gradient
from vitral.ops.reference import pool as reference
from vitral.typing import Array, Cache

_UINT8 = np.dtype(np.uint8)
_MOST_PLACES = 256
"""The place of a window's maximum is kept in a byte."""


class _Maxima(NamedTuple):
    windows: _native.Windows
    shape: tuple[int, ...]
    y: Array
    winner: Array


class _Means(NamedTuple):
    windows: _native.Windows
    x: Array


def max_pool2d(x: Array, *, pool_size: Pair, strides: Pair, padding: Padding = "valid") -> tuple[Array, Cache]:
    if x.dtype != FLOAT32 or pool_size[0] * pool_size[1] > _MOST_PLACES:
        return reference.max_pool2d(x, pool_size=pool_size, strides=strides, padding=padding)
    expect_images("max_pool2d", x)
    n, height, width, channels = x.shape
    windows, rows, columns = _windows(height, width, pool_size, strides, padding)
    y = empty((n, rows, columns, channels))
    winner = empty((n, rows, columns, channels), _UINT8)
    _native.max_pool2d(windows, contiguous(x), y, winner)
    return y, _Maxima(windows, x.shape, y, winner)


def max_pool2d_backward(dy: Array, cache: Cache, *, input_activation: str = "linear") -> Array:
    if not isinstance(cache, _Maxima):
        return reference.max_pool2d_backward(dy, cache, input_activation=input_activation)
    windows, shape, y, winner = cache
    dx = empty(shape)
    _native.max_pool2d_backward(windows, IN_PLACE[input_activation], gradient(dy), y, winner, dx)
    return dx


def average_pool2d(x: Array, *, pool_size: Pair, strides: Pair, padding: Padding = "valid") -> tuple[Array, Cache]:
    if x.dtype != FLOAT32:
        return reference.average_pool2d(x, pool_size=pool_size, strides=strides, padding=padding)
    expect_images("average_pool2d", x)
    n, height, width, channels = x.shape
    windows, rows, columns = _windows(height, width, pool_size, strides, padding)
    x = contiguous(x)
    y = empty((n, rows, columns, channels))
    _native.average_pool2d(windows, x, y)
    return y, _Means(windows, x)


def average_pool2d_backward(dy: Array, cache: Cache, *, input_activation: str = "linear") -> Array:
    if not isinstance(cache, _Means):
        return reference.average_pool2d_backward(dy, cache, input_activation=input_activation)
    windows, x = cache
    dx = empty(x.shape)
    _native.average_pool2d_backward(windows, IN_PLACE[input_activation], gradient(dy), x, dx)
    return dx


def global_average_pool2d(x: Array, *, keepdims: bool = False) -> tuple[Array, Cache]:
    if x.dtype != FLOAT32:
        return reference.global_average_pool2d(x, keepdims=keepdims)
    expect_images("global_average_pool2d", x)
    size = x.shape[1:3]
    y, cache = average_pool2d(x, pool_size=size, strides=size)
    return y if keepdims else y.reshape(len(y), -1), cache


def global_average_pool2d_backward(dy: Array, cache: Cache) -> Array:
    if not isinstance(cache, _Means):
        return reference.global_average_pool2d_backward(dy, cache)
    return average_pool2d_backward(dy, cache)


def global_max_pool2d(x: Array, *, keepdims: bool = False) -> tuple[Array, Cache]:
    if x.dtype != FLOAT32 or x.ndim != 4 or x.shape[1] * x.shape[2] > _MOST_PLACES:
        return reference.global_max_pool2d(x, keepdims=keepdims)
    expect_images("global_max_pool2d", x)
    size = x.shape[1:3]
    y, cache = max_pool2d(x, pool_size=size, strides=size)
    return y if keepdims else y.reshape(len(y), -1), cache


def global_max_pool2d_backward(dy: Array, cache: Cache) -> Array:
    if not isinstance(cache, _Maxima):
        return reference.global_max_pool2d_backward(dy, cache)
    return max_pool2d_backward(dy, cache)


@functools.lru_cache(maxsize=256)
def _windows(
    height: int, width: int, pool_size: Pair, strides: Pair, padding: Padding
) -> tuple[_native.Windows, int, int]:
    """The windows, and how many there are along each axis."""
    rows = output_size(height, pool_size[0], strides[0], 1, padding)
    columns = output_size(width, pool_size[1], strides[1], 1, padding)
    top = left = 0
    if padding == "same":
        top, _ = same_padding(height, pool_size[0], strides[0], 1)
        left, _ = same_padding(width, pool_size[1], strides[1], 1)
    return _native.Windows(height, width, *pool_size, *strides, top, left, rows, columns), rows, columns
