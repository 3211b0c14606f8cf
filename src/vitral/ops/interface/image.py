"""Images moved about: cut, framed, mirrored, brought to another size.

All of this is linear in the pixels, so every gradient is the adjoint: each output's gradient goes back to the pixels
that the output was made of, with the same weights.
"""

from vitral.ops.geometry import Pair
from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def crop2d(x: Array, *, cropping: tuple[Pair, Pair]) -> tuple[Array, Cache]:
    """The images without ((top, bottom), (left, right)) rows and columns; x (n, height, width, channels)."""
    raise NotImplementedError


@operation
def crop2d_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy with zeros where the border was."""
    raise NotImplementedError


@operation
def flip2d(x: Array, *, vertical: Array, horizontal: Array) -> tuple[Array, Cache]:
    """Some images of a batch mirrored: upside down where `vertical`, left to right where `horizontal`.

    x (n, height, width, channels); both are boolean arrays (n,).
    """
    raise NotImplementedError


@operation
def flip2d_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy mirrored in the same way."""
    raise NotImplementedError


@operation
def resize2d(x: Array, *, size: Pair, interpolation: str = "bilinear", antialias: bool = False) -> tuple[Array, Cache]:
    """y[n,i,j,c] = sum over h,w of A[i,h] B[j,w] x[n,h,w,c]: images of another size (rows, columns).

    Pixels are squares, so output i looks at the place (i + 1/2) in / out - 1/2 of the input. The rows of A and B are
    `interpolation`'s weights about that place, with sum 1: "nearest", "bilinear", "bicubic" (Keys, "Cubic convolution
    interpolation for digital image processing", 1981, a = -1/2), "lanczos3" or "lanczos5". With `antialias` the
    weights are spread over in / out pixels where the image shrinks; not for "nearest".
    """
    raise NotImplementedError


@operation
def resize2d_backward(dy: Array, cache: Cache) -> Array:
    """dx[n,h,w,c] = sum over i,j of A[i,h] B[j,w] dy[n,i,j,c]."""
    raise NotImplementedError


@operation
def pad2d(x: Array, *, padding: tuple[Pair, Pair], value: float = 0.0) -> tuple[Array, Cache]:
    """The images with a border of `value`: ((top, bottom), (left, right)) rows and columns."""
    raise NotImplementedError


@operation
def pad2d_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy without the border."""
    raise NotImplementedError


@operation
def space_out2d(x: Array, *, strides: Pair, padding: tuple[Pair, Pair]) -> tuple[Array, Cache]:
    """The pixels `strides` rows and columns apart, with zeros between them and ((top, bottom), (left, right)) around.

    x (n, height, width, channels); a convolution of the result is the adjoint of one with these strides.
    """
    raise NotImplementedError


@operation
def space_out2d_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy at the places of the pixels."""
    raise NotImplementedError
