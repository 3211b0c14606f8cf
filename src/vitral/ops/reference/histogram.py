"""Values spread over their whole range, in NumPy."""

import numpy as np

from vitral.typing import Array, Cache


def stretch2d(x: Array, *, low: float, high: float) -> tuple[Array, Cache]:
    pixels = x.reshape(len(x), -1, x.shape[3])
    smallest, largest = (find(axis=1)[:, np.newaxis] for find in (pixels.argmin, pixels.argmax))
    start = np.take_along_axis(pixels, smallest, axis=1)
    spread = np.take_along_axis(pixels, largest, axis=1) - start
    flat = spread == 0
    share = (pixels - start) / np.where(flat, 1, spread)
    y = np.where(flat, pixels, share * (high - low) + low).reshape(x.shape)
    factor = np.where(flat, 1, (high - low) / np.where(flat, 1, spread))
    return y, (smallest, largest, share, factor, flat)


def stretch2d_backward(dy: Array, cache: Cache) -> Array:
    smallest, largest, share, factor, flat = cache
    direct = factor * dy.reshape(share.shape)
    dx = direct.copy()
    for place, slope in ((smallest, share - 1), (largest, -share)):
        through = np.where(flat, 0, (direct * slope).sum(axis=1, keepdims=True))
        np.put_along_axis(dx, place, np.take_along_axis(dx, place, axis=1) + through, axis=1)
    return dx.reshape(dy.shape)


def equalize2d(x: Array, *, low: float, high: float, bins: int) -> tuple[Array, Cache]:
    n, _, _, channels = x.shape
    scaled = (x - low) * (bins - 1) / (high - low)
    index = np.clip(scaled.astype(np.intp), 0, bins - 1).reshape(n, -1, channels)
    own_bins = index + bins * np.arange(n * channels).reshape(n, 1, channels)
    counts = np.bincount(own_bins.ravel(), minlength=n * channels * bins).reshape(-1, bins)
    up_to = counts.cumsum(axis=1)
    lowest = np.take_along_axis(counts, (counts > 0).argmax(axis=1)[:, np.newaxis], axis=1)
    others = up_to[:, -1:] - lowest
    table = np.round((up_to - lowest) * 255 / np.maximum(others, 1))
    y = (table.ravel()[own_bins].reshape(x.shape) * ((high - low) / 255) + low).astype(x.dtype)
    flat = (others == 0).reshape(n, 1, 1, channels)
    return np.where(flat, x, y), flat


def equalize2d_backward(dy: Array, cache: Cache) -> Array:
    return dy * cache
