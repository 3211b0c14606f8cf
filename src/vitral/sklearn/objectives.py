"""What a perceptron minimizes: the loss of each sample and its derivative by the scores, in one pass.

A score is what the last layer gives before the link to the prediction (softmax, sigmoid, exp), so that no probability
has to be kept away from 0 and 1. Scores have the shape (batch, outputs); losses (batch,), added up over the outputs.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from vitral import ops
from vitral.typing import Array

Objective: TypeAlias = Callable[[Array, Array], tuple[Array, Array]]
"""(targets, scores) -> (losses, derivative of each by its scores)."""


def softmax_log_loss(labels: Array, scores: Array) -> tuple[Array, Array]:
    """-log softmax(z) at the label; the derivative is softmax(z) - y. Labels are whole numbers (batch,)."""
    return ops.sparse_softmax_cross_entropy(scores, labels)


def sigmoid_log_loss(targets: Array, scores: Array) -> tuple[Array, Array]:
    """-y log a - (1 - y) log(1 - a) with a = sigmoid(z), added up; the derivative is a - y.

    >>> loss, gradient = sigmoid_log_loss(np.array([[1.0, 0.0]]), np.zeros((1, 2)))
    >>> loss.round(4), gradient
    (array([1.3863]), array([[-0.5,  0.5]]))
    """
    return _times(scores.shape[-1], ops.sigmoid_cross_entropy(scores, targets))


def half_squared_error(targets: Array, scores: Array) -> tuple[Array, Array]:
    """(z - y)^2 / 2, added up; the derivative is z - y.

    >>> half_squared_error(np.array([[1.0, 0.0]]), np.array([[1.0, 2.0]]))
    (array([2.]), array([[0., 2.]]))
    """
    return _times(scores.shape[-1] / 2, ops.mean_squared_error(scores, targets))


def half_poisson_deviance(targets: Array, scores: Array) -> tuple[Array, Array]:
    """y log(y / p) - y + p with p = exp(z), added up; the derivative is p - y. Targets are 0 or more.

    >>> half_poisson_deviance(np.array([[0.0], [1.0]]), np.zeros((2, 1)))
    (array([1., 0.]), array([[1.], [0.]]))
    """
    predictions = np.exp(scores)
    logs = np.log(targets, out=np.zeros_like(targets), where=targets > 0)
    losses = targets * (logs - scores) - targets + predictions
    return losses.sum(axis=-1), predictions - targets


def _times(factor: float, result: tuple[Array, Array]) -> tuple[Array, Array]:
    losses, gradient = result
    return (losses, gradient) if factor == 1 else (losses * factor, gradient * factor)
