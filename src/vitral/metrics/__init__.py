"""Metrics: Keras 3's names, defaults and results, accumulated in double precision."""

from collections.abc import Callable
from typing import Any

from vitral.errors import ConfigError
from vitral.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from vitral.metrics.auc import AUC
from vitral.metrics.confusion_matrix import ConfusionMatrix
from vitral.metrics.error import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    MeanAbsoluteError,
    MeanSquaredError,
    RootMeanSquaredError,
    SparseCategoricalCrossentropy,
)
from vitral.metrics.mean import Mean, MeanMetricWrapper
from vitral.metrics.metric import Metric, registry
from vitral.metrics.precision_recall import F1Score, Precision, Recall
from vitral.typing import Config, Shape

serialize = registry.serialize
deserialize = registry.deserialize


def get(identifier: str | Config | type[Metric] | Metric | Callable[..., Any]) -> Metric:
    """A metric from its name, its configuration, its class, a function of (y_true, y_pred), or itself.

    >>> get("mse"), get(top_k_categorical_accuracy)
    (<MeanSquaredError name=mean_squared_error>, <MeanMetricWrapper name=top_k_categorical_accuracy>)
    """
    if isinstance(identifier, (str, dict, type, Metric)):
        return registry.get(identifier)
    if callable(identifier):
        return MeanMetricWrapper(identifier)
    raise ConfigError(f"metric is {identifier!r}; expected a name, a function or a Metric")


def resolve_accuracy(loss: object, y_true_shape: Shape, y_pred_shape: Shape, name: str = "accuracy") -> Metric:
    """The form of accuracy that the plain name means for these shapes, by Keras 3's rule.

    One output: `BinaryAccuracy`. Targets with fewer axes, or a last axis of 1: `SparseCategoricalAccuracy`. Otherwise
    `CategoricalAccuracy`. The loss has no say in Keras 3's rule.

    >>> resolve_accuracy(None, (32,), (32, 10)), resolve_accuracy(None, (32, 10), (32, 10))
    (<SparseCategoricalAccuracy name=accuracy>, <CategoricalAccuracy name=accuracy>)
    """
    if y_pred_shape[-1] == 1:
        return BinaryAccuracy(name)
    if len(y_true_shape) < len(y_pred_shape) or y_true_shape[-1] == 1:
        return SparseCategoricalAccuracy(name)
    return CategoricalAccuracy(name)


__all__ = [
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "ConfusionMatrix",
    "F1Score",
    "Mean",
    "MeanAbsoluteError",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "Metric",
    "Precision",
    "Recall",
    "RootMeanSquaredError",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "deserialize",
    "get",
    "registry",
    "resolve_accuracy",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]
