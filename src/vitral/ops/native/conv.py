"""Convolution by the compiled kernels, which choose the algorithm by the shapes."""

from functools import lru_cache

import numpy as np

from vitral import _native
from vitral.ops.geometry import Padding, Pair, output_size, same_padding
from vitral.ops.native.fused import Affine, after_activation, before_activation
from vitral.ops.native.module import IN_PLACE, contiguous, empty, expect_images, float32
from vitral.ops.reference import conv as reference
from vitral.typing import Array, Cache

_BYTE = np.dtype(np.uint8)


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
    if not float32(x, kernel, bias):
        return reference.conv2d(
            x,
            kernel,
            bias,
            strides=strides,
            padding=padding,
            dilation=dilation,
            groups=groups,
            activation=activation,
        )
    expect_images("conv2d", x)
    x, kernel = contiguous(x), contiguous(kernel)
    rows, columns, before = _geometry(x.shape[1:3], kernel.shape[:2], strides, padding, dilation)
    z = empty((len(x), rows, columns, kernel.shape[3]))
    _native.conv2d(x, kernel, bias, strides, dilation, before, groups, IN_PLACE.get(activation, 0), z, None)
    y, activation_cache = after_activation(activation, z)
    return y, Affine(x, kernel, bias is not None, activation, activation_cache, (strides, dilation, before, groups))


def conv2d_backward(
    dy: Array,
    cache: Cache,
    *,
    through_activation: bool = True,
    input_gradient: bool = True,
    input_activation: str = "linear",
) -> tuple[Array | None, Array, Array | None]:
    if type(cache) is not Affine:
        return reference.conv2d_backward(
            dy,
            cache,
            through_activation=through_activation,
            input_gradient=input_gradient,
            input_activation=input_activation,
        )
    return _gradients(dy, cache, None, through_activation, input_gradient, input_activation)


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
    # These grow with their input, so that the largest output is that of the largest sum.
    if not float32(x, kernel, bias) or activation not in IN_PLACE:
        return reference.conv2d_max_pool2d(
            x,
            kernel,
            bias,
            strides=strides,
            padding=padding,
            dilation=dilation,
            groups=groups,
            activation=activation,
        )
    expect_images("conv2d_max_pool2d", x)
    x, kernel = contiguous(x), contiguous(kernel)
    rows, columns, before = _geometry(x.shape[1:3], kernel.shape[:2], strides, padding, dilation)
    y = empty((len(x), rows // 2, columns // 2, kernel.shape[3]))
    winners = empty(y.shape, _BYTE)
    _native.conv2d(x, kernel, bias, strides, dilation, before, groups, IN_PLACE[activation], y, winners)
    return y, (Affine(x, kernel, bias is not None, activation, y, (strides, dilation, before, groups)), winners)


def conv2d_max_pool2d_backward(
    dy: Array,
    cache: Cache,
    *,
    through_activation: bool = True,
    input_gradient: bool = True,
    input_activation: str = "linear",
) -> tuple[Array | None, Array, Array | None]:
    affine, winners = cache
    if type(affine) is not Affine:
        return reference.conv2d_max_pool2d_backward(
            dy,
            cache,
            through_activation=through_activation,
            input_gradient=input_gradient,
            input_activation=input_activation,
        )
    # The winner's output is the window's, so the activation's derivative can be taken before the gradients spread.
    return _gradients(dy, affine, winners, through_activation, input_gradient, input_activation)


def _gradients(
    dy: Array,
    cache: Affine,
    winners: Array | None,
    through_activation: bool,
    input_gradient: bool,
    input_activation: str,
) -> tuple[Array | None, Array, Array | None]:
    dz = before_activation(dy, cache, through_activation)
    x, kernel = cache.x, cache.kernel
    dx = empty(x.shape) if input_gradient else None
    dkernel = empty(kernel.shape)
    dbias = empty(kernel.shape[3:]) if cache.has_bias else None
    strides, dilation, before, groups = cache.geometry
    code = IN_PLACE[input_activation]
    _native.conv2d_backward(x, kernel, dz, winners, strides, dilation, before, groups, code, dx, dkernel, dbias)
    return dx, dkernel, dbias


@lru_cache(maxsize=1024)
def _geometry(size: Pair, window: Pair, strides: Pair, padding: str, dilation: Pair) -> tuple[int, int, Pair]:
    """Rows and columns of the result, and the padding before the first ones.

    Known after the first batch: to work them out takes longer than some convolutions of a single image.
    """
    rows, columns = map(output_size, size, window, strides, dilation, (padding, padding))
    if padding == "valid":
        return rows, columns, (0, 0)
    (top, _), (left, _) = map(same_padding, size, window, strides, dilation)
    return rows, columns, (top, left)
