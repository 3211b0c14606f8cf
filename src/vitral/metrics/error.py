"""Losses as figures to watch: the same formulas, averaged over all batches, with no part in the training."""

import numpy as np
import numpy.typing as npt

from vitral.core.targets import as_float, weights_for
from vitral.metrics import formulas
from vitral.metrics.mean import MeanMetricWrapper
from vitral.metrics.metric import registry
from vitral.typing import Config


@registry.register("mse", "MSE")
class MeanSquaredError(MeanMetricWrapper):
    """mean (y_pred - y_true)^2."""

    direction = "down"

    def __init__(self, name: str | None = "mean_squared_error", dtype: str | None = None) -> None:
        super().__init__(formulas.mean_squared_error, name, dtype)


@registry.register("mae", "MAE")
class MeanAbsoluteError(MeanMetricWrapper):
    """mean |y_pred - y_true|."""

    direction = "down"

    def __init__(self, name: str | None = "mean_absolute_error", dtype: str | None = None) -> None:
        super().__init__(formulas.mean_absolute_error, name, dtype)


@registry.register()
class RootMeanSquaredError(MeanMetricWrapper):
    """sqrt(mean (y_pred - y_true)^2), with the root taken over all batches together."""

    direction = "down"

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: str | None = None) -> None:
        super().__init__(formulas.mean_squared_error, name, dtype)

    def result(self) -> float:
        return float(np.sqrt(super().result()))


@registry.register("bce", "BCE")
class BinaryCrossentropy(MeanMetricWrapper):
    """-y log a - (1 - y) log(1 - a), from probabilities or logits."""

    direction = "down"

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(
            formulas.binary_crossentropy, name, dtype, from_logits=from_logits, label_smoothing=label_smoothing
        )

    def get_config(self) -> Config:
        return {**super().get_config(), **self._arguments}


@registry.register()
class CategoricalCrossentropy(MeanMetricWrapper):
    """-sum y log a for one-hot targets, from probabilities or logits."""

    direction = "down"

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ) -> None:
        super().__init__(
            formulas.categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )

    def get_config(self) -> Config:
        return {**super().get_config(), **self._arguments}


@registry.register()
class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """-log a at the label, from probabilities or logits.

    Where the label is `ignore_class` the value is 0, and part of the mean; with sample weights it is not, as in Keras.
    """

    direction = "down"

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(
            formulas.sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
        self._ignore_class = ignore_class

    def update_state(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        if sample_weight is not None and self._ignore_class is not None:
            counts = np.asarray(y_true) != self._ignore_class
            values = self._fn(y_true, as_float(y_pred), **self._arguments)
            self.add(values, counts.reshape(values.shape) * weights_for(values, sample_weight))
            return
        super().update_state(y_true, y_pred, sample_weight)

    def get_config(self) -> Config:
        return {**super().get_config(), **self._arguments}
