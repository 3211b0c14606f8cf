"""Sums of two arrays by the compiled kernels, in memory of the pool."""

from vitral import _native
from vitral.ops.native.module import contiguous, empty, float32
from vitral.ops.reference import merge as reference
from vitral.ops.reference.merge import add_backward
from vitral.typing import Array, Cache


def add(a: Array, b: Array) -> tuple[Array, Cache]:
    if a.shape != b.shape or not float32(a, b):
        return reference.add(a, b)
    y = empty(a.shape)
    _native.add(contiguous(a), contiguous(b), y)
    return y, (a.shape, b.shape)


__all__ = ["add", "add_backward"]
