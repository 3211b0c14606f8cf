"""Figures for numbers: the share of variance explained, and correlations."""

import numpy as np
import numpy.typing as npt

from vitral.config import epsilon
from vitral.core.configurable import is_number
from vitral.core.targets import matching
from vitral.errors import ConfigError, ShapeError
from vitral.metrics.mean import MeanMetricWrapper
from vitral.metrics.metric import Metric, ratio, registry
from vitral.metrics.thresholds import weights_of_outputs
from vitral.typing import Array, Config

_AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


@registry.register()
class R2Score(Metric):
    """1 - sum (y_true - y_pred)^2 / sum (y_true - mean)^2: 1 is perfect, 0 as good as the mean.

    y_true and y_pred have the shape (batch, outputs). `class_aggregation` is "uniform_average" (the mean over the
    outputs), "variance_weighted_average" or None (an array). `num_regressors` p above 0 adjusts for that many
    predictors: 1 - (1 - r) (n - 1) / (n - p - 1), n the number of values. An output that never varies counts 0.
    Raises ConfigError for another aggregation and where n - p - 1 is not above 0.

    >>> round(R2Score()([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]]), 6)
    0.571429
    """

    direction = "up"

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, dtype)
        if class_aggregation not in _AGGREGATIONS:
            raise ConfigError(
                f"class_aggregation is {class_aggregation!r}; expected one of {', '.join(map(repr, _AGGREGATIONS))}"
            )
        if not (is_number(num_regressors) and num_regressors >= 0):
            raise ConfigError(f"num_regressors is {num_regressors!r}; expected a whole number from 0")
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self._samples = self.add_variable(name="num_samples")

    def update_state(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        targets, predictions = (values.astype(np.float64) for values in matching(y_true, y_pred, name=self.name))
        if targets.ndim != 2:
            raise ShapeError(f'"{self.name}" received values of shape {targets.shape}; expected (batch, outputs)')
        weights = weights_of_outputs(predictions, sample_weight)
        for name, values in (
            ("squared_sum", targets * targets),
            ("sum", targets),
            ("residual", (targets - predictions) ** 2),
            ("count", np.ones_like(targets)),
        ):
            self.add_variable(name=name, shape=targets.shape[1:]).value += (values * weights).sum(axis=0)
        self._samples.value += targets.size

    def result(self) -> float | Array:
        if len(self.variables) == 1:
            return 0.0
        squares, total, residual, count = (variable.value for variable in self.variables[1:])
        spread = squares - total * ratio(total, count)
        scores = np.divide(spread - residual, spread, out=np.zeros_like(spread), where=spread != 0)
        if self.class_aggregation is None:
            return self._adjusted(scores)
        weights = spread if self.class_aggregation == "variance_weighted_average" else np.ones_like(spread)
        return float(self._adjusted(np.average(scores, weights=weights)))

    def _adjusted(self, score: Array) -> Array:
        if self.num_regressors == 0:
            return score
        free = float(self._samples.value) - self.num_regressors - 1
        if free <= 0:
            raise ConfigError(
                f'"{self.name}" has num_regressors={self.num_regressors} and received {int(self._samples.value)} '
                "values; expected more values than regressors and one"
            )
        return 1 - (1 - score) * (free + self.num_regressors) / free

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "class_aggregation": self.class_aggregation,
            "num_regressors": self.num_regressors,
        }


def pearson_correlation(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, axis: int = -1) -> Array:
    """The covariance of y_true and y_pred along `axis` over the product of their deviations: from -1 to 1.

    >>> pearson_correlation([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]]).round(6)
    array([1.])
    """
    targets, predictions = matching(y_true, y_pred, name="pearson_correlation")
    t, p = _centered(targets, axis), _centered(predictions, axis)
    correlations: Array = (t * p).mean(axis=axis) / np.sqrt((t * t).mean(axis=axis) * (p * p).mean(axis=axis))
    return correlations


def concordance_correlation(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, axis: int = -1) -> Array:
    """2 covariance / (both variances + squared difference of the means) along `axis`: how near y_pred = y_true.

    Lin, "A concordance correlation coefficient to evaluate reproducibility", 1989.

    >>> concordance_correlation([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]]).round(6)
    array([0.363636])
    """
    targets, predictions = matching(y_true, y_pred, name="concordance_correlation")
    t, p = _centered(targets, axis), _centered(predictions, axis)
    apart = targets.mean(axis=axis) - predictions.mean(axis=axis)
    spread = (t * t).mean(axis=axis) + (p * p).mean(axis=axis) + apart * apart
    correlations: Array = 2 * (t * p).mean(axis=axis) / (spread + epsilon())
    return correlations


def _centered(values: Array, axis: int) -> Array:
    centered: Array = values - values.mean(axis=axis, keepdims=True)
    return centered


@registry.register()
class PearsonCorrelation(MeanMetricWrapper):
    """The mean of the samples' `pearson_correlation`."""

    direction = "up"

    def __init__(self, name: str | None = "pearson_correlation", dtype: str | None = None, axis: int = -1) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)

    def get_config(self) -> Config:
        return {**super().get_config(), **self._arguments}


@registry.register()
class ConcordanceCorrelation(MeanMetricWrapper):
    """The mean of the samples' `concordance_correlation`."""

    direction = "up"

    def __init__(self, name: str | None = "concordance_correlation", dtype: str | None = None, axis: int = -1) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)

    def get_config(self) -> Config:
        return {**super().get_config(), **self._arguments}
