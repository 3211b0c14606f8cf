"""Images in which every pixel is replaced by a weighted sum of its neighbors."""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def blur2d(x: Array, *, down: Array, across: Array) -> tuple[Array, Cache]:
    """y[n,i,j,c] = sum over a,b of down[n,a] across[n,b] x[n,i+a,j+b,c], a and b counted from the middle.

    x and y (n, height, width, channels); each image has weights of its own, down (n, k) and across (n, l), k and l odd.
    Beyond the edge there are zeros.
    """
    raise NotImplementedError


@operation
def blur2d_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy blurred by the same weights in the opposite order."""
    raise NotImplementedError
