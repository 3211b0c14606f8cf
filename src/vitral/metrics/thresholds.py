"""Counting hits and misses at many thresholds in one pass over the predictions."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from vitral.core.configurable import is_number
from vitral.core.targets import as_float, same_rank, weights_for
from vitral.errors import ConfigError, ShapeError
from vitral.typing import Array

BELOW_ALL = -1e10
"""A threshold, or a prediction, below all that can occur; Keras' number."""


class Counts(NamedTuple):
    """Weighted numbers of outputs for every threshold: shape (thresholds,), or (thresholds, labels)."""

    true_positives: Array
    false_positives: Array
    true_negatives: Array
    false_negatives: Array


def select_outputs(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    top_k: int | None = None,
    class_id: int | None = None,
    name: str,
) -> tuple[Array, Array]:
    """Targets as booleans and predictions, of one shape; cut down to the top k or to one class where asked for.

    Raises ShapeError if the shapes do not fit, ConfigError if `class_id` is no class.
    """
    predictions, targets = same_rank(as_float(y_pred), np.asarray(y_true))
    if targets.shape != predictions.shape:
        raise ShapeError(
            f'"{name}" received y_true of shape {np.shape(y_true)} and y_pred of shape {np.shape(y_pred)}; '
            "expected the same shape"
        )
    if top_k is not None:
        order = np.argsort(-predictions, axis=-1, kind="stable")
        predictions = predictions.copy()
        np.put_along_axis(predictions, order[..., top_k:], BELOW_ALL, axis=-1)
    if class_id is not None:
        if predictions.ndim < 2 or not 0 <= class_id < predictions.shape[-1]:
            raise ConfigError(
                f'"{name}" has class_id={class_id} and received y_pred of shape {predictions.shape}; '
                "expected a class of (batch, classes)"
            )
        targets = targets[..., class_id, np.newaxis]
        predictions = predictions[..., class_id, np.newaxis]
    return targets.astype(bool), predictions


def weights_of_outputs(
    predictions: Array, sample_weight: npt.ArrayLike | None, label_weights: Array | None = None
) -> Array:
    """One weight for every output, from those of the samples and those of the labels (last axis)."""
    weights = np.ones(predictions.shape)
    if sample_weight is not None:
        weights *= weights_for(weights, sample_weight)
    if label_weights is not None:
        weights *= label_weights
    return weights


def count(targets: Array, predictions: Array, thresholds: Array, weights: Array) -> Counts:
    """Counts for outputs of shape (outputs, labels), where an output is positive if above the threshold.

    The thresholds must rise. Each output is put into the interval between two thresholds in which it lies; sums over
    the intervals from above give the positives for all thresholds at once.
    """
    labels = predictions.shape[1]
    # The comparison is made in the predictions' type, as Keras does: 0.3 is not above 0.3.
    passed = np.searchsorted(thresholds.astype(predictions.dtype), predictions, side="left")
    place = passed * labels + np.arange(labels)
    size = (len(thresholds) + 1) * labels

    def above(chosen: Array) -> tuple[Array, Array]:
        histogram = np.bincount(place[chosen], weights[chosen], size).reshape(-1, labels)
        total = histogram.sum(axis=0)
        positives = histogram[::-1].cumsum(axis=0)[::-1][1:]
        return positives, total - positives

    true_positives, false_negatives = above(targets)
    false_positives, true_negatives = above(~targets)
    return Counts(true_positives, false_positives, true_negatives, false_negatives)


def check_thresholds(thresholds: float | Sequence[float]) -> list[float]:
    """One or several thresholds as a list; raises ConfigError for one outside 0 to 1."""
    values: list[Any] = list(thresholds) if isinstance(thresholds, (list, tuple, np.ndarray)) else [thresholds]
    for value in values:
        if not (is_number(value) and (value == BELOW_ALL or 0 <= value <= 1)):
            raise ConfigError(f"threshold is {value!r}; expected a number between 0 and 1")
    return [float(value) for value in values]


def count_at(thresholds: Sequence[float], targets: Array, predictions: Array, weights: Array) -> Counts:
    """Counts over all outputs for thresholds in any order: arrays of shape (thresholds,)."""
    order = np.argsort(thresholds, kind="stable")
    counts = count(
        targets.reshape(-1, 1), predictions.reshape(-1, 1), np.asarray(thresholds)[order], weights.reshape(-1, 1)
    )
    back = np.argsort(order)
    return Counts(*(counted[back, 0] for counted in counts))
