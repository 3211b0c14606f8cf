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
from vitral.metrics.distance import (
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    KLDivergence,
    LogCoshError,
    MeanAbsolutePercentageError,
    MeanSquaredLogarithmicError,
    Poisson,
    SquaredHinge,
)
from vitral.metrics.error import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    MeanAbsoluteError,
    MeanSquaredError,
    RootMeanSquaredError,
    SparseCategoricalCrossentropy,
)
from vitral.metrics.f_score import F1Score, FBetaScore
from vitral.metrics.formulas import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from vitral.metrics.iou import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from vitral.metrics.mean import Mean, MeanMetricWrapper, Sum
from vitral.metrics.metric import Metric, registry
from vitral.metrics.outcomes import FalseNegatives, FalsePositives, TrueNegatives, TruePositives
from vitral.metrics.precision_recall import Precision, Recall
from vitral.metrics.regression import (
    ConcordanceCorrelation,
    PearsonCorrelation,
    R2Score,
    concordance_correlation,
    pearson_correlation,
)
from vitral.metrics.trade_offs import (
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from vitral.typing import Config, Shape

deserialize = registry.deserialize


def serialize(metric: Metric) -> Config:
    """The plain configuration of a metric, as Keras 3 writes it."""
    return registry.serialize(metric)


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
    "BinaryIoU",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "ConcordanceCorrelation",
    "ConfusionMatrix",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "Hinge",
    "IoU",
    "KLDivergence",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanIoU",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "OneHotIoU",
    "OneHotMeanIoU",
    "PearsonCorrelation",
    "Poisson",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "RootMeanSquaredError",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity",
    "SquaredHinge",
    "Sum",
    "TopKCategoricalAccuracy",
    "TrueNegatives",
    "TruePositives",
    "binary_accuracy",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "concordance_correlation",
    "deserialize",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "pearson_correlation",
    "poisson",
    "registry",
    "resolve_accuracy",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy",
    "squared_hinge",
    "top_k_categorical_accuracy",
]
