"""Windows on images: padding, and every window as a view."""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from vitral.ops.geometry import Pair, output_size, same_padding
from vitral.typing import Array


def image_padding(x: Array, window: Pair, strides: Pair, dilation: Pair, padding: str) -> tuple[Pair, Pair]:
    """Padding of the height and of the width of a batch of images."""
    if padding == "valid":
        return (0, 0), (0, 0)
    return (
        same_padding(x.shape[1], window[0], strides[0], dilation[0]),
        same_padding(x.shape[2], window[1], strides[1], dilation[1]),
    )


def pad_image(x: Array, pads: tuple[Pair, Pair], value: float = 0.0) -> Array:
    """The batch with `value` around every image; x itself where there is nothing to pad."""
    (top, bottom), (left, right) = pads
    if not (top or bottom or left or right):
        return x
    n, height, width, channels = x.shape
    padded = np.full((n, height + top + bottom, width + left + right, channels), value, x.dtype)
    padded[:, top : top + height, left : left + width] = x
    return padded


def crop_image(x: Array, pads: tuple[Pair, Pair]) -> Array:
    """The inverse of pad_image: a view without the border."""
    (top, bottom), (left, right) = pads
    return x[:, top : x.shape[1] - bottom, left : x.shape[2] - right]


def windows(x: Array, window: Pair, strides: Pair, dilation: Pair) -> Array:
    """Every window of an (already padded) batch as a view (n, out height, out width, window height, width, channels).

    >>> x = np.arange(9.0).reshape(1, 3, 3, 1)
    >>> windows(x, (2, 2), (1, 1), (1, 1))[0, 1, 1, :, :, 0]
    array([[4., 5.],
           [7., 8.]])
    """
    n, height, width, channels = x.shape
    rows = output_size(height, window[0], strides[0], dilation[0], "valid")
    columns = output_size(width, window[1], strides[1], dilation[1], "valid")
    batch_step, row_step, column_step, channel_step = x.strides
    return as_strided(
        x,
        (n, rows, columns, *window, channels),
        (
            batch_step,
            row_step * strides[0],
            column_step * strides[1],
            row_step * dilation[0],
            column_step * dilation[1],
            channel_step,
        ),
        writeable=False,
    )


def window_part(x: Array, offset: Pair, count: Pair, strides: Pair) -> Array:
    """The elements at `offset` in each of `count` windows: a strided view (n, rows, columns, ...) of x."""
    (row, column), (rows, columns), (row_stride, column_stride) = offset, count, strides
    return x[
        :,
        row : row + (rows - 1) * row_stride + 1 : row_stride,
        column : column + (columns - 1) * column_stride + 1 : column_stride,
    ]
