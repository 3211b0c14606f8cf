"""Losses for numbers: squared, absolute, relative and logarithmic errors, and those between them."""

from vitral import ops
from vitral.config import epsilon
from vitral.core.configurable import is_number
from vitral.core.targets import matching
from vitral.errors import ConfigError
from vitral.losses.loss import OnePassLoss, registry
from vitral.typing import Array, Config


@registry.register("mse", "MSE")
class MeanSquaredError(OnePassLoss):
    """mean (y_pred - y_true)^2 over the last axis.

    >>> MeanSquaredError()([[0.0, 1.0]], [[1.0, 1.0]])
    0.5
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        return ops.mean_squared_error(predictions, targets)


@registry.register("mae", "MAE")
class MeanAbsoluteError(OnePassLoss):
    """mean |y_pred - y_true| over the last axis.

    >>> MeanAbsoluteError()([[0.0, 1.0]], [[3.0, 1.0]])
    1.5
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        return ops.mean_absolute_error(predictions, targets)


@registry.register()
class Huber(OnePassLoss):
    """Squared for errors up to `delta`, growing in a straight line beyond. Raises ConfigError unless delta > 0.

    With e = y_pred - y_true: e^2 / 2, or delta |e| - delta^2 / 2, averaged over the last axis. Huber, "Robust
    estimation of a location parameter", 1964.

    >>> Huber()([[0.0, 0.0]], [[1.0, 3.0]])
    1.5
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        if not (is_number(delta) and delta > 0):
            raise ConfigError(f"delta is {delta!r}; expected a number above 0")
        self.delta = delta

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        return ops.huber(predictions, targets, delta=self.delta)

    def get_config(self) -> Config:
        return {**super().get_config(), "delta": self.delta}


@registry.register("mape", "MAPE")
class MeanAbsolutePercentageError(OnePassLoss):
    """100 mean |y_pred - y_true| / |y_true| over the last axis; a target of 0 counts as epsilon.

    >>> MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 5.0]])
    37.5
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_percentage_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        return ops.mean_absolute_percentage_error(predictions, targets, epsilon=epsilon())


@registry.register("msle", "MSLE")
class MeanSquaredLogarithmicError(OnePassLoss):
    """mean (log(y_pred + 1) - log(y_true + 1))^2 over the last axis; negative values count as epsilon.

    >>> round(MeanSquaredLogarithmicError()([[0.0]], [[1.0]]), 4)  # log(2)^2
    0.4805
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_logarithmic_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        return ops.mean_squared_logarithmic_error(predictions, targets, epsilon=epsilon())


@registry.register()
class LogCosh(OnePassLoss):
    """mean log(cosh(y_pred - y_true)) over the last axis: a smooth absolute error.

    >>> round(LogCosh()([[0.0]], [[1.0]]), 4)
    0.4338
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "log_cosh",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        return ops.log_cosh(predictions, targets)


@registry.register()
class Poisson(OnePassLoss):
    """mean y_pred - y_true log(y_pred) over the last axis: for counts y_true at the rate y_pred.

    >>> round(Poisson()([[3.0]], [[1.0]]), 4)
    1.0
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "poisson",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        return ops.poisson(predictions, targets, epsilon=epsilon())
