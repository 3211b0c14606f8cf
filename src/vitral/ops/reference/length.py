"""Samples brought to a length, in NumPy."""

import numpy as np

from vitral.typing import Array, Cache

_SHORTEST = 1e-12


def unit_norm(x: Array, *, axes: tuple[int, ...]) -> tuple[Array, Cache]:
    length = np.sqrt(np.square(x).sum(axis=axes, keepdims=True))
    y = x / np.maximum(length, _SHORTEST)
    return y, (y, length, axes)


def unit_norm_backward(dy: Array, cache: Cache) -> Array:
    y, length, axes = cache
    dx = dy - y * (dy * y).sum(axis=axes, keepdims=True)
    return np.divide(dx, length, out=np.zeros_like(dx), where=length > _SHORTEST)


def rms_norm(x: Array, scale: Array, *, axes: tuple[int, ...], epsilon: float) -> tuple[Array, Cache]:
    scale = scale.reshape([size if axis in axes else 1 for axis, size in enumerate(x.shape)])
    inverse = 1 / np.sqrt(np.square(x).mean(axis=axes, keepdims=True) + x.dtype.type(epsilon))
    normalized = x * inverse
    return normalized * scale, (normalized, inverse, scale, axes)


def rms_norm_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    normalized, inverse, scale, axes = cache
    dz = dy * scale
    dx = (dz - normalized * (dz * normalized).mean(axis=axes, keepdims=True)) * inverse
    others = tuple(axis for axis in range(dy.ndim) if axis not in axes)
    return dx, (dy * normalized).sum(axis=others)
