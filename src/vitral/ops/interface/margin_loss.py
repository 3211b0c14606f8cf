"""Losses that ask for a margin: values and gradient in one pass, shapes as in `distance_loss`."""

from vitral.ops.operation import operation
from vitral.typing import Array


@operation
def hinge(predictions: Array, targets: Array) -> tuple[Array, Array]:
    """mean max(1 - t p, 0), with targets t of -1 or 1 (Cortes and Vapnik, 1995)."""
    raise NotImplementedError


@operation
def squared_hinge(predictions: Array, targets: Array) -> tuple[Array, Array]:
    """mean max(1 - t p, 0)^2, with targets t of -1 or 1."""
    raise NotImplementedError


@operation
def categorical_hinge(predictions: Array, targets: Array) -> tuple[Array, Array]:
    """max(1 + max((1 - t) p) - sum t p, 0), with one-hot targets t; a tie goes to the first class."""
    raise NotImplementedError
