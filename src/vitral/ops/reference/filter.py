"""Images with weighted sums of neighbors, in NumPy."""

import numpy as np

from vitral.typing import Array, Cache


def blur2d(x: Array, *, down: Array, across: Array) -> tuple[Array, Cache]:
    down, across = down.astype(x.dtype), across.astype(x.dtype)
    return _along(_along(x, down, 1), across, 2), (down, across)


def blur2d_backward(dy: Array, cache: Cache) -> Array:
    down, across = cache
    return _along(_along(dy, down[:, ::-1], 1), across[:, ::-1], 2)


def _along(x: Array, weights: Array, axis: int) -> Array:
    reach = weights.shape[1] // 2
    borders = [(reach, reach) if each == axis else (0, 0) for each in range(4)]
    padded = np.pad(x, borders)
    y = np.zeros_like(x)
    for place in range(weights.shape[1]):
        part = padded[:, place : place + x.shape[1]] if axis == 1 else padded[:, :, place : place + x.shape[2]]
        y += weights[:, place, np.newaxis, np.newaxis, np.newaxis] * part
    return y
