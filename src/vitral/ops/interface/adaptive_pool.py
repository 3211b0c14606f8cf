"""Pooling to a given size: the image is divided into that many windows, which overlap where they must."""

from vitral.ops.geometry import Pair
from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def adaptive_average_pool2d(x: Array, *, size: Pair) -> tuple[Array, Cache]:
    """The mean of each window; x (n, height, width, channels), y (n, rows, columns, channels) for size (rows, columns).

    Of an axis of length L that becomes N long, window i holds the places from floor(i L / N) to below
    ceil((i + 1) L / N).
    """
    raise NotImplementedError


@operation
def adaptive_average_pool2d_backward(dy: Array, cache: Cache) -> Array:
    """dx collects dy / (pixels of the window) over all windows that a pixel lies in."""
    raise NotImplementedError


@operation
def adaptive_max_pool2d(x: Array, *, size: Pair) -> tuple[Array, Cache]:
    """The largest value of each window, which are those of the mean."""
    raise NotImplementedError


@operation
def adaptive_max_pool2d_backward(dy: Array, cache: Cache) -> Array:
    """dx collects dy at the largest value of each window, the first where several are equal."""
    raise NotImplementedError
