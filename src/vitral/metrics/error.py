"""Losses as figures to watch: the same formulas, averaged over all batches, with no part in the training."""

import numpy as np
import numpy.typing as npt

from vitral import ops
from vitral.config import epsilon
from vitral.core.targets import as_float, class_labels, matching, smoothed
from vitral.metrics.mean import MeanMetricWrapper
from vitral.metrics.metric import registry
from vitral.typing import Array, Config


def _squared_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    targets, predictions = matching(y_true, y_pred, name="mean_squared_error")
    return ops.mean_squared_error(predictions, targets)[0]


def _absolute_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    targets, predictions = matching(y_true, y_pred, name="mean_absolute_error")
    return ops.mean_absolute_error(predictions, targets)[0]


def _binary_crossentropy(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, from_logits: bool, label_smoothing: float
) -> Array:
    targets, predictions = matching(y_true, y_pred, name="binary_crossentropy")
    targets = smoothed(targets, label_smoothing, 2)
    if from_logits:
        return ops.sigmoid_cross_entropy(predictions, targets)[0]
    return ops.binary_cross_entropy(predictions, targets, epsilon=epsilon())[0]


def _categorical_crossentropy(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, from_logits: bool, label_smoothing: float
) -> Array:
    targets, predictions = matching(y_true, y_pred, name="categorical_crossentropy")
    targets = smoothed(targets, label_smoothing, targets.shape[-1])
    if from_logits:
        return ops.softmax_cross_entropy(predictions, targets)[0]
    return ops.categorical_cross_entropy(predictions, targets, epsilon=epsilon())[0]


def _sparse_categorical_crossentropy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, from_logits: bool) -> Array:
    predictions = as_float(y_pred)
    labels = class_labels(y_true, predictions, name="sparse_categorical_crossentropy")
    if from_logits:
        return ops.sparse_softmax_cross_entropy(predictions, labels)[0]
    return ops.sparse_categorical_cross_entropy(predictions, labels, epsilon=epsilon())[0]


@registry.register("mse", "MSE")
class MeanSquaredError(MeanMetricWrapper):
    """mean (y_pred - y_true)^2."""

    direction = "down"

    def __init__(self, name: str | None = "mean_squared_error", dtype: str | None = None) -> None:
        super().__init__(_squared_error, name, dtype)


@registry.register("mae", "MAE")
class MeanAbsoluteError(MeanMetricWrapper):
    """mean |y_pred - y_true|."""

    direction = "down"

    def __init__(self, name: str | None = "mean_absolute_error", dtype: str | None = None) -> None:
        super().__init__(_absolute_error, name, dtype)


@registry.register()
class RootMeanSquaredError(MeanMetricWrapper):
    """sqrt(mean (y_pred - y_true)^2), with the root taken over all batches together."""

    direction = "down"

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: str | None = None) -> None:
        super().__init__(_squared_error, name, dtype)

    def result(self) -> float:
        return float(np.sqrt(super().result()))


@registry.register("bce", "BCE")
class BinaryCrossentropy(MeanMetricWrapper):
    """-y log a - (1 - y) log(1 - a), from probabilities or logits."""

    direction = "down"

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(_binary_crossentropy, name, dtype, from_logits=from_logits, label_smoothing=label_smoothing)

    def get_config(self) -> Config:
        return {**super().get_config(), **self._arguments}


@registry.register()
class CategoricalCrossentropy(MeanMetricWrapper):
    """-sum y log a for one-hot targets, from probabilities or logits."""

    direction = "down"

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(
            _categorical_crossentropy, name, dtype, from_logits=from_logits, label_smoothing=label_smoothing
        )

    def get_config(self) -> Config:
        return {**super().get_config(), **self._arguments}


@registry.register()
class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """-log a at the label, from probabilities or logits."""

    direction = "down"

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(_sparse_categorical_crossentropy, name, dtype, from_logits=from_logits)

    def get_config(self) -> Config:
        return {**super().get_config(), **self._arguments}
