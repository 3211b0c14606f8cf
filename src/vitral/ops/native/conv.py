"""Convolution by the compiled kernels, which choose the algorithm by the shapes."""

from vitral import _native
from vitral.ops.geometry import Padding, Pair, output_size, same_padding
from vitral.ops.native.fused import IN_PLACE, Affine, before_activation
from vitral.ops.native.module import contiguous, empty, float32, refuse_empty
from vitral.ops.reference import conv as reference
from vitral.ops.reference.activation import FUSED
from vitral.typing import Array, Cache


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
    refuse_empty("conv2d", x)
    x, kernel = contiguous(x), contiguous(kernel)
    n, height, width, _ = x.shape
    kernel_height, kernel_width, _, filters = kernel.shape
    rows = output_size(height, kernel_height, strides[0], dilation[0], padding)
    columns = output_size(width, kernel_width, strides[1], dilation[1], padding)
    before = (0, 0)
    if padding == "same":
        top, _ = same_padding(height, kernel_height, strides[0], dilation[0])
        left, _ = same_padding(width, kernel_width, strides[1], dilation[1])
        before = (top, left)
    geometry = (strides, dilation, before, groups)
    z = empty((n, rows, columns, filters))
    code = IN_PLACE.get(activation)
    _native.conv2d(x, kernel, bias, *geometry, code or 0, z)
    y, activation_cache = (z, z) if code is not None else FUSED[activation][0](z)
    return y, Affine(x, kernel, bias is not None, activation, activation_cache, geometry)


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
    dz = before_activation(dy, cache, through_activation)
    x, kernel = cache.x, cache.kernel
    dx = empty(x.shape) if input_gradient else None
    dkernel = empty(kernel.shape)
    dbias = empty(kernel.shape[3:]) if cache.has_bias else None
    code = IN_PLACE[input_activation]
    strides, dilation, before, groups = cache.geometry
    _native.conv2d_backward(x, kernel, dz, strides, dilation, before, groups, code, dx, dkernel, dbias)
    return dx, dkernel, dbias
