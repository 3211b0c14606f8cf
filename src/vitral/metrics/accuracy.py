"""How often predictions are right: equal, above a threshold, the most probable class, or among the k most probable."""

import numpy as np
import numpy.typing as npt

from vitral.core.configurable import is_number
from vitral.core.targets import class_labels, matching
from vitral.errors import ConfigError
from vitral.metrics.mean import MeanMetricWrapper
from vitral.metrics.metric import registry
from vitral.typing import Array, Config


def accuracy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """True where both are equal."""
    targets, predictions = matching(y_true, y_pred, name="accuracy")
    return np.equal(targets, predictions)


def binary_accuracy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, threshold: float = 0.5) -> Array:
    """True where y_true, 0 or 1, says whether y_pred is above the threshold."""
    targets, predictions = matching(y_true, y_pred, name="binary_accuracy")
    hits: Array = np.equal(targets, predictions > threshold)
    return hits


def categorical_accuracy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """True where the largest entries of y_true and y_pred, (batch, ..., classes), are in the same place."""
    targets, predictions = matching(y_true, y_pred, name="categorical_accuracy")
    hits: Array = np.equal(targets.argmax(axis=-1), predictions.argmax(axis=-1))
    return hits


def sparse_categorical_accuracy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """True where the largest entry of y_pred, (batch, ..., classes), is at the label y_true."""
    predictions = np.asarray(y_pred)
    labels = class_labels(y_true, predictions, name="sparse_categorical_accuracy")
    hits: Array = np.equal(labels, predictions.argmax(axis=-1))
    return hits


def top_k_categorical_accuracy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, k: int = 5) -> Array:
    """True where the largest entry of y_true is among the k largest of y_pred; a tie counts."""
    targets, predictions = matching(y_true, y_pred, name="top_k_categorical_accuracy")
    return _in_top_k(targets.argmax(axis=-1), predictions, k)


def sparse_top_k_categorical_accuracy(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, k: int = 5, from_sorted_ids: bool = False
) -> Array:
    """True where the label y_true is among the k largest entries of y_pred; a tie counts.

    With `from_sorted_ids`, y_pred holds class numbers, the most probable first.
    """
    predictions = np.asarray(y_pred)
    if from_sorted_ids:
        labels = np.asarray(y_true).reshape(*predictions.shape[:-1], 1)
        return np.asarray((labels == predictions[..., :k]).any(axis=-1))
    return _in_top_k(class_labels(y_true, predictions, name="sparse_top_k_categorical_accuracy"), predictions, k)


def _in_top_k(labels: Array, predictions: Array, k: int) -> Array:
    at_label = np.take_along_axis(predictions, labels[..., np.newaxis], axis=-1)
    # Written as "not at least as large", so that a NaN at the label is never a hit.
    hits: Array = np.less(np.count_nonzero(~(at_label >= predictions), axis=-1), k)
    return hits


@registry.register()
class Accuracy(MeanMetricWrapper):
    """Share of predictions that equal their targets.

    >>> Accuracy()([1, 2, 3, 4], [0, 2, 3, 4])
    0.75
    """

    direction = "up"

    def __init__(self, name: str | None = "accuracy", dtype: str | None = None) -> None:
        super().__init__(accuracy, name, dtype)


@registry.register()
class BinaryAccuracy(MeanMetricWrapper):
    """Share of yes-or-no outputs on the right side of the threshold.

    >>> BinaryAccuracy()([[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]])
    0.75
    """

    direction = "up"

    def __init__(self, name: str | None = "binary_accuracy", dtype: str | None = None, threshold: float = 0.5) -> None:
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
        self.threshold = threshold

    def get_config(self) -> Config:
        return {**super().get_config(), "threshold": self.threshold}


@registry.register()
class CategoricalAccuracy(MeanMetricWrapper):
    """Share of samples whose most probable class is that of the one-hot target.

    >>> CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
    0.5
    """

    direction = "up"

    def __init__(self, name: str | None = "categorical_accuracy", dtype: str | None = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


@registry.register()
class SparseCategoricalAccuracy(MeanMetricWrapper):
    """Share of samples whose most probable class is the label.

    >>> SparseCategoricalAccuracy()([2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
    0.5
    """

    direction = "up"

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: str | None = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)


@registry.register()
class TopKCategoricalAccuracy(MeanMetricWrapper):
    """Share of samples whose one-hot class is among the k most probable. Raises ConfigError unless k is at least 1.

    >>> TopKCategoricalAccuracy(k=2)([[0, 0, 1], [1, 0, 0]], [[0.1, 0.9, 0.8], [0.0, 0.95, 0.05]])
    0.5
    """

    direction = "up"

    def __init__(self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: str | None = None) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=_check_k(k))
        self.k = k

    def get_config(self) -> Config:
        return {**super().get_config(), "k": self.k}


@registry.register()
class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """Share of samples whose label is among the k most probable classes. Raises ConfigError unless k is at least 1.

    >>> SparseTopKCategoricalAccuracy(k=2)([2, 0], [[0.1, 0.9, 0.8], [0.0, 0.95, 0.05]])
    0.5
    """

    direction = "up"

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: str | None = None,
        from_sorted_ids: bool = False,
    ) -> None:
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=_check_k(k), from_sorted_ids=from_sorted_ids)
        self.k = k
        self.from_sorted_ids = from_sorted_ids

    def get_config(self) -> Config:
        return {**super().get_config(), "k": self.k, "from_sorted_ids": self.from_sorted_ids}


def _check_k(k: int) -> int:
    if not (is_number(k) and k >= 1):
        raise ConfigError(f"k is {k!r}; expected a whole number from 1")
    return k
