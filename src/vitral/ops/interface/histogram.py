"""Images whose values are spread over their whole range, as the values that occur in them suggest."""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def stretch2d(x: Array, *, low: float, high: float) -> tuple[Array, Cache]:
    """y = (x - a) / (b - a) (high - low) + low, with a and b the extremes of each channel of each image.

    x (n, height, width, channels). Channels of one value stay what they are.
    """
    raise NotImplementedError


@operation
def stretch2d_backward(dy: Array, cache: Cache) -> Array:
    """dx = f dy with f = (high - low) / (b - a), and at the places of the extremes also what comes through them.

    With u = (x - a) / (b - a): da = f sum(dy (u - 1)), db = -f sum(dy u), each for the first place of its extreme.
    """
    raise NotImplementedError


@operation
def equalize2d(x: Array, *, low: float, high: float, bins: int) -> tuple[Array, Cache]:
    """Each value replaced by the share of values that lie in its bin or below, among those above the lowest bin.

    x (n, height, width, channels) with values from low to high, which are divided into `bins` bins; each channel of
    each image has a histogram of its own. Results are rounded to whole 255ths of the range. Channels whose values all
    lie in one bin stay what they are (Gonzalez and Woods, "Digital image processing", section 3.3).
    """
    raise NotImplementedError


@operation
def equalize2d_backward(dy: Array, cache: Cache) -> Array:
    """dx = 0, as results move in steps; dy for channels that stayed what they are."""
    raise NotImplementedError
