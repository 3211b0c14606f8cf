"""Losses as plain functions, as Keras has them: the losses of the samples, not reduced."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from vitral.core.targets import as_float
from vitral.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from vitral.losses.focal import (
    BinaryFocalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
)
from vitral.losses.hinge import CategoricalHinge, Hinge, SquaredHinge
from vitral.losses.loss import Loss
from vitral.losses.overlap import Dice, Tversky
from vitral.losses.regression import (
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
)
from vitral.losses.similarity import CosineSimilarity, KLDivergence
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
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """-y log a - (1 - y) log(1 - a), averaged over the last axis."""
    return _values(BinaryCrossentropy(from_logits, label_smoothing, axis), y_true, y_pred)


def categorical_crossentropy(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """-sum y log a over the last axis, for one-hot targets."""
    return _values(CategoricalCrossentropy(from_logits, label_smoothing, axis), y_true, y_pred)


def sparse_categorical_crossentropy(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> Array:
    """-log a at the label, over the last axis."""
    return _values(SparseCategoricalCrossentropy(from_logits, ignore_class, axis=axis), y_true, y_pred)


def binary_focal_crossentropy(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """Binary cross-entropy times (1 - the probability given to the truth)^gamma, averaged over the last axis."""
    loss = BinaryFocalCrossentropy(apply_class_balancing, alpha, gamma, from_logits, label_smoothing, axis)
    return _values(loss, y_true, y_pred)


def categorical_focal_crossentropy(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    alpha: float | Sequence[float] = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """-sum alpha (1 - a)^gamma y log a over the last axis, for one-hot targets."""
    loss = CategoricalFocalCrossentropy(alpha, gamma, from_logits, label_smoothing, axis)
    return _values(loss, y_true, y_pred)


def categorical_generalized_cross_entropy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, q: float) -> Array:
    """(1 - a^q) / q, where a is the probability at the label."""
    return _values(CategoricalGeneralizedCrossEntropy(q), y_true, y_pred)


def mean_absolute_percentage_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """100 mean |y_pred - y_true| / |y_true| over the last axis."""
    return _values(MeanAbsolutePercentageError(), y_true, y_pred)


def mean_squared_logarithmic_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """mean (log(y_pred + 1) - log(y_true + 1))^2 over the last axis."""
    return _values(MeanSquaredLogarithmicError(), y_true, y_pred)


def log_cosh(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """mean log(cosh(y_pred - y_true)) over the last axis."""
    return _values(LogCosh(), y_true, y_pred)


def poisson(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """mean y_pred - y_true log(y_pred) over the last axis."""
    return _values(Poisson(), y_true, y_pred)


def kl_divergence(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """sum y_true log(y_true / y_pred) over the last axis."""
    return _values(KLDivergence(), y_true, y_pred)


def cosine_similarity(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, axis: int = -1) -> Array:
    """Minus the cosine of the angle between y_true and y_pred over the last axis."""
    return _values(CosineSimilarity(axis), y_true, y_pred)


def hinge(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """mean max(1 - y_true y_pred, 0) over the last axis."""
    return _values(Hinge(), y_true, y_pred)


def squared_hinge(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """mean max(1 - y_true y_pred, 0)^2 over the last axis."""
    return _values(SquaredHinge(), y_true, y_pred)


def categorical_hinge(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """max(1 + highest wrong score - score of the true class, 0), for one-hot targets."""
    return _values(CategoricalHinge(), y_true, y_pred)


def dice(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, axis: int | Sequence[int] | None = None) -> Array:
    """1 - 2 sum y_true y_pred / (sum y_true + sum y_pred), with sums over `axis`."""
    return _values(Dice(axis=axis), y_true, y_pred)


def tversky(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    alpha: float = 0.5,
    beta: float = 0.5,
    axis: int | Sequence[int] | None = None,
) -> Array:
    """1 - i / (i + alpha m + beta f), with sums over `axis`: i the overlap, m what is missed, f what is added."""
    return _values(Tversky(alpha, beta, axis=axis), y_true, y_pred)


def _values(loss: Loss, y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    return loss.call(np.asarray(y_true), as_float(y_pred))


CLASSES: dict[Callable[..., Array], type[Loss]] = {
    mean_squared_error: MeanSquaredError,
    mean_absolute_error: MeanAbsoluteError,
    huber: Huber,
    binary_crossentropy: BinaryCrossentropy,
    categorical_crossentropy: CategoricalCrossentropy,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
    binary_focal_crossentropy: BinaryFocalCrossentropy,
    categorical_focal_crossentropy: CategoricalFocalCrossentropy,
    categorical_generalized_cross_entropy: CategoricalGeneralizedCrossEntropy,
    mean_absolute_percentage_error: MeanAbsolutePercentageError,
    mean_squared_logarithmic_error: MeanSquaredLogarithmicError,
    log_cosh: LogCosh,
    poisson: Poisson,
    kl_divergence: KLDivergence,
    cosine_similarity: CosineSimilarity,
    hinge: Hinge,
    squared_hinge: SquaredHinge,
    categorical_hinge: CategoricalHinge,
    dice: Dice,
    tversky: Tversky,
}
"""The class with the derivative, for each function."""
