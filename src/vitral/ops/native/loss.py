"""Losses by the compiled kernels: losses and gradient in one pass."""

from collections.abc import Callable
from typing import Any

import numpy as np

from vitral import _native
from vitral.ops.native.module import FLOAT32, contiguous, empty, expect_samples, float32
from vitral.ops.reference import loss as reference
from vitral.typing import Array

_LABELS = np.dtype(np.int64)


def mean_squared_error(predictions: Array, targets: Array) -> tuple[Array, Array]:
    if not float32(predictions, targets):
        return reference.mean_squared_error(predictions, targets)
    return _against_targets(_native.mean_squared_error, predictions, targets)


def mean_absolute_error(predictions: Array, targets: Array) -> tuple[Array, Array]:
    if not float32(predictions, targets):
        return reference.mean_absolute_error(predictions, targets)
    return _against_targets(_native.mean_absolute_error, predictions, targets)


def huber(predictions: Array, targets: Array, *, delta: float) -> tuple[Array, Array]:
    if not float32(predictions, targets):
        return reference.huber(predictions, targets, delta=delta)
    return _against_targets(_native.huber, predictions, targets, delta)


def sigmoid_cross_entropy(logits: Array, targets: Array) -> tuple[Array, Array]:
    if not float32(logits, targets):
        return reference.sigmoid_cross_entropy(logits, targets)
    return _against_targets(_native.sigmoid_cross_entropy, logits, targets)


def binary_cross_entropy(
    probabilities: Array, targets: Array, *, epsilon: float, before_sigmoid: bool = False
) -> tuple[Array, Array]:
    if not float32(probabilities, targets):
        return reference.binary_cross_entropy(probabilities, targets, epsilon=epsilon, before_sigmoid=before_sigmoid)
    return _against_targets(_native.binary_cross_entropy, probabilities, targets, epsilon, before_sigmoid)


def softmax_cross_entropy(logits: Array, targets: Array) -> tuple[Array, Array]:
    if not float32(logits, targets):
        return reference.softmax_cross_entropy(logits, targets)
    return _against_targets(_native.softmax_cross_entropy, logits, targets)


def sparse_softmax_cross_entropy(logits: Array, labels: Array) -> tuple[Array, Array]:
    if logits.dtype != FLOAT32:
        return reference.sparse_softmax_cross_entropy(logits, labels)
    return _against_labels(_native.sparse_softmax_cross_entropy, logits, labels)


def categorical_cross_entropy(
    probabilities: Array, targets: Array, *, epsilon: float, before_softmax: bool = False
) -> tuple[Array, Array]:
    if not float32(probabilities, targets):
        return reference.categorical_cross_entropy(
            probabilities, targets, epsilon=epsilon, before_softmax=before_softmax
        )
    return _against_targets(_native.categorical_cross_entropy, probabilities, targets, epsilon, before_softmax)


def sparse_categorical_cross_entropy(
    probabilities: Array, labels: Array, *, epsilon: float, before_softmax: bool = False
) -> tuple[Array, Array]:
    if probabilities.dtype != FLOAT32:
        return reference.sparse_categorical_cross_entropy(
            probabilities, labels, epsilon=epsilon, before_softmax=before_softmax
        )
    return _against_labels(_native.sparse_categorical_cross_entropy, probabilities, labels, epsilon, before_softmax)


def _against_targets(
    kernel: Callable[..., None], predictions: Array, targets: Array, *options: Any
) -> tuple[Array, Array]:
    expect_samples("the loss", predictions)
    losses, gradient = empty(predictions.shape[:-1]), empty(predictions.shape)
    kernel(contiguous(predictions), contiguous(targets), losses, gradient, *options)
    return losses, gradient


def _against_labels(
    kernel: Callable[..., None], predictions: Array, labels: Array, *options: Any
) -> tuple[Array, Array]:
    labels = labels if labels.dtype == _LABELS else labels.astype(_LABELS)
    try:
        return _against_targets(kernel, predictions, labels, *options)
    except IndexError:
        reference.check_labels(labels, predictions.shape[-1])
        raise
