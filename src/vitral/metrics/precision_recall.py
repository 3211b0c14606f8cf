"""Precision, recall, and the F1 score that joins them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from vitral.config import epsilon
from vitral.core.targets import as_float
from vitral.errors import ConfigError, ShapeError
from vitral.metrics.metric import Metric, ratio, registry
from vitral.metrics.thresholds import BELOW_ALL, count, select_outputs, weights_of_outputs
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
        self.thresholds = [float(threshold) for threshold in np.atleast_1d(thresholds)]
        outside = [threshold for threshold in self.thresholds if threshold != BELOW_ALL and not 0 <= threshold <= 1]
        if outside:
            raise ConfigError(f"threshold is {outside[0]}; expected a number between 0 and 1")
        self._hits = self.add_variable(name="true_positives", shape=(len(self.thresholds),))
        self._mistakes = self.add_variable(name=self.mistakes, shape=(len(self.thresholds),))

    def update_state(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        targets, predictions = select_outputs(y_true, y_pred, top_k=self.top_k, class_id=self.class_id, name=self.name)
        weights = weights_of_outputs(predictions, sample_weight)
        order = np.argsort(self.thresholds, kind="stable")
        counts = count(
            targets.reshape(-1, 1),
            predictions.reshape(-1, 1),
            np.array(self.thresholds)[order],
            weights.reshape(-1, 1),
        )
        self._hits.value[order] += counts.true_positives[:, 0]
        self._mistakes.value[order] += getattr(counts, self.mistakes)[:, 0]

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


@registry.register()
class F1Score(Metric):
    """2 precision recall / (precision + recall) for every class; y_true and y_pred have the shape (batch, classes).

    A class is called positive if it is the most probable one, or with `threshold` if it lies above that. `average` is
    None (an array, one score a class), "macro" (their mean), "weighted" (by how often a class occurs) or "micro" (all
    classes counted together). Raises ConfigError for any other.

    >>> F1Score(threshold=0.5)([[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]])
    array([0.49999994, 0.79999992, 0.66666658])
    """

    direction = "up"

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, dtype)
        if average not in (None, "micro", "macro", "weighted"):
            raise ConfigError(f"average is {average!r}; expected None, 'micro', 'macro' or 'weighted'")
        if threshold is not None and not 0 < threshold <= 1:
            raise ConfigError(f"threshold is {threshold!r}; expected a number above 0 and at most 1")
        self.average = average
        self.threshold = threshold

    def update_state(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        predictions = as_float(y_pred)
        targets = np.asarray(y_true).astype(np.float64)
        if predictions.ndim != 2 or targets.shape != predictions.shape:
            raise ShapeError(
                f'"{self.name}" received y_true of shape {targets.shape} and y_pred of shape {predictions.shape}; '
                "expected (batch, classes) for both"
            )
        if self.threshold is None:
            # A row of zeros has no most probable class; Keras' bound for what counts as zero.
            called = (predictions >= predictions.max(axis=1, keepdims=True)) & (np.abs(predictions) > 1e-9)
        else:
            called = predictions > self.threshold
        weights = weights_of_outputs(predictions, sample_weight)
        self._add("true_positives", called * targets * weights)
        self._add("false_positives", called * (1 - targets) * weights)
        self._add("false_negatives", ~called * targets * weights)
        self._add("intermediate_weights", targets * weights)

    def _add(self, name: str, outputs: Array) -> None:
        total = outputs.sum() if self.average == "micro" else outputs.sum(axis=0)
        self.add_variable(name=name, shape=np.shape(total)).value += total

    def result(self) -> float | Array:
        if not self.variables:
            return 0.0
        hits, false_alarms, missed, occurrence = (variable.value for variable in self.variables)
        precision = hits / (hits + false_alarms + epsilon())
        recall = hits / (hits + missed + epsilon())
        scores = 2 * precision * recall / (precision + recall + epsilon())
        if self.average == "weighted":
            return float((scores * occurrence).sum() / (occurrence.sum() + epsilon()))
        return np.asarray(scores) if self.average is None else float(scores.mean())

    def get_config(self) -> Config:
        return {**super().get_config(), "average": self.average, "threshold": self.threshold}
