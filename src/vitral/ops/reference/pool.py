"""Pooling in NumPy: one pass over the image for each place in the window."""

from collections.abc import Iterator

import numpy as np

from vitral.ops.geometry import Padding, Pair, output_size
from vitral.ops.reference.activation import FROM_OUTPUT
from vitral.ops.reference.windows import crop_image, image_padding, pad_image, window_part
from vitral.typing import Array, Cache


def max_pool2d(x: Array, *, pool_size: Pair, strides: Pair, padding: Padding = "valid") -> tuple[Array, Cache]:
    pads = image_padding(x, pool_size, strides, (1, 1), padding)
    padded = pad_image(x, pads, -np.inf)
    count = _window_count(x, pool_size, strides, padding)
    places = list(_places(pool_size))
    y = window_part(padded, places[0], count, strides).copy()
    winner = np.zeros(y.shape, np.min_scalar_type(len(places)))
    for number, place in enumerate(places[1:], start=1):
        candidate = window_part(padded, place, count, strides)
        # Numbers rise, so the last place that beat all before it is the largest; np.copyto(where=) is far slower.
        np.maximum(winner, np.multiply(candidate > y, number, dtype=winner.dtype), out=winner)
        np.maximum(y, candidate, out=y)
    return y, (winner, y, padded.shape, pads, pool_size, strides)


def max_pool2d_backward(dy: Array, cache: Cache, *, input_activation: str = "linear") -> Array:
    winner, y, padded_shape, pads, pool_size, strides = cache
    # y is the input at the place of the maximum, and nowhere else does any gradient arrive.
    dy = FROM_OUTPUT[input_activation](dy, y)
    dpadded = np.zeros(padded_shape, dy.dtype)
    for number, place in enumerate(_places(pool_size)):
        target = window_part(dpadded, place, dy.shape[1:3], strides)
        target += dy * (winner == number)
    return crop_image(dpadded, pads)


def average_pool2d(x: Array, *, pool_size: Pair, strides: Pair, padding: Padding = "valid") -> tuple[Array, Cache]:
    pads = image_padding(x, pool_size, strides, (1, 1), padding)
    padded = pad_image(x, pads)
    count = _window_count(x, pool_size, strides, padding)
    inside = pad_image(np.ones((1, *x.shape[1:3], 1), x.dtype), pads)
    size = _window_sum(inside, pool_size, count, strides)
    y = _window_sum(padded, pool_size, count, strides) / size
    return y, (x, size, padded.shape, pads, pool_size, strides)


def average_pool2d_backward(dy: Array, cache: Cache, *, input_activation: str = "linear") -> Array:
    x, size, padded_shape, pads, pool_size, strides = cache
    dpadded = np.zeros(padded_shape, dy.dtype)
    share = dy / size
    for place in _places(pool_size):
        target = window_part(dpadded, place, dy.shape[1:3], strides)
        target += share
    return FROM_OUTPUT[input_activation](crop_image(dpadded, pads), x)


def global_average_pool2d(x: Array, *, keepdims: bool = False) -> tuple[Array, Cache]:
    return x.mean(axis=(1, 2), keepdims=keepdims), x.shape


def global_average_pool2d_backward(dy: Array, cache: Cache) -> Array:
    n, height, width, channels = cache
    return np.broadcast_to(dy.reshape(n, 1, 1, channels) / (height * width), cache).astype(dy.dtype)


def global_max_pool2d(x: Array, *, keepdims: bool = False) -> tuple[Array, Cache]:
    n, _, _, channels = x.shape
    pixels = x.reshape(n, -1, channels)
    winner = pixels.argmax(axis=1)[:, None, :]
    y = np.take_along_axis(pixels, winner, axis=1)
    return y.reshape((n, 1, 1, channels) if keepdims else (n, channels)), (winner, x.shape)


def global_max_pool2d_backward(dy: Array, cache: Cache) -> Array:
    winner, shape = cache
    n, height, width, channels = shape
    dx = np.zeros((n, height * width, channels), dy.dtype)
    np.put_along_axis(dx, winner, dy.reshape(n, 1, channels), axis=1)
    return dx.reshape(shape)


def _places(pool_size: Pair) -> Iterator[Pair]:
    """Every place in a window, row by row."""
    return ((row, column) for row in range(pool_size[0]) for column in range(pool_size[1]))


def _window_sum(padded: Array, pool_size: Pair, count: Pair, strides: Pair) -> Array:
    total = np.zeros((len(padded), *count, padded.shape[3]), padded.dtype)
    for place in _places(pool_size):
        total += window_part(padded, place, count, strides)
    return total


def _window_count(x: Array, pool_size: Pair, strides: Pair, padding: str) -> Pair:
    return (
        output_size(x.shape[1], pool_size[0], strides[0], 1, padding),
        output_size(x.shape[2], pool_size[1], strides[1], 1, padding),
    )
