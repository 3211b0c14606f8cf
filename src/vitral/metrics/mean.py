"""Weighted means of values, such as losses, over all batches."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from vitral.core.naming import snake_case
from vitral.core.targets import weights_for
from vitral.metrics.metric import Metric, registry
from vitral.typing import Array


class WeightedMean(Metric):
    """What all means share: the sum of weighted values, and the sum of the weights."""

    def __init__(self, name: str | None = None, dtype: str | None = None) -> None:
        super().__init__(name, dtype)
        self._total = self.add_variable(name="total")
        self._count = self.add_variable(name="count")

    def add(self, values: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None) -> None:
        """Take values of shape (batch, ...) into account; a sample's value is the mean over its further axes."""
        values = np.asarray(values)
        if sample_weight is None:
            samples = len(values) if values.ndim else 1
            # Hits are counted rather than added up, which takes a fifth of the time.
            total = np.count_nonzero(values) if values.dtype.kind == "b" else values.sum(dtype=np.float64)
            self._add(total * (samples / (values.size or 1)), samples)
            return
        values = values.astype(np.float64)
        weight = np.broadcast_to(weights_for(values, sample_weight), values.shape)
        per_sample = (len(values) / values.size if values.size else 0.0) if values.ndim else 1.0
        self._add(np.vdot(values, weight) * per_sample, weight.sum() * per_sample)

    def add_mean(self, mean: float, samples: int) -> None:
        """Take the mean of that many samples into account, like `add` with the number as its weight."""
        self._add(mean * samples, samples)

    def _add(self, total: float, count: float) -> None:
        # On arrays of one value, += takes eight times as long as adding numbers.
        self._total.value[...] = self._total.value.item() + total
        self._count.value[...] = self._count.value.item() + count

    def result(self) -> float:
        count = self._count.value.item()
        return float(self._total.value.item() / count) if count else 0.0


@registry.register()
class Mean(WeightedMean):
    """The mean of the values given so far, such as the losses of batches.

    >>> mean = Mean()
    >>> mean.update_state([1.0, 3.0]); mean.update_state(8.0); mean.result()
    4.0
    """

    def __init__(self, name: str | None = "mean", dtype: str | None = None) -> None:
        super().__init__(name, dtype)

    def update_state(  # type: ignore[override]  # as in Keras, this metric takes values, not targets and predictions
        self, values: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        self.add(values, sample_weight)

    def __call__(  # type: ignore[override]
        self, values: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> float:
        self.update_state(values, sample_weight)
        return self.result()


@registry.register()
class Sum(Metric):
    """The sum of the values given so far, each times its weight.

    >>> total = Sum()
    >>> total.update_state([1.0, 3.0]); total.update_state([2.0, 5.0], sample_weight=[1.0, 0.0]); total.result()
    6.0
    """

    def __init__(self, name: str | None = "sum", dtype: str | None = None) -> None:
        super().__init__(name, dtype)
        self._total = self.add_variable(name="total")

    def update_state(  # type: ignore[override]
        self, values: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        values = np.asarray(values).astype(np.float64)
        weighted = values if sample_weight is None else values * weights_for(values, sample_weight)
        self._total.value[...] += weighted.sum()

    def __call__(  # type: ignore[override]
        self, values: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> float:
        self.update_state(values, sample_weight)
        return self.result()

    def result(self) -> float:
        return float(self._total.value)


class MeanMetricWrapper(WeightedMean):
    """The mean of a function of targets and predictions, fn(y_true, y_pred, **arguments) -> (batch, ...).

    >>> def within_one(y_true, y_pred):
    ...     return np.abs(y_pred - y_true) <= 1
    >>> MeanMetricWrapper(within_one)(np.array([1, 2]), np.array([1, 4]))
    0.5
    """

    def __init__(
        self, fn: Callable[..., Array], name: str | None = None, dtype: str | None = None, **arguments: Any
    ) -> None:
        its_name = getattr(fn, "__name__", "")
        super().__init__(name or (snake_case(its_name.strip("<>")) or None), dtype)
        self._fn = fn
        self._arguments = arguments

    def update_state(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        self.add(self._fn(np.asarray(y_true), np.asarray(y_pred), **self._arguments), sample_weight)
