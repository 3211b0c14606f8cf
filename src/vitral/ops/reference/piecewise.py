"""Activations made of pieces, in NumPy: the cache is the derivative, so each backward pass is one product."""

import numpy as np

from vitral.typing import Array, Cache


def clipped_line(x: Array, *, slope: float, offset: float, low: float, high: float) -> tuple[Array, Cache]:
    line = slope * x + offset
    y = np.clip(line, low, high)
    return y, slope * ((line > low) & (line < high)).astype(x.dtype)


def clipped_line_backward(dy: Array, cache: Cache) -> Array:
    return dy * cache


def hard_silu(x: Array) -> tuple[Array, Cache]:
    h, slope = clipped_line(x, slope=1 / 6, offset=0.5, low=0, high=1)
    return x * h, h + x * slope


def hard_silu_backward(dy: Array, cache: Cache) -> Array:
    return dy * cache


def hard_shrink(x: Array, *, threshold: float = 0.5) -> tuple[Array, Cache]:
    outside = ~(np.abs(x) <= threshold)  # which keeps NaN
    return np.where(outside, x, x.dtype.type(0)), outside


def hard_shrink_backward(dy: Array, cache: Cache) -> Array:
    return dy * cache


def soft_shrink(x: Array, *, threshold: float = 0.5) -> tuple[Array, Cache]:
    return x - np.clip(x, -threshold, threshold), np.abs(x) > threshold


def soft_shrink_backward(dy: Array, cache: Cache) -> Array:
    return dy * cache


def threshold(x: Array, *, threshold: float, default_value: float) -> tuple[Array, Cache]:
    above = ~(x <= threshold)  # which keeps NaN
    return np.where(above, x, x.dtype.type(default_value)), above


def threshold_backward(dy: Array, cache: Cache) -> Array:
    return dy * cache


def sparse_plus(x: Array) -> tuple[Array, Cache]:
    slope = np.clip(0.5 * (x + 1), 0, 1)
    # slope^2 is the parabola (x + 1)^2 / 4 between -1 and 1, and 0 or 1 outside.
    return slope * slope + np.maximum(x - 1, 0), slope


def sparse_plus_backward(dy: Array, cache: Cache) -> Array:
    return dy * cache


def prelu(x: Array, alpha: Array) -> tuple[Array, Cache]:
    return np.where(x > 0, x, alpha * x), (x, alpha)


def prelu_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    x, alpha = cache
    shared = tuple(axis + 1 for axis, size in enumerate(alpha.shape) if size == 1)
    dalpha: Array = np.where(x > 0, 0, x * dy).sum(axis=(0, *shared)).reshape(alpha.shape)
    return np.where(x > 0, dy, alpha * dy), dalpha
