"""Images whose contrast is made level tile by tile."""

from vitral.ops.geometry import Pair
from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def equalize_tiles2d(x: Array, *, low: float, high: float, grid: Pair, clip_limit: float) -> tuple[Array, Cache]:
    """Contrast-limited adaptive histogram equalization.

    x (n, height, width, channels), with values from low to high, which are taken as bytes. Images are divided into
    `grid` (rows, columns) tiles of one size, the last ones filled up by reflection at the edge. Each channel of each
    tile has a histogram; what is above `clip_limit` times the mean of its 256 bins is cut off and shared out evenly,
    unless clip_limit is 0. A value becomes the share of the tile's values at or below it, less those of the lowest bin,
    and between the middles of tiles a mixture of the four nearest (Zuiderveld, "Contrast limited adaptive histogram
    equalization", Graphics Gems IV, 1994).
    """
    raise NotImplementedError


@operation
def equalize_tiles2d_backward(dy: Array, cache: Cache) -> Array:
    """dx = 0, as results move in steps."""
    raise NotImplementedError
