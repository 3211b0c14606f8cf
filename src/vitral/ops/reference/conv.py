"""Convolution in NumPy: every window becomes a row, and the sum over a window becomes one matrix product.

This is the "im2col" form (Chellapilla, Puri and Simard, "High performance convolutional neural networks for document
processing", 2006).
"""

import numpy as np

from vitral.ops.geometry import Padding, Pair
from vitral.ops.reference.activation import FROM_OUTPUT, FUSED
from vitral.ops.reference.pool import max_pool2d, max_pool2d_backward
from vitral.ops.reference.windows import crop_image, image_padding, pad_image, window_part, windows
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
    window = kernel.shape[0], kernel.shape[1]
    pads = image_padding(x, window, strides, dilation, padding)
    padded = pad_image(x, pads)
    view = windows(padded, window, strides, dilation)
    # (groups, windows, window values) @ (groups, window values, filters)
    columns = _window_rows(view, groups)
    z = _join_groups(columns @ _kernel_matrix(kernel, groups)).reshape(*view.shape[:3], kernel.shape[3])
    if bias is not None:
        z += bias
    y, activation_cache = FUSED[activation][0](z)
    geometry = (padded.shape, pads, strides, dilation, groups)
    return y, (x, columns, kernel, bias is not None, geometry, activation, activation_cache)


def conv2d_backward(
    dy: Array,
    cache: Cache,
    *,
    through_activation: bool = True,
    input_gradient: bool = True,
    input_activation: str = "linear",
) -> tuple[Array | None, Array, Array | None]:
    x, columns, kernel, has_bias, geometry, activation, activation_cache = cache
    groups = geometry[-1]
    dz = FUSED[activation][1](dy, activation_cache) if through_activation else dy
    rows = _split_groups(dz.reshape(-1, kernel.shape[3]), groups)
    dbias = dz.sum(axis=(0, 1, 2)) if has_bias else None
    dkernel = _join_groups(columns.transpose(0, 2, 1) @ rows).reshape(kernel.shape)
    if not input_gradient:
        return None, dkernel, dbias
    dcolumns = rows @ _kernel_matrix(kernel, groups).transpose(0, 2, 1)
    dx = _scatter_windows(dcolumns, kernel.shape, dz.shape, geometry)
    return FROM_OUTPUT[input_activation](dx, x), dkernel, dbias


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
    z, cache = conv2d(
        x,
        kernel,
        bias,
        strides=strides,
        padding=padding,
        dilation=dilation,
        groups=groups,
        activation=activation,
    )
    y, pool_cache = max_pool2d(z, pool_size=(2, 2), strides=(2, 2))
    return y, (cache, pool_cache)


def conv2d_max_pool2d_backward(
    dy: Array,
    cache: Cache,
    *,
    through_activation: bool = True,
    input_gradient: bool = True,
    input_activation: str = "linear",
) -> tuple[Array | None, Array, Array | None]:
    conv_cache, pool_cache = cache
    return conv2d_backward(
        max_pool2d_backward(dy, pool_cache),
        conv_cache,
        through_activation=through_activation,
        input_gradient=input_gradient,
        input_activation=input_activation,
    )


def _scatter_windows(
    dcolumns: Array, kernel_shape: tuple[int, ...], out_shape: tuple[int, ...], geometry: Cache
) -> Array:
    """Add every window's gradient to the pixels it was made of: the adjoint of taking windows."""
    padded_shape, pads, strides, dilation, groups = geometry
    height, width, group_channels, _ = kernel_shape
    n, rows, columns, _ = out_shape
    parts = dcolumns.reshape(groups, n, rows, columns, height, width, group_channels)
    dpadded = np.zeros(padded_shape, dcolumns.dtype)
    by_group = dpadded.reshape(*padded_shape[:3], groups, group_channels)
    for u in range(height):
        for v in range(width):
            target = window_part(by_group, (u * dilation[0], v * dilation[1]), (rows, columns), strides)
            target += np.moveaxis(parts[:, :, :, :, u, v], 0, 3)
    return crop_image(dpadded, pads)


def _window_rows(view: Array, groups: int) -> Array:
    """Windows (n, rows, columns, height, width, channels) as matrices (groups, windows, values of one group)."""
    n, rows, columns, height, width, channels = view.shape
    if groups == 1:
        return view.reshape(1, n * rows * columns, height * width * channels)
    split = view.reshape(n * rows * columns, height, width, groups, channels // groups)
    return np.moveaxis(split, 3, 0).reshape(groups, n * rows * columns, -1)


def _kernel_matrix(kernel: Array, groups: int) -> Array:
    """The kernel as matrices (groups, window values, filters of one group)."""
    return _split_groups(kernel.reshape(-1, kernel.shape[3]), groups)


def _split_groups(matrix: Array, groups: int) -> Array:
    """(rows, filters) as (groups, rows, filters of one group)."""
    return matrix.reshape(len(matrix), groups, -1).transpose(1, 0, 2)


def _join_groups(matrices: Array) -> Array:
    """The inverse of _split_groups."""
    groups, rows, filters = matrices.shape
    return matrices.transpose(1, 0, 2).reshape(rows, groups * filters)
