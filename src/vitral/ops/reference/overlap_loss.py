"""Losses that measure how two sets overlap, in NumPy: each value right above its derivative."""

import numpy as np

from vitral.typing import Array


def dice(predictions: Array, targets: Array, *, axis: tuple[int, ...] | None, epsilon: float) -> tuple[Array, Array]:
    shared = 2 * (targets * predictions).sum(axis=axis, keepdims=True)
    both = targets.sum(axis=axis, keepdims=True) + predictions.sum(axis=axis, keepdims=True) + epsilon
    losses = np.squeeze(1 - shared / both, axis=axis)
    return losses, (shared / both - 2 * targets) / both


def tversky(
    predictions: Array, targets: Array, *, alpha: float, beta: float, axis: tuple[int, ...] | None, epsilon: float
) -> tuple[Array, Array]:
    shared = (targets * predictions).sum(axis=axis, keepdims=True)
    only_target = (targets * (1 - predictions)).sum(axis=axis, keepdims=True)
    only_predicted = (predictions * (1 - targets)).sum(axis=axis, keepdims=True)
    total = shared + alpha * only_target + beta * only_predicted + epsilon
    losses = np.squeeze(1 - shared / total, axis=axis)
    total_slope = targets - alpha * targets + beta * (1 - targets)
    return losses, (shared / total * total_slope - targets) / total
