"""Losses that weigh samples by how unsure of them the network is, in NumPy: each value above its derivative."""

import numpy as np

from vitral.typing import Array


def binary_focal_cross_entropy(
    probabilities: Array, targets: Array, *, gamma: float, alpha: float | None, epsilon: float
) -> tuple[Array, Array]:
    a = np.clip(probabilities, epsilon, 1 - epsilon)
    entropy = -(targets * np.log(a) + (1 - targets) * np.log(1 - a))
    entropy_slope = np.where(probabilities == a, (a - targets) / (a * (1 - a)), 0)
    unsure = targets * (1 - probabilities) + (1 - targets) * probabilities
    factor, factor_slope = _power(unsure, gamma)
    weight = 1.0 if alpha is None else targets * alpha + (1 - targets) * (1 - alpha)
    losses = (weight * factor * entropy).mean(axis=-1)
    gradient = weight * (factor_slope * (1 - 2 * targets) * entropy + factor * entropy_slope)
    return losses, gradient / targets.shape[-1]


def categorical_focal_cross_entropy(
    probabilities: Array, targets: Array, *, gamma: float, alpha: float | Array, epsilon: float
) -> tuple[Array, Array]:
    total = probabilities.sum(axis=-1, keepdims=True)
    share = probabilities / total
    a = np.clip(share, epsilon, 1 - epsilon)
    factor, factor_slope = _power(1 - a, gamma)
    weighted = alpha * targets
    losses = -(weighted * factor * np.log(a)).sum(axis=-1)
    by_share = np.where(share == a, weighted * (factor_slope * np.log(a) - factor / a), 0)
    return losses, (by_share - (by_share * share).sum(axis=-1, keepdims=True)) / total


def generalized_cross_entropy(probabilities: Array, labels: Array, *, q: float) -> tuple[Array, Array]:
    index = labels[..., np.newaxis]
    a = np.take_along_axis(probabilities, index, axis=-1)
    gradient = np.zeros_like(probabilities)
    np.put_along_axis(gradient, index, -(a ** (q - 1)), axis=-1)
    return ((1 - a**q) / q)[..., 0], gradient


def _power(base: Array, exponent: float) -> tuple[Array, Array]:
    """base^exponent and its derivative by the base, where an exponent of 0 has none even at 0."""
    if exponent == 0:
        return np.ones_like(base), np.zeros_like(base)
    return base**exponent, exponent * base ** (exponent - 1)
