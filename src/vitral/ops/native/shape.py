"""Moving, scaling and dropping values by the compiled kernels."""

from typing import NamedTuple

import numpy as np

from vitral import _native
from vitral.ops.geometry import Pair
from vitral.ops.native.module import FLOAT32, contiguous, empty, expect_images, expect_samples, float32, gradient
from vitral.ops.reference import shape as reference
from vitral.typing import Array, Cache

_BOOL = np.dtype(np.bool_)


class _Padded(NamedTuple):
    shape: tuple[int, ...]
    padding: tuple[Pair, Pair]


class _Scaled(NamedTuple):
    scale: Array


class _Dropped(NamedTuple):
    keep: Array
    rate: float


def zero_pad2d(x: Array, *, padding: tuple[Pair, Pair]) -> tuple[Array, Cache]:
    if x.dtype != FLOAT32:
        return reference.zero_pad2d(x, padding=padding)
    expect_images("zero_pad2d", x)
    (top, bottom), (left, right) = padding
    n, height, width, channels = x.shape
    y = empty((n, top + height + bottom, left + width + right, channels))
    _native.zero_pad2d(top, bottom, left, right, contiguous(x), y)
    return y, _Padded(x.shape, padding)


def zero_pad2d_backward(dy: Array, cache: Cache) -> Array:
    if not isinstance(cache, _Padded):
        return reference.zero_pad2d_backward(dy, cache)
    (top, bottom), (left, right) = cache.padding
    dx = empty(cache.shape)
    _native.zero_pad2d_backward(top, bottom, left, right, gradient(dy), dx)
    return dx


def affine(x: Array, *, scale: Array, offset: Array) -> tuple[Array, Cache]:
    if not float32(x, scale, offset) or scale.shape != offset.shape or not _per_channel(scale, x):
        return reference.affine(x, scale=scale, offset=offset)
    expect_samples("affine", x)
    scale = contiguous(scale)
    y = empty(x.shape)
    _native.affine(contiguous(x), scale, contiguous(offset), y)
    return y, _Scaled(scale)


def affine_backward(dy: Array, cache: Cache) -> Array:
    if not isinstance(cache, _Scaled):
        return reference.affine_backward(dy, cache)
    dx = empty(dy.shape)
    _native.affine(gradient(dy), cache.scale, None, dx)
    return dx


def dropout(x: Array, *, keep: Array, rate: float) -> tuple[Array, Cache]:
    if x.dtype != FLOAT32 or keep.dtype != _BOOL or keep.shape != x.shape:
        return reference.dropout(x, keep=keep, rate=rate)
    expect_samples("dropout", x)
    cache = _Dropped(contiguous(keep), rate)
    y = empty(x.shape)
    _native.dropout(contiguous(x), cache.keep, rate, y)
    return y, cache


def dropout_backward(dy: Array, cache: Cache) -> Array:
    if not isinstance(cache, _Dropped):
        return reference.dropout_backward(dy, cache)
    dx = empty(dy.shape)
    _native.dropout(gradient(dy), cache.keep, cache.rate, dx)
    return dx


def _per_channel(scale: Array, x: Array) -> bool:
    """Whether there is one value in all, or one for each place of the last axis."""
    return scale.ndim <= x.ndim and (scale.size == 1 or scale.size == scale.shape[-1] == x.shape[-1])
