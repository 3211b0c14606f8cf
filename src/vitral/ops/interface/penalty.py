"""Penalties on weights, each with its gradient in the same pass."""

from vitral.ops.operation import operation
from vitral.typing import Array


@operation
def l2_penalty(value: Array, gradient: Array, *, strength: float) -> float:
    """strength sum(w^2) for w = `value`; its gradient, 2 strength w, is added to `gradient` in place.

    Any shape, the same for both.
    """
    raise NotImplementedError
