"""Images seen through maps: shifted, turned, zoomed, or distorted in any way."""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def affine_sample2d(
    x: Array,
    *,
    maps: Array,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0.0,
) -> tuple[Array, Cache]:
    """Each image seen through a map of its own: the output at column u, row v is the input at column
    a0 u + a1 v + a2, row b0 u + b1 v + b2, for maps (n, 6) = [a0, a1, a2, b0, b1, b2].

    x and y (n, height, width, channels). `interpolation` is "nearest" or "bilinear". `fill_mode` says what lies beyond
    the edge of a row a b c d: "reflect" d c b a | a b c d | d c b a, "wrap" a b c d | a b c d | a b c d, "nearest"
    a a a a | a b c d | d d d d, "constant" the `fill_value` everywhere.
    """
    raise NotImplementedError


@operation
def affine_sample2d_backward(dy: Array, cache: Cache) -> Array:
    """dx collects every dy at the pixels it was made of, times their weights; what was filled gets nothing."""
    raise NotImplementedError


@operation
def sample2d(
    x: Array,
    *,
    columns: Array,
    rows: Array,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0.0,
) -> tuple[Array, Cache]:
    """y[n,i,j] = x[n] at row rows[n,i,j] and column columns[n,i,j], which lie between pixels as a rule.

    x and y (n, height, width, channels), rows and columns (n, height, width); the rest as for affine_sample2d.
    """
    raise NotImplementedError


@operation
def sample2d_backward(dy: Array, cache: Cache) -> Array:
    """dx as for affine_sample2d; the places are given, and get no gradient."""
    raise NotImplementedError
