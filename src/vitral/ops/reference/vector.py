"""Activations of vectors in NumPy."""

import numpy as np

from vitral.ops.reference.activation import sigmoid
from vitral.typing import Array, Cache


def glu(x: Array) -> tuple[Array, Cache]:
    a, b = np.split(x, 2, axis=-1)
    gate, _ = sigmoid(b)
    return a * gate, (a, gate)


def glu_backward(dy: Array, cache: Cache) -> Array:
    a, gate = cache
    return np.concatenate([dy * gate, dy * a * gate * (1 - gate)], axis=-1)


def sparsemax(x: Array) -> tuple[Array, Cache]:
    # Subtracting the maximum changes nothing but keeps the sums small.
    z = x - x.max(axis=-1, keepdims=True)
    falling = -np.sort(-z, axis=-1)
    excess = np.cumsum(falling, axis=-1) - 1
    counts = np.arange(1, x.shape[-1] + 1, dtype=x.dtype)
    # The k largest entries stay above t = (their sum - 1) / k; the last such k is the one sought.
    kept = np.maximum((falling * counts > excess).sum(axis=-1, keepdims=True), 1)
    t = np.take_along_axis(excess, kept - 1, axis=-1) / kept.astype(x.dtype)
    y = np.maximum(z - t, 0)
    return y, (y > 0).astype(x.dtype)


def sparsemax_backward(dy: Array, cache: Cache) -> Array:
    mean = (dy * cache).sum(axis=-1, keepdims=True) / cache.sum(axis=-1, keepdims=True)
    return (dy - mean) * cache
