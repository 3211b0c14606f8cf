"""Images of a batch brought to other colors, or mixed with each other."""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def recolor2d(x: Array, *, contrast: Array, brightness: Array, low: float, high: float) -> tuple[Array, Cache]:
    """y = (x - m) contrast + m + brightness, cut to `low` ... `high`, with m the mean of each channel of each image.

    x (n, height, width, channels); one contrast and one brightness for each image (n,).
    """
    raise NotImplementedError


@operation
def recolor2d_backward(dy: Array, cache: Cache) -> Array:
    """dx = contrast dz + (1 - contrast) mean(dz), where dz is dy without the values that were cut.

    Every pixel moves the mean too: that is the second term.
    """
    raise NotImplementedError


@operation
def blend(x: Array, *, partner: Array, share: Array) -> tuple[Array, Cache]:
    """y[i] = share[i] x[i] + (1 - share[i]) x[partner[i]]: samples mixed with others of their batch.

    x (n, ...); `partner` is a permutation of 0 to n - 1, share can be broadcast to x.
    """
    raise NotImplementedError


@operation
def blend_backward(dy: Array, cache: Cache) -> Array:
    """dx[i] = share[i] dy[i] + (1 - share[k]) dy[k], where k is the one whose partner i is."""
    raise NotImplementedError
