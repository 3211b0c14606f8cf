"""Penalties by the compiled kernels."""

from vitral import _native
from vitral.ops.native.module import contiguous, float32
from vitral.ops.reference import penalty as reference
from vitral.typing import Array


def l2_penalty(value: Array, gradient: Array, *, strength: float) -> float:
    if not float32(value, gradient) or not gradient.flags.c_contiguous:
        return reference.l2_penalty(value, gradient, strength=strength)
    return _native.l2_penalty(contiguous(value), gradient, strength)
