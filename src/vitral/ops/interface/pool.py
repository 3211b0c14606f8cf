"""Pooling: each window of an image becomes one value per channel."""

from vitral.ops.geometry import Padding, Pair
from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def max_pool2d(x: Array, *, pool_size: Pair, strides: Pair, padding: Padding = "valid") -> tuple[Array, Cache]:
    """y = the largest value of each window; x (n, height, width, channels), y (n, out height, out width, channels)."""
    raise NotImplementedError


@operation
def max_pool2d_backward(dy: Array, cache: Cache, *, input_activation: str = "linear") -> Array:
    """dx: each dy goes to the place of its window's maximum, the first one where several are equal.

    `input_activation` as in dense_backward.
    """
    raise NotImplementedError


@operation
def average_pool2d(x: Array, *, pool_size: Pair, strides: Pair, padding: Padding = "valid") -> tuple[Array, Cache]:
    """y = the mean of each window; under "same" the padding is not counted."""
    raise NotImplementedError


@operation
def average_pool2d_backward(dy: Array, cache: Cache, *, input_activation: str = "linear") -> Array:
    """dx: each dy is divided evenly among the pixels of its window.

    `input_activation` as in dense_backward.
    """
    raise NotImplementedError


@operation
def global_average_pool2d(x: Array, *, keepdims: bool = False) -> tuple[Array, Cache]:
    """y[n,c] = mean of x[n,:,:,c]; with keepdims, y is (n, 1, 1, channels)."""
    raise NotImplementedError


@operation
def global_average_pool2d_backward(dy: Array, cache: Cache) -> Array:
    """dx[n,i,j,c] = dy[n,c] / (height width)."""
    raise NotImplementedError


@operation
def global_max_pool2d(x: Array, *, keepdims: bool = False) -> tuple[Array, Cache]:
    """y[n,c] = maximum of x[n,:,:,c]; with keepdims, y is (n, 1, 1, channels)."""
    raise NotImplementedError


@operation
def global_max_pool2d_backward(dy: Array, cache: Cache) -> Array:
    """dx: dy at the place of the maximum, the first one where several are equal, 0 elsewhere."""
    raise NotImplementedError
