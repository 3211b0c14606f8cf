"""Losses for numbers and distributions, beyond those of `loss`: values and gradient in one pass.

All take predictions and targets of one shape (..., n) and return the losses, of shape (...), and the derivative of each
prediction's own loss with respect to it, of the predictions' shape. t is a target, p its prediction.
"""

from vitral.ops.operation import operation
from vitral.typing import Array


@operation
def mean_absolute_percentage_error(predictions: Array, targets: Array, *, epsilon: float) -> tuple[Array, Array]:
    """100 mean |p - t| / max(|t|, epsilon)."""
    raise NotImplementedError


@operation
def mean_squared_logarithmic_error(predictions: Array, targets: Array, *, epsilon: float) -> tuple[Array, Array]:
    """mean (log(p + 1) - log(t + 1))^2, where p and t are taken as at least epsilon."""
    raise NotImplementedError


@operation
def log_cosh(predictions: Array, targets: Array) -> tuple[Array, Array]:
    """mean log(cosh(p - t)): a smooth absolute error."""
    raise NotImplementedError


@operation
def poisson(predictions: Array, targets: Array, *, epsilon: float) -> tuple[Array, Array]:
    """mean p - t log(p + epsilon): Poisson's likelihood of the counts t, where p is the rate."""
    raise NotImplementedError


@operation
def kl_divergence(predictions: Array, targets: Array, *, epsilon: float) -> tuple[Array, Array]:
    """sum t log(t / p), where p and t are held between epsilon and 1. Kullback & Leibler, 1951."""
    raise NotImplementedError


@operation
def cosine_similarity(predictions: Array, targets: Array, *, epsilon: float) -> tuple[Array, Array]:
    """-(p . t) / (|p| |t|), where lengths are taken as at least epsilon: -1 for vectors of one direction."""
    raise NotImplementedError
