"""Sums of products over any axes, in NumPy."""

import numpy as np

from vitral.ops.reference.activation import FROM_OUTPUT, FUSED
from vitral.typing import Array, Cache


def einsum_dense(
    x: Array, kernel: Array, bias: Array | None, *, equation: str, activation: str = "linear"
) -> tuple[Array, Cache]:
    z: Array = np.einsum(equation, x, kernel, optimize=True)
    if bias is not None:
        z = z + bias
    y, activation_cache = FUSED[activation][0](z)
    return y, (x, kernel, None if bias is None else bias.shape, equation, activation, activation_cache)


def einsum_dense_backward(
    dy: Array,
    cache: Cache,
    *,
    through_activation: bool = True,
    input_gradient: bool = True,
    input_activation: str = "linear",
) -> tuple[Array | None, Array, Array | None]:
    x, kernel, bias_shape, equation, activation, activation_cache = cache
    dz = FUSED[activation][1](dy, activation_cache) if through_activation else dy
    inputs, output = equation.split("->")
    of_x, of_kernel = inputs.split(",")
    dkernel: Array = np.einsum(f"{of_x},{output}->{of_kernel}", x, dz, optimize=True)
    dbias = None if bias_shape is None else _summed(dz, bias_shape)
    if not input_gradient:
        return None, dkernel, dbias
    # What x alone was summed over gets the same gradient everywhere.
    alone = "".join(letter for letter in of_x if letter not in output + of_kernel)
    ones = np.ones([x.shape[of_x.index(letter)] for letter in alone], x.dtype)
    dx: Array = np.einsum(f"{output},{of_kernel},{alone}->{of_x}", dz, kernel, ones, optimize=True)
    return FROM_OUTPUT[input_activation](dx, x), dkernel, dbias


def _summed(gradient: Array, shape: tuple[int, ...]) -> Array:
    """The sum over all axes along which an array of this shape was broadcast."""
    total = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    result: Array = total.sum(axis=tuple(axis for axis, size in enumerate(shape) if size == 1), keepdims=True)
    return result
