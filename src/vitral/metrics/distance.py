"""Further losses as figures to watch: relative errors, margins, distributions and directions."""

from vitral.metrics import formulas
from vitral.metrics.mean import MeanMetricWrapper
from vitral.metrics.metric import registry
from vitral.typing import Config


@registry.register("mape", "MAPE")
class MeanAbsolutePercentageError(MeanMetricWrapper):
    """100 mean |y_pred - y_true| / |y_true|; a target of 0 counts as epsilon."""

    direction = "down"

    def __init__(self, name: str | None = "mean_absolute_percentage_error", dtype: str | None = None) -> None:
        super().__init__(formulas.mean_absolute_percentage_error, name, dtype)


@registry.register("msle", "MSLE")
class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """mean (log(y_pred + 1) - log(y_true + 1))^2; negative values count as epsilon."""

    direction = "down"

    def __init__(self, name: str | None = "mean_squared_logarithmic_error", dtype: str | None = None) -> None:
        super().__init__(formulas.mean_squared_logarithmic_error, name, dtype)


@registry.register()
class LogCoshError(MeanMetricWrapper):
    """mean log(cosh(y_pred - y_true))."""

    direction = "down"

    def __init__(self, name: str | None = "logcosh", dtype: str | None = None) -> None:
        super().__init__(formulas.log_cosh, name, dtype)


@registry.register()
class Poisson(MeanMetricWrapper):
    """mean y_pred - y_true log(y_pred)."""

    direction = "down"

    def __init__(self, name: str | None = "poisson", dtype: str | None = None) -> None:
        super().__init__(formulas.poisson, name, dtype)


@registry.register()
class KLDivergence(MeanMetricWrapper):
    """sum y_true log(y_true / y_pred) over the last axis."""

    direction = "down"

    def __init__(self, name: str | None = "kl_divergence", dtype: str | None = None) -> None:
        super().__init__(formulas.kl_divergence, name, dtype)


@registry.register()
class Hinge(MeanMetricWrapper):
    """mean max(1 - y_true y_pred, 0); targets are -1 and 1, or 0 and 1."""

    direction = "down"

    def __init__(self, name: str | None = "hinge", dtype: str | None = None) -> None:
        super().__init__(formulas.hinge, name, dtype)


@registry.register()
class SquaredHinge(MeanMetricWrapper):
    """mean max(1 - y_true y_pred, 0)^2; targets are -1 and 1, or 0 and 1."""

    direction = "down"

    def __init__(self, name: str | None = "squared_hinge", dtype: str | None = None) -> None:
        super().__init__(formulas.squared_hinge, name, dtype)


@registry.register()
class CategoricalHinge(MeanMetricWrapper):
    """max(1 + highest wrong score - score of the true class, 0), for one-hot targets."""

    direction = "down"

    def __init__(self, name: str | None = "categorical_hinge", dtype: str | None = None) -> None:
        super().__init__(formulas.categorical_hinge, name, dtype)


@registry.register()
class CosineSimilarity(MeanMetricWrapper):
    """The cosine of the angle between y_true and y_pred along `axis`: 1 for the same direction.

    >>> round(CosineSimilarity()([[0.0, 2.0]], [[3.0, 4.0]]), 6)
    0.8
    """

    direction = "up"

    def __init__(self, name: str | None = "cosine_similarity", dtype: str | None = None, axis: int = -1) -> None:
        super().__init__(formulas.cosine, name, dtype, axis=axis)

    def get_config(self) -> Config:
        return {**super().get_config(), **self._arguments}
