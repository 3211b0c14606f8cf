"""Precision and recall at thresholds."""

from collections.abc import Sequence

import numpy.typing as npt

from vitral.metrics.metric import Metric, ratio, registry
from vitral.metrics.thresholds import BELOW_ALL, check_thresholds, count_at, select_outputs, weights_of_outputs
from vitral.typing import Array, Config


class _AtThresholds(Metric):
    """What precision and recall share: true positives, and one kind of mistake, at one or more thresholds."""

    direction = "up"
    mistakes: str

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, dtype)
        self.init_thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        if thresholds is None:
            thresholds = 0.5 if top_k is None else BELOW_ALL
        self.thresholds = check_thresholds(thresholds)
        self._hits = self.add_variable(name="true_positives", shape=(len(self.thresholds),))
        self._mistakes = self.add_variable(name=self.mistakes, shape=(len(self.thresholds),))

    def update_state(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        targets, predictions = select_outputs(y_true, y_pred, top_k=self.top_k, class_id=self.class_id, name=self.name)
        weights = weights_of_outputs(predictions, sample_weight)
        counts = count_at(self.thresholds, targets, predictions, weights)
        self._hits.value += counts.true_positives
        self._mistakes.value += getattr(counts, self.mistakes)

    def result(self) -> float | Array:
        result = ratio(self._hits.value, self._hits.value + self._mistakes.value)
        return float(result[0]) if len(result) == 1 else result

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "thresholds": self.init_thresholds,
            "top_k": self.top_k,
            "class_id": self.class_id,
        }


@registry.register()
class Precision(_AtThresholds):
    """Share of the outputs called positive that are: tp / (tp + fp); 0 if none was called positive.

    Positive is what lies above `thresholds` (0.5; a list gives an array of results), or among the `top_k` of its
    sample. `class_id` looks at one class only.

    >>> Precision()([0, 1, 1, 1], [1, 0, 1, 1])
    0.6666666666666666
    """

    mistakes = "false_positives"


@registry.register()
class Recall(_AtThresholds):
    """Share of the positive outputs that were found: tp / (tp + fn); 0 if there are none. Arguments as in `Precision`.

    >>> Recall()([0, 1, 1, 1], [1, 0, 1, 1])
    0.6666666666666666
    """

    mistakes = "false_negatives"
