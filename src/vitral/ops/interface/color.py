"""Colors of pixels: brought to their range, mixed, and given as hue, saturation and value."""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def clip(x: Array, *, low: float, high: float) -> tuple[Array, Cache]:
    """y = x, never below low nor above high."""
    raise NotImplementedError


@operation
def clip_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy where low <= x <= high, 0 elsewhere."""
    raise NotImplementedError


@operation
def mix_channels2d(x: Array, *, matrices: Array) -> tuple[Array, Cache]:
    """y[n,h,w,c] = sum over d of matrices[n,c,d] x[n,h,w,d]: each image's colors mixed by a matrix of its own.

    x (n, height, width, channels), matrices (n, channels, channels).
    """
    raise NotImplementedError


@operation
def mix_channels2d_backward(dy: Array, cache: Cache) -> Array:
    """dx[n,h,w,d] = sum over c of matrices[n,c,d] dy[n,h,w,c]."""
    raise NotImplementedError


@operation
def rgb_to_hsv(x: Array) -> tuple[Array, Cache]:
    """Hue, saturation and value of colors (..., 3) = (red, green, blue); all of them from 0 to 1.

    v = max(x), s = (v - min(x)) / v, and h = (p - q) / (6 (v - min(x))) + k / 3, plus 1 if that is negative. k is the
    largest channel, the first where several are equal, p and q are those that follow it: green and blue behind red.
    Black has saturation 0, gray has hue 0 (Smith, "Color gamut transform pairs", SIGGRAPH 1978).
    """
    raise NotImplementedError


@operation
def rgb_to_hsv_backward(dy: Array, cache: Cache) -> Array:
    """dx from (dh, ds, dv).

    With r = v - min(x) and t = (p - q) / (6 r): the largest channel gets dv + ds min(x) / v^2 - dh t / r, the smallest
    -ds / v + dh t / r, p and q get dh / (6 r) and -dh / (6 r). Gray gets nothing through its hue, black nothing through
    its saturation.
    """
    raise NotImplementedError


@operation
def hsv_to_rgb(x: Array) -> tuple[Array, Cache]:
    """The inverse of rgb_to_hsv: y_c = v (1 - s (1 - w_c)), where w_c = 2 - |distance of 6 h from 2 c|, from 0 to 1.

    Distances are those on a circle of circumference 6, so any hue will do.
    """
    raise NotImplementedError


@operation
def hsv_to_rgb_backward(dy: Array, cache: Cache) -> Array:
    """dh = 6 v s sum(dy_c w_c'), ds = -v sum(dy_c (1 - w_c)), dv = sum(dy_c (1 - s (1 - w_c)))."""
    raise NotImplementedError
