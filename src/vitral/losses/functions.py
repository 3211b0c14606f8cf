"""Losses as plain functions, as Keras has them: the losses of the samples, not reduced."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from vitral.core.targets import as_float
from vitral.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from vitral.losses.loss import Loss
from vitral.losses.regression import Huber, MeanAbsoluteError, MeanSquaredError
from vitral.typing import Array


def mean_squared_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """mean (y_pred - y_true)^2 over the last axis.

    >>> mean_squared_error([[0.0, 1.0]], [[1.0, 1.0]])
    array([0.5])
    """
    return _values(MeanSquaredError(), y_true, y_pred)


def mean_absolute_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """mean |y_pred - y_true| over the last axis."""
    return _values(MeanAbsoluteError(), y_true, y_pred)


def huber(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, delta: float = 1.0) -> Array:
    """Squared error up to `delta`, growing in a straight line beyond, averaged over the last axis."""
    return _values(Huber(delta), y_true, y_pred)


def binary_crossentropy(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    """-y log a - (1 - y) log(1 - a), averaged over the last axis."""
    return _values(BinaryCrossentropy(from_logits, label_smoothing), y_true, y_pred)


def categorical_crossentropy(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    """-sum y log a over the last axis, for one-hot targets."""
    return _values(CategoricalCrossentropy(from_logits, label_smoothing), y_true, y_pred)


def sparse_categorical_crossentropy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, from_logits: bool = False) -> Array:
    """-log a at the label, over the last axis."""
    return _values(SparseCategoricalCrossentropy(from_logits), y_true, y_pred)


def _values(loss: Loss, y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    return loss.call(np.asarray(y_true), as_float(y_pred))


CLASSES: dict[Callable[..., Array], type[Loss]] = {
    mean_squared_error: MeanSquaredError,
    mean_absolute_error: MeanAbsoluteError,
    huber: Huber,
    binary_crossentropy: BinaryCrossentropy,
    categorical_crossentropy: CategoricalCrossentropy,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
}
"""The class with the derivative, for each function."""
