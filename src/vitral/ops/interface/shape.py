"""Moving, scaling and dropping values: operations without weights of their own."""

from collections.abc import Sequence
from typing import Any

from vitral.ops.geometry import Pair
from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def reshape(x: Array, *, shape: Sequence[int]) -> tuple[Array, Cache]:
    """The same values as (n, *shape); the batch axis stays."""
    raise NotImplementedError


@operation
def reshape_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy in the input's shape."""
    raise NotImplementedError


@operation
def permute(x: Array, *, axes: Sequence[int]) -> tuple[Array, Cache]:
    """The axes of each sample in another order, counted from 1: axis k of y is axis axes[k - 1] of x."""
    raise NotImplementedError


@operation
def permute_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy with the axes in the order that they had."""
    raise NotImplementedError


@operation
def zero_pad2d(x: Array, *, padding: tuple[Pair, Pair]) -> tuple[Array, Cache]:
    """Zeros around every image: padding ((top, bottom), (left, right)), x (n, height, width, channels)."""
    raise NotImplementedError


@operation
def zero_pad2d_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy without the border."""
    raise NotImplementedError


@operation
def get_item(x: Array, *, key: tuple[Any, ...]) -> tuple[Array, Cache]:
    """y = x[key] for a key of whole numbers, slices, `...` and None, in which no place of x comes twice."""
    raise NotImplementedError


@operation
def get_item_backward(dy: Array, cache: Cache) -> Array:
    """dx[key] = dy, 0 elsewhere."""
    raise NotImplementedError


@operation
def repeat(x: Array, *, times: int) -> tuple[Array, Cache]:
    """y[n,t,...] = x[n,...] for t = 0 ... times - 1: a sequence of equal steps."""
    raise NotImplementedError


@operation
def repeat_backward(dy: Array, cache: Cache) -> Array:
    """dx = the sum of dy over the steps."""
    raise NotImplementedError


@operation
def affine(x: Array, *, scale: Array, offset: Array) -> tuple[Array, Cache]:
    """y = scale x + offset; scale and offset are constants that can be broadcast to x without making it larger."""
    raise NotImplementedError


@operation
def affine_backward(dy: Array, cache: Cache) -> Array:
    """dx = scale dy."""
    raise NotImplementedError


@operation
def dropout(x: Array, *, keep: Array, rate: float) -> tuple[Array, Cache]:
    """y = x / (1 - rate) where `keep`, 0 elsewhere (Srivastava et al., JMLR 2014); the mean of y is x.

    keep is a boolean array that can be broadcast to x.
    """
    raise NotImplementedError


@operation
def dropout_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy / (1 - rate) where `keep`, 0 elsewhere."""
    raise NotImplementedError
