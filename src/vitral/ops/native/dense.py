"""Fully connected layers by the compiled kernels: own matrix products, with bias and activation fused in."""

from vitral import _native
from vitral.ops.native.fused import Affine, after_activation, before_activation
from vitral.ops.native.module import IN_PLACE, contiguous, empty, expect_samples, float32
from vitral.ops.reference import dense as reference
from vitral.typing import Array, Cache


def dense(x: Array, kernel: Array, bias: Array | None, *, activation: str = "linear") -> tuple[Array, Cache]:
    if not float32(x, kernel, bias):
        return reference.dense(x, kernel, bias, activation=activation)
    expect_samples("dense", x)
    x, kernel = contiguous(x), contiguous(kernel)
    z = empty(x.shape[:-1] + kernel.shape[1:])
    _native.dense(x, kernel, bias, IN_PLACE.get(activation, 0), z)
    y, activation_cache = after_activation(activation, z)
    return y, Affine(x, kernel, bias is not None, activation, activation_cache)


def dense_backward(
    dy: Array,
    cache: Cache,
    *,
    through_activation: bool = True,
    input_gradient: bool = True,
    input_activation: str = "linear",
) -> tuple[Array | None, Array, Array | None]:
    if type(cache) is not Affine:
        return reference.dense_backward(
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
    dbias = empty(kernel.shape[1:]) if cache.has_bias else None
    _native.dense_backward(x, kernel, dz, IN_PLACE[input_activation], dx, dkernel, dbias)
    return dx, dkernel, dbias
