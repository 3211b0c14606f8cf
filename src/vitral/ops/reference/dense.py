"""Fully connected layers in NumPy: one matrix product forward, two backward."""

from vitral.ops.reference.activation import FROM_OUTPUT, FUSED
from vitral.typing import Array, Cache


def dense(x: Array, kernel: Array, bias: Array | None, *, activation: str = "linear") -> tuple[Array, Cache]:
    z = x @ kernel
    if bias is not None:
        z += bias
    y, activation_cache = FUSED[activation][0](z)
    return y, (x, kernel, bias is not None, activation, activation_cache)


def dense_backward(
    dy: Array,
    cache: Cache,
    *,
    through_activation: bool = True,
    input_gradient: bool = True,
    input_activation: str = "linear",
) -> tuple[Array | None, Array, Array | None]:
    x, kernel, has_bias, activation, activation_cache = cache
    dz = FUSED[activation][1](dy, activation_cache) if through_activation else dy
    inputs, units = kernel.shape
    rows = dz.reshape(-1, units)
    dkernel = x.reshape(-1, inputs).T @ rows
    dbias = rows.sum(axis=0) if has_bias else None
    dx = FROM_OUTPUT[input_activation](dz @ kernel.T, x) if input_gradient else None
    return dx, dkernel, dbias
