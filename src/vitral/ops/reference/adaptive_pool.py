"""Pooling to a given size, in NumPy."""

import numpy as np

from vitral.ops.geometry import Pair
from vitral.ops.reference.image import along_both_axes
from vitral.typing import Array, Cache


def adaptive_average_pool2d(x: Array, *, size: Pair) -> tuple[Array, Cache]:
    rows, columns = (_means(length, count, x.dtype) for length, count in zip(x.shape[1:3], size, strict=True))
    return along_both_axes(x, rows, columns), (rows, columns)


def adaptive_average_pool2d_backward(dy: Array, cache: Cache) -> Array:
    rows, columns = cache
    return along_both_axes(dy, rows.T, columns.T)


def adaptive_max_pool2d(x: Array, *, size: Pair) -> tuple[Array, Cache]:
    n, height, width, channels = x.shape
    place = np.arange(height * width).reshape(height, width)
    winner = np.empty((n, *size, channels), np.intp)
    for i, rows in enumerate(_windows(height, size[0])):
        for j, columns in enumerate(_windows(width, size[1])):
            best = x[:, rows, columns].reshape(n, -1, channels).argmax(axis=1)
            winner[:, i, j] = place[rows, columns].ravel()[best]
    winners = winner.reshape(n, -1, channels)
    y = np.take_along_axis(x.reshape(n, -1, channels), winners, axis=1)
    return y.reshape(winner.shape), (winners, x.shape)


def adaptive_max_pool2d_backward(dy: Array, cache: Cache) -> Array:
    winners, shape = cache
    n, _, _, channels = shape
    dx = np.zeros(shape, dy.dtype)
    samples, colors = np.arange(n)[:, np.newaxis, np.newaxis], np.arange(channels)
    # A pixel in two windows may have won both, so that gradients must be added up.
    np.add.at(dx.reshape(n, -1, channels), (samples, winners, colors), dy.reshape(winners.shape))
    return dx


def _windows(length: int, count: int) -> list[slice]:
    return [slice(i * length // count, -(-(i + 1) * length // count)) for i in range(count)]


def _means(length: int, count: int, dtype: np.dtype) -> Array:
    """The matrix (count, length) that takes an axis to the means of its windows."""
    weights = np.zeros((count, length), dtype)
    for row, window in zip(weights, _windows(length, count), strict=True):
        row[window] = 1 / (window.stop - window.start)
    return weights
