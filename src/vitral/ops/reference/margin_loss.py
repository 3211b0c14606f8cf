"""Losses that ask for a margin, in NumPy: each value right above its derivative."""

import numpy as np

from vitral.typing import Array


def hinge(predictions: Array, targets: Array) -> tuple[Array, Array]:
    missing = 1 - targets * predictions
    losses = np.maximum(missing, 0).mean(axis=-1)
    return losses, np.where(missing > 0, -targets / targets.shape[-1], 0)


def squared_hinge(predictions: Array, targets: Array) -> tuple[Array, Array]:
    missing = np.maximum(1 - targets * predictions, 0)
    losses = np.square(missing).mean(axis=-1)
    return losses, -2 / missing.shape[-1] * targets * missing


def categorical_hinge(predictions: Array, targets: Array) -> tuple[Array, Array]:
    others = (1 - targets) * predictions
    strongest = others.argmax(axis=-1)[..., np.newaxis]
    missing = 1 + np.take_along_axis(others, strongest, axis=-1) - (targets * predictions).sum(axis=-1, keepdims=True)
    gradient = -targets
    at_strongest = 1 - 2 * np.take_along_axis(targets, strongest, axis=-1)
    np.put_along_axis(gradient, strongest, at_strongest, axis=-1)
    return np.maximum(missing, 0)[..., 0], np.where(missing > 0, gradient, 0)
