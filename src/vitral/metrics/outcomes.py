"""How often a yes-or-no output was right or wrong, at thresholds."""

from collections.abc import Sequence

import numpy.typing as npt

from vitral.metrics.metric import Metric, registry
from vitral.metrics.thresholds import check_thresholds, count_at, select_outputs, weights_of_outputs
from vitral.typing import Array, Config


class _OutcomeCount(Metric):
    """The weighted number of outputs with one outcome, at one or more `thresholds` (0.5)."""

    outcome: str

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, dtype)
        self.init_thresholds = thresholds
        self.thresholds = check_thresholds(0.5 if thresholds is None else thresholds)
        self._count = self.add_variable(name="accumulator", shape=(len(self.thresholds),))

    def update_state(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        targets, predictions = select_outputs(y_true, y_pred, name=self.name)
        counts = count_at(self.thresholds, targets, predictions, weights_of_outputs(predictions, sample_weight))
        self._count.value += getattr(counts, self.outcome)

    def result(self) -> float | Array:
        counts = self._count.numpy()
        return float(counts[0]) if len(counts) == 1 else counts

    def get_config(self) -> Config:
        return {**super().get_config(), "thresholds": self.init_thresholds}


@registry.register()
class TruePositives(_OutcomeCount):
    """Number of positive outputs called positive: above `thresholds` (0.5; a list gives an array of counts).

    >>> TruePositives()([0, 1, 1, 1], [1, 0, 1, 1])
    2.0
    """

    direction = "up"
    outcome = "true_positives"


@registry.register()
class TrueNegatives(_OutcomeCount):
    """Number of negative outputs called negative. Arguments as in `TruePositives`.

    >>> TrueNegatives()([0, 1, 0, 0], [1, 1, 0, 0])
    2.0
    """

    direction = "up"
    outcome = "true_negatives"


@registry.register()
class FalsePositives(_OutcomeCount):
    """Number of negative outputs called positive. Arguments as in `TruePositives`.

    >>> FalsePositives()([0, 1, 0, 0], [0, 0, 1, 1])
    2.0
    """

    direction = "down"
    outcome = "false_positives"


@registry.register()
class FalseNegatives(_OutcomeCount):
    """Number of positive outputs called negative. Arguments as in `TruePositives`.

    >>> FalseNegatives()([0, 1, 1, 1], [0, 1, 0, 0])
    2.0
    """

    direction = "down"
    outcome = "false_negatives"
