"""Samples brought to a length: that of a unit vector, or a root mean square of 1."""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def unit_norm(x: Array, *, axes: tuple[int, ...]) -> tuple[Array, Cache]:
    """y = x / |x|, with |x| the Euclidean length along `axes`, at least 1e-12."""
    raise NotImplementedError


@operation
def unit_norm_backward(dy: Array, cache: Cache) -> Array:
    """dx = (dy - y sum(dy y)) / |x|, sums along `axes`: what points along y only changes the length.

    0 for x that are shorter than 1e-12, which have no direction.
    """
    raise NotImplementedError


@operation
def rms_norm(x: Array, scale: Array, *, axes: tuple[int, ...], epsilon: float) -> tuple[Array, Cache]:
    """y = x / sqrt(mean(x^2) + epsilon) scale, with the mean of each sample along `axes`.

    x (n, ...); `axes` in order, counted from the front, without the batch's; scale has their lengths. Zhang and
    Sennrich, "Root mean square layer normalization", NeurIPS 2019.
    """
    raise NotImplementedError


@operation
def rms_norm_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    """Gradients (dx, dscale).

    With the normalized x^ and dz = dy scale: dx = (dz - x^ mean(dz x^)) / sqrt(mean(x^2) + epsilon), means along
    `axes`; dscale sums dy x^ over all other axes.
    """
    raise NotImplementedError
