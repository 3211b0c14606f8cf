"""Other colors and mixed images, in NumPy."""

import numpy as np

from vitral.typing import Array, Cache


def recolor2d(x: Array, *, contrast: Array, brightness: Array, low: float, high: float) -> tuple[Array, Cache]:
    factor, mean = _each(contrast, x), _mean_color(x)
    z = x - mean
    z *= factor
    z += mean + _each(brightness, x)
    return np.clip(z, low, high), (factor, (z >= low) & (z <= high))


def recolor2d_backward(dy: Array, cache: Cache) -> Array:
    factor, inside = cache
    dz = dy * inside
    dx: Array = factor * dz + (1 - factor) * _mean_color(dz)
    return dx


def blend(x: Array, *, partner: Array, share: Array) -> tuple[Array, Cache]:
    share = share.astype(x.dtype)
    y = x * share
    y += x[partner] * (1 - share)
    return y, (partner, share)


def blend_backward(dy: Array, cache: Cache) -> Array:
    partner, share = cache
    dx = dy * share
    dx[partner] += dy * (1 - share)  # a permutation, so no sample is added to twice
    return dx


def _mean_color(x: Array) -> Array:
    """The mean of each image's pixels (n, 1, 1, channels); `mean` takes five times as long for a few channels."""
    n, height, width, channels = x.shape
    if channels == 1:
        return x.mean(axis=(1, 2), keepdims=True)
    mean: Array = np.einsum("npc->nc", x.reshape(n, height * width, channels)) / (height * width)
    return mean.reshape(n, 1, 1, channels)


def _each(values: Array, x: Array) -> Array:
    return values.astype(x.dtype)[:, np.newaxis, np.newaxis, np.newaxis]
