"""The best of one rate where another is held: sensitivity at a specificity, recall at a precision and their kin."""

import numpy as np
import numpy.typing as npt

from vitral.config import epsilon
from vitral.core.configurable import is_number
from vitral.errors import ConfigError
from vitral.metrics.metric import Metric, ratio, registry
from vitral.metrics.thresholds import count_at, select_outputs, weights_of_outputs
from vitral.typing import Array, Config

# Each rate is the first outcome's share of both.
_SENSITIVITY = ("true_positives", "false_negatives")
_SPECIFICITY = ("true_negatives", "false_positives")
_PRECISION = ("true_positives", "false_positives")


class _TradeOff(Metric):
    """The highest `wanted` rate among the thresholds at which the `held` rate is at least the given value."""

    direction = "up"
    argument: str
    held: tuple[str, str]
    wanted: tuple[str, str]

    def __init__(
        self, value: float, num_thresholds: int, class_id: int | None, name: str | None, dtype: str | None
    ) -> None:
        super().__init__(name, dtype)
        if not (is_number(value) and 0 <= value <= 1):
            raise ConfigError(f"{self.argument} is {value!r}; expected a number between 0 and 1")
        if not (isinstance(num_thresholds, int) and num_thresholds >= 1):
            raise ConfigError(f"num_thresholds is {num_thresholds!r}; expected a whole number from 1")
        self.value = value
        self.num_thresholds = num_thresholds
        self.class_id = class_id
        even = np.linspace(0, 1, num_thresholds) if num_thresholds > 1 else np.array([0.5])
        self.thresholds = [float(threshold) for threshold in even]
        for outcome in ("true_positives", "false_positives", "true_negatives", "false_negatives"):
            self.add_variable(name=outcome, shape=(num_thresholds,))

    def update_state(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        targets, predictions = select_outputs(y_true, y_pred, class_id=self.class_id, name=self.name)
        # Everything counts as positive at the lowest threshold, a prediction of 0 too, as in Keras.
        lowest = [-epsilon()] if self.num_thresholds > 1 else self.thresholds
        thresholds = [*lowest, *self.thresholds[1:]]
        counts = count_at(thresholds, targets, predictions, weights_of_outputs(predictions, sample_weight))
        for variable in self.variables:
            variable.value += getattr(counts, variable.name)

    def result(self) -> float:
        allowed = self._rate(self.held) >= self.value
        return float(np.max(self._rate(self.wanted), where=allowed, initial=0.0))

    def _rate(self, outcomes: tuple[str, str]) -> Array:
        hits, misses = (self.add_variable(name=outcome).value for outcome in outcomes)
        return ratio(hits, hits + misses)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "class_id": self.class_id,
            "num_thresholds": self.num_thresholds,
            self.argument: self.value,
        }


@registry.register()
class SensitivityAtSpecificity(_TradeOff):
    """The highest sensitivity, tp / (tp + fn), at which specificity, tn / (tn + fp), is at least `specificity`.

    Sought at `num_thresholds` thresholds evenly from 0 to 1; `class_id` looks at one class only. Raises ConfigError for
    a specificity outside 0 to 1.

    >>> SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    0.5
    """

    argument = "specificity"
    held = _SPECIFICITY
    wanted = _SENSITIVITY

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)


@registry.register()
class SpecificityAtSensitivity(_TradeOff):
    """The highest specificity at which sensitivity is at least `sensitivity`; arguments as above.

    >>> round(SpecificityAtSensitivity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]), 6)
    0.666667
    """

    argument = "sensitivity"
    held = _SENSITIVITY
    wanted = _SPECIFICITY

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)


@registry.register()
class PrecisionAtRecall(_TradeOff):
    """The highest precision, tp / (tp + fp), at which recall, tp / (tp + fn), is at least `recall`; arguments as above.

    >>> PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    0.5
    """

    argument = "recall"
    held = _SENSITIVITY
    wanted = _PRECISION

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)


@registry.register()
class RecallAtPrecision(_TradeOff):
    """The highest recall at which precision is at least `precision`; arguments as above.

    >>> RecallAtPrecision(0.8)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    0.5
    """

    argument = "precision"
    held = _PRECISION
    wanted = _SENSITIVITY

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)
