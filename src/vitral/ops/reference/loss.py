"""Losses in NumPy: each value right above its derivative."""

import numpy as np

from vitral.errors import DataError
from vitral.typing import Array


def mean_squared_error(predictions: Array, targets: Array) -> tuple[Array, Array]:
    error = predictions - targets
    losses = np.einsum("...i,...i->...", error, error) / error.shape[-1]
    error *= 2 / error.shape[-1]
    return losses, error


def mean_absolute_error(predictions: Array, targets: Array) -> tuple[Array, Array]:
    error = predictions - targets
    losses = np.abs(error).mean(axis=-1)
    gradient = np.sign(error, out=error)
    gradient /= error.shape[-1]
    return losses, gradient


def huber(predictions: Array, targets: Array, *, delta: float) -> tuple[Array, Array]:
    error = predictions - targets
    clipped = np.clip(error, -delta, delta)
    # e^2 / 2 inside and delta |e| - delta^2 / 2 outside are both c e - c^2 / 2, where c is the clipped error.
    losses = (clipped * (error - 0.5 * clipped)).mean(axis=-1)
    clipped /= error.shape[-1]
    return losses, clipped


def sigmoid_cross_entropy(logits: Array, targets: Array) -> tuple[Array, Array]:
    decay = np.exp(-np.abs(logits))
    losses = (np.maximum(logits, 0) - logits * targets + np.log1p(decay)).mean(axis=-1)
    sigmoid = np.where(logits >= 0, 1, decay) / (1 + decay)
    return losses, (sigmoid - targets) / logits.shape[-1]


def binary_cross_entropy(
    probabilities: Array, targets: Array, *, epsilon: float, before_sigmoid: bool = False
) -> tuple[Array, Array]:
    a = np.clip(probabilities, epsilon, 1 - epsilon)
    losses = -(targets * np.log(a) + (1 - targets) * np.log(1 - a)).mean(axis=-1)
    if before_sigmoid:
        gradient = probabilities - targets
    else:
        gradient = np.where(probabilities == a, (a - targets) / (a * (1 - a)), 0)
    gradient /= a.shape[-1]
    return losses, gradient


def softmax_cross_entropy(logits: Array, targets: Array) -> tuple[Array, Array]:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    a = np.exp(shifted)
    total = a.sum(axis=-1, keepdims=True)
    shifted -= np.log(total)
    losses = -np.einsum("...i,...i->...", targets, shifted)
    a *= targets.sum(axis=-1, keepdims=True) / total
    a -= targets
    return losses, a


def sparse_softmax_cross_entropy(logits: Array, labels: Array) -> tuple[Array, Array]:
    check_labels(labels, logits.shape[-1])
    shifted = logits - logits.max(axis=-1, keepdims=True)
    at_label = np.take_along_axis(shifted, labels[..., np.newaxis], axis=-1)
    a = np.exp(shifted, out=shifted)
    total = a.sum(axis=-1, keepdims=True)
    losses = (np.log(total) - at_label)[..., 0]
    a /= total
    _add_at_labels(a, labels, -1)
    return losses, a


def categorical_cross_entropy(
    probabilities: Array, targets: Array, *, epsilon: float, before_softmax: bool = False
) -> tuple[Array, Array]:
    total = probabilities.sum(axis=-1, keepdims=True)
    share = probabilities / total
    a = np.clip(share, epsilon, 1 - epsilon)
    losses = -np.einsum("...i,...i->...", targets, np.log(a))
    if before_softmax:
        return losses, probabilities * targets.sum(axis=-1, keepdims=True) - targets
    effective = np.where(share == a, targets, 0)
    return losses, (effective.sum(axis=-1, keepdims=True) - effective / a) / total


def sparse_categorical_cross_entropy(
    probabilities: Array, labels: Array, *, epsilon: float, before_softmax: bool = False
) -> tuple[Array, Array]:
    check_labels(labels, probabilities.shape[-1])
    total = probabilities.sum(axis=-1, keepdims=True)
    share = np.take_along_axis(probabilities, labels[..., np.newaxis], axis=-1) / total
    a = np.clip(share, epsilon, 1 - epsilon)
    losses = -np.log(a)[..., 0]
    if before_softmax:
        gradient = probabilities.copy()
        _add_at_labels(gradient, labels, -1)
    else:
        slope = np.where(share == a, 1 / total, 0)
        gradient = np.empty_like(probabilities)
        gradient[...] = slope
        _add_at_labels(gradient, labels, -slope / a)
    return losses, gradient


def check_labels(labels: Array, classes: int) -> None:
    """Raise DataError, naming the label, unless all labels are 0 to `classes` - 1."""
    wrong = labels[(labels < 0) | (labels >= classes)]
    if wrong.size:
        raise DataError(
            f"received the label {wrong[0]}, but there are {classes} outputs; expected labels from 0 to {classes - 1}"
        )


def _add_at_labels(array: Array, labels: Array, summand: Array | int) -> None:
    """Add `summand` to one entry of every vector along the last axis, in place."""
    index = labels[..., np.newaxis]
    np.put_along_axis(array, index, np.take_along_axis(array, index, axis=-1) + summand, axis=-1)
