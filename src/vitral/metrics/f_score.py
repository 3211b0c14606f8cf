"""F scores: precision and recall in one number."""

import numpy as np
import numpy.typing as npt

from vitral.config import epsilon
from vitral.core.configurable import is_number
from vitral.core.targets import as_float
from vitral.errors import ConfigError, ShapeError
from vitral.metrics.metric import Metric, registry
from vitral.metrics.thresholds import weights_of_outputs
from vitral.typing import Array, Config


@registry.register()
class FBetaScore(Metric):
    """(1 + b^2) precision recall / (b^2 precision + recall) for every class; recall counts `beta` times as much.

    y_true and y_pred have the shape (batch, classes).

    A class is called positive if it is the most probable one, or with `threshold` if it lies above that. `average` is
    None (an array, one score a class), "macro" (their mean), "weighted" (by how often a class occurs) or "micro" (all
    classes counted together). Raises ConfigError for any other, and unless `beta` is above 0.

    >>> score = FBetaScore(beta=2.0, threshold=0.5)
    >>> score([[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]]).round(4)
    array([0.3846, 0.9091, 0.8333])
    """

    direction = "up"

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, dtype)
        if average not in (None, "micro", "macro", "weighted"):
            raise ConfigError(f"average is {average!r}; expected None, 'micro', 'macro' or 'weighted'")
        if not (is_number(beta) and beta > 0):
            raise ConfigError(f"beta is {beta!r}; expected a number above 0")
        if threshold is not None and not (is_number(threshold) and 0 < threshold <= 1):
            raise ConfigError(f"threshold is {threshold!r}; expected a number above 0 and at most 1")
        self.average = average
        self.beta = beta
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
        square = self.beta**2
        scores = (1 + square) * precision * recall / (square * precision + recall + epsilon())
        if self.average == "weighted":
            return float((scores * occurrence).sum() / (occurrence.sum() + epsilon()))
        return np.asarray(scores) if self.average is None else float(scores.mean())

    def get_config(self) -> Config:
        return {**super().get_config(), "average": self.average, "beta": self.beta, "threshold": self.threshold}


@registry.register()
class F1Score(FBetaScore):
    """2 precision recall / (precision + recall) for every class: FBetaScore with beta = 1.

    >>> F1Score(threshold=0.5)([[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]])
    array([0.49999994, 0.79999992, 0.66666658])
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: str | None = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> Config:
        config = super().get_config()
        del config["beta"]
        return config
