"""The formulas of losses as functions of targets and predictions: the values of the samples, not reduced."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from vitral import ops
from vitral.config import epsilon
from vitral.core.targets import along_last, as_float, labels_but, matching, signs, smoothed
from vitral.errors import DataError
from vitral.typing import Array


def mean_squared_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """mean (y_pred - y_true)^2 over the last axis.

    >>> mean_squared_error([[0.0, 1.0]], [[1.0, 1.0]])
    array([0.5])
    """
    targets, predictions = matching(y_true, y_pred, name="mean_squared_error")
    return ops.mean_squared_error(predictions, targets)[0]


def mean_absolute_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """mean |y_pred - y_true| over the last axis."""
    targets, predictions = matching(y_true, y_pred, name="mean_absolute_error")
    return ops.mean_absolute_error(predictions, targets)[0]


def mean_absolute_percentage_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """100 mean |y_pred - y_true| / |y_true| over the last axis."""
    targets, predictions = matching(y_true, y_pred, name="mean_absolute_percentage_error")
    return ops.mean_absolute_percentage_error(predictions, targets, epsilon=epsilon())[0]


def mean_squared_logarithmic_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """mean (log(y_pred + 1) - log(y_true + 1))^2 over the last axis."""
    targets, predictions = matching(y_true, y_pred, name="mean_squared_logarithmic_error")
    return ops.mean_squared_logarithmic_error(predictions, targets, epsilon=epsilon())[0]


def huber(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, delta: float = 1.0) -> Array:
    """Squared error up to `delta`, growing in a straight line beyond, averaged over the last axis."""
    targets, predictions = matching(y_true, y_pred, name="huber")
    return ops.huber(predictions, targets, delta=delta)[0]


def log_cosh(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """mean log(cosh(y_pred - y_true)) over the last axis."""
    targets, predictions = matching(y_true, y_pred, name="log_cosh")
    return ops.log_cosh(predictions, targets)[0]


def poisson(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """mean y_pred - y_true log(y_pred) over the last axis."""
    targets, predictions = matching(y_true, y_pred, name="poisson")
    return ops.poisson(predictions, targets, epsilon=epsilon())[0]


def kl_divergence(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """sum y_true log(y_true / y_pred) over the last axis."""
    targets, predictions = matching(y_true, y_pred, name="kl_divergence")
    return ops.kl_divergence(predictions, targets, epsilon=epsilon())[0]


def cosine(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, axis: int = -1) -> Array:
    """The cosine of the angle between y_true and y_pred, as vectors along `axis`."""
    targets, predictions = matching(y_true, y_pred, name="cosine_similarity")
    targets, predictions = along_last(targets, predictions, axis, name="cosine_similarity")
    return -ops.cosine_similarity(predictions, targets, epsilon=epsilon())[0]


def hinge(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """mean max(1 - y_true y_pred, 0) over the last axis."""
    targets, predictions = signs(*matching(y_true, y_pred, name="hinge"))
    return ops.hinge(predictions, targets)[0]


def squared_hinge(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """mean max(1 - y_true y_pred, 0)^2 over the last axis."""
    targets, predictions = signs(*matching(y_true, y_pred, name="squared_hinge"))
    return ops.squared_hinge(predictions, targets)[0]


def categorical_hinge(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """max(1 + highest wrong score - score of the true class, 0), for one-hot targets."""
    targets, predictions = matching(y_true, y_pred, name="categorical_hinge")
    return ops.categorical_hinge(predictions, targets)[0]


def binary_crossentropy(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """-y log a - (1 - y) log(1 - a), averaged over `axis`."""
    targets, predictions = matching(y_true, y_pred, name="binary_crossentropy")
    targets, predictions = along_last(targets, predictions, axis, name="binary_crossentropy")
    targets = smoothed(targets, label_smoothing, 2)
    if from_logits:
        return ops.sigmoid_cross_entropy(predictions, targets)[0]
    return ops.binary_cross_entropy(predictions, targets, epsilon=epsilon())[0]


def categorical_crossentropy(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """-sum y log a over `axis`, for one-hot targets."""
    targets, predictions = matching(y_true, y_pred, name="categorical_crossentropy")
    targets, predictions = along_last(targets, predictions, axis, name="categorical_crossentropy")
    targets = smoothed(targets, label_smoothing, targets.shape[-1])
    if from_logits:
        return ops.softmax_cross_entropy(predictions, targets)[0]
    return ops.categorical_cross_entropy(predictions, targets, epsilon=epsilon())[0]


def sparse_categorical_crossentropy(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> Array:
    """-log a at the label, over `axis`; 0 where the label is `ignore_class`."""
    name = "sparse_categorical_crossentropy"
    targets, predictions = along_last(y_true, as_float(y_pred), axis, name=name)
    labels, counts = labels_but(ignore_class, targets, predictions, name=name)
    try:
        if from_logits:
            losses = ops.sparse_softmax_cross_entropy(predictions, labels)[0]
        else:
            losses = ops.sparse_categorical_cross_entropy(predictions, labels, epsilon=epsilon())[0]
    except DataError as error:
        raise DataError(f'"{name}" {error}') from None
    return losses if counts is None else np.where(counts, losses, 0)


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
    """Binary cross-entropy times (1 - the probability given to the truth)^gamma, averaged over `axis`."""
    targets, predictions = matching(y_true, y_pred, name="binary_focal_crossentropy")
    targets, predictions = along_last(targets, predictions, axis, name="binary_focal_crossentropy")
    return ops.binary_focal_cross_entropy(
        ops.sigmoid(predictions)[0] if from_logits else predictions,
        smoothed(targets, label_smoothing, 2),
        gamma=gamma,
        alpha=alpha if apply_class_balancing else None,
        epsilon=epsilon(),
    )[0]


def categorical_focal_crossentropy(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    alpha: float | Sequence[float] = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """-sum alpha (1 - a)^gamma y log a over `axis`, for one-hot targets."""
    targets, predictions = matching(y_true, y_pred, name="categorical_focal_crossentropy")
    targets, predictions = along_last(targets, predictions, axis, name="categorical_focal_crossentropy")
    return ops.categorical_focal_cross_entropy(
        ops.softmax(predictions)[0] if from_logits else predictions,
        smoothed(targets, label_smoothing, targets.shape[-1]),
        gamma=gamma,
        alpha=np.asarray(alpha, predictions.dtype),
        epsilon=epsilon(),
    )[0]
