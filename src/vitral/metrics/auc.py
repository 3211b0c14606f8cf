"""The area under the ROC or the precision-recall curve."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from vitral import ops
from vitral.config import epsilon
from vitral.core.targets import as_float
from vitral.errors import ConfigError, ShapeError
from vitral.metrics.metric import Metric, ratio, registry
from vitral.metrics.thresholds import Counts, count, select_outputs, weights_of_outputs
from vitral.typing import Array, Config

_CURVES = {"roc": "ROC", "pr": "PR"}
_SUMMATIONS = ("interpolation", "minoring", "majoring")


@registry.register()
class AUC(Metric):
    """Area under the curve, from counts at `num_thresholds` evenly spaced thresholds, or at the given ones.

    `curve` is "ROC" (true against false positive rate) or "PR" (precision against recall). `summation_method` joins
    neighboring points by "interpolation" (straight lines; for PR the curve of Davis & Goadrich, "The relationship
    between precision-recall and ROC curves", ICML 2006), or takes the lower ("minoring") or higher ("majoring") of
    them. `multi_label=True` averages the areas of the labels, by `label_weights` if given; otherwise all outputs are
    one set, and `label_weights` weigh its columns. `from_logits=True` applies a sigmoid first. Raises ConfigError for
    other values.

    >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    0.75
    """

    direction = "up"

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: str | None = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Sequence[float] | None = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(name, dtype)
        if str(curve).lower() not in _CURVES:
            raise ConfigError(f"curve is {curve!r}; expected 'ROC' or 'PR'")
        if str(summation_method).lower() not in _SUMMATIONS:
            raise ConfigError(f"summation_method is {summation_method!r}; expected one of {', '.join(_SUMMATIONS)}")
        if num_labels and not multi_label:
            raise ConfigError(f"num_labels is {num_labels}; it is needed only with multi_label=True")
        if thresholds is None and not (isinstance(num_thresholds, int) and num_thresholds > 1):
            raise ConfigError(f"num_thresholds is {num_thresholds!r}; expected a whole number above 1")
        self.curve = _CURVES[curve.lower()]
        self.summation_method = summation_method.lower()
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = None if label_weights is None else list(label_weights)
        self.from_logits = from_logits
        self._given_thresholds = None if thresholds is None else sorted(thresholds)
        inner = self._given_thresholds
        if inner is None:
            inner = [(i + 1) / (num_thresholds - 1) for i in range(num_thresholds - 2)]
        # The first and the last threshold lie outside, so that the curve has both its ends.
        self._thresholds = np.array([-epsilon(), *inner, 1 + epsilon()])
        self.num_thresholds = len(self._thresholds)

    @property
    def thresholds(self) -> list[float]:
        """All thresholds, with the two outside 0 and 1."""
        return [float(threshold) for threshold in self._thresholds]

    def update_state(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        targets, predictions = select_outputs(y_true, self._probabilities(y_pred), name=self.name)
        if self.multi_label and (
            predictions.ndim != 2 or predictions.shape[1] != (self.num_labels or predictions.shape[1])
        ):
            raise ShapeError(
                f'"{self.name}" received y_pred of shape {predictions.shape}; '
                f"expected (batch, {self.num_labels or 'labels'})"
            )
        columns = None if self.label_weights is None or self.multi_label else np.array(self.label_weights)
        weights = weights_of_outputs(predictions, sample_weight, columns)
        labels = predictions.shape[1] if self.multi_label else 1
        counts = count(
            targets.reshape(-1, labels),
            predictions.reshape(-1, labels),
            self._thresholds,
            weights.reshape(-1, labels),
        )
        for name, value in counts._asdict().items():
            self.add_variable(name=name, shape=value.shape).value += value

    def _probabilities(self, y_pred: npt.ArrayLike) -> Array:
        predictions = as_float(y_pred)
        return ops.sigmoid(predictions)[0] if self.from_logits else predictions

    def result(self) -> float:
        if not self.variables:
            return 0.0
        counts = Counts(*(variable.value for variable in self.variables))
        if self.curve == "PR" and self.summation_method == "interpolation":
            areas = _interpolated_precision_recall_area(counts)
        else:
            areas = self._area_by_rectangles(counts)
        weights = None if self.label_weights is None or not self.multi_label else self.label_weights
        return float(np.average(areas, weights=weights))

    def _area_by_rectangles(self, counts: Counts) -> Array:
        recall = ratio(counts.true_positives, counts.true_positives + counts.false_negatives)
        if self.curve == "ROC":
            x, y = ratio(counts.false_positives, counts.false_positives + counts.true_negatives), recall
        else:
            x, y = recall, ratio(counts.true_positives, counts.true_positives + counts.false_positives)
        if self.summation_method == "interpolation":
            heights = (y[:-1] + y[1:]) / 2
        elif self.summation_method == "minoring":
            heights = np.minimum(y[:-1], y[1:])
        else:
            heights = np.maximum(y[:-1], y[1:])
        area: Array = np.sum((x[:-1] - x[1:]) * heights, axis=0)
        return area

    def get_config(self) -> Config:
        config: Config = {
            **super().get_config(),
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": self.label_weights,
            "from_logits": self.from_logits,
        }
        if self._given_thresholds is not None:
            config["thresholds"] = self._given_thresholds
        return config


def _interpolated_precision_recall_area(counts: Counts) -> Array:
    """Between two thresholds true positives grow in a straight line with all positives p; the area is an integral.

    With tp = slope p + intercept, precision tp / p integrates to slope (dtp + intercept log(p0 / p1)) / all positives.
    """
    tp = counts.true_positives
    p = tp + counts.false_positives
    tp_step = tp[:-1] - tp[1:]
    slope = ratio(tp_step, np.maximum(p[:-1] - p[1:], 0))
    intercept = tp[1:] - slope * p[1:]
    both = (p[:-1] > 0) & (p[1:] > 0)
    growth = np.divide(p[:-1], p[1:], out=np.ones_like(slope), where=both)
    area = ratio(slope * (tp_step + intercept * np.log(growth)), tp[1:] + counts.false_negatives[1:])
    total: Array = area.sum(axis=0)
    return total
