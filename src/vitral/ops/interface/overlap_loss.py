"""Losses that measure how two sets overlap: values and gradient in one pass.

Sums go over `axis`, all axes if it is None; the losses have the axes that are left. t is a target, p its prediction.
"""

from vitral.ops.operation import operation
from vitral.typing import Array


@operation
def dice(predictions: Array, targets: Array, *, axis: tuple[int, ...] | None, epsilon: float) -> tuple[Array, Array]:
    """1 - 2 sum t p / (sum t + sum p + epsilon) (Dice, 1945)."""
    raise NotImplementedError


@operation
def tversky(
    predictions: Array, targets: Array, *, alpha: float, beta: float, axis: tuple[int, ...] | None, epsilon: float
) -> tuple[Array, Array]:
    """1 - i / (i + alpha sum t (1 - p) + beta sum p (1 - t) + epsilon), where i = sum t p (Salehi et al., 2017)."""
    raise NotImplementedError
