"""Convolution of images, as deep learning means it: a correlation, the kernel is not flipped."""

from vitral.ops.geometry import Padding, Pair
from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def conv2d(
    x: Array,
    kernel: Array,
    bias: Array | None,
    *,
    strides: Pair = (1, 1),
    padding: Padding = "valid",
    dilation: Pair = (1, 1),
    groups: int = 1,
    activation: str = "linear",
) -> tuple[Array, Cache]:
    """y[n,i,j,f] = activation(b[f] + sum over u,v,c of x[n, i s + u d, j s + v d, c] W[u,v,c,f]).

    x (n, height, width, channels), kernel W (kernel height, kernel width, channels / groups, filters), bias (filters,)
    or None; y (n, out height, out width, filters). With g groups, the k-th filters / g filters see only the k-th
    channels / g channels. "same" pads with zeros so that out = ceil(in / stride), the odd row or column at the end.
    """
    raise NotImplementedError


@operation
def conv2d_backward(
    dy: Array,
    cache: Cache,
    *,
    through_activation: bool = True,
    input_gradient: bool = True,
    input_activation: str = "linear",
) -> tuple[Array | None, Array, Array | None]:
    """Gradients (dx, dW, db) of conv2d.

    With dz = dy * activation'(z): db[f] = sum of dz over n, i, j;
    dW[u,v,c,f] = sum over n,i,j of x[n, i s + u d, j s + v d, c] dz[n,i,j,f];
    dx collects W[u,v,c,f] dz[n,i,j,f] at every place of x from which it came.
    `through_activation`, `input_gradient` and `input_activation` as in dense_backward.
    """
    raise NotImplementedError


@operation
def conv2d_max_pool2d(
    x: Array,
    kernel: Array,
    bias: Array | None,
    *,
    strides: Pair = (1, 1),
    padding: Padding = "valid",
    dilation: Pair = (1, 1),
    groups: int = 1,
    activation: str = "linear",
) -> tuple[Array, Cache]:
    """max_pool2d of 2x2 windows, stride 2, after conv2d: a backend need not write the larger image down.

    Arguments as for conv2d; y (n, out height // 2, out width // 2, filters).
    """
    raise NotImplementedError


@operation
def conv2d_max_pool2d_backward(
    dy: Array,
    cache: Cache,
    *,
    through_activation: bool = True,
    input_gradient: bool = True,
    input_activation: str = "linear",
) -> tuple[Array | None, Array, Array | None]:
    """Gradients (dx, dW, db): each dy goes to the place of its window's maximum, and on as in conv2d_backward."""
    raise NotImplementedError
