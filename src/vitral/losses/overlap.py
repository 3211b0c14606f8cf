"""Losses that measure how two sets of pixels overlap, for segmentation."""

from collections.abc import Sequence

import numpy as np

from vitral import ops
from vitral.config import epsilon
from vitral.core.targets import matching
from vitral.errors import ConfigError
from vitral.losses.loss import OnePassLoss, registry
from vitral.typing import Array, Config


class _Overlap(OnePassLoss):
    """What both share: the axes over which sets are counted, all of them (one loss for the batch) if None."""

    def __init__(
        self, reduction: str | None, name: str | None, axis: int | Sequence[int] | None, dtype: str | None
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.axis = axis

    def axes(self, predictions: Array) -> tuple[int, ...] | None:
        """The axes as positive numbers; raises ConfigError unless they are all or the last ones."""
        if self.axis is None:
            return None
        rank = predictions.ndim
        axes = tuple(sorted({int(axis) % rank for axis in np.atleast_1d(self.axis)}))
        if axes != tuple(range(rank - len(axes), rank)):
            raise ConfigError(
                f'loss "{self.name}": axis is {self.axis!r} for predictions of shape {predictions.shape}; '
                "expected None or the last axes, such as (1, 2, 3) for images"
            )
        return axes

    def get_config(self) -> Config:
        return {**super().get_config(), "axis": self.axis}


@registry.register()
class Dice(_Overlap):
    """1 - 2 sum y_true y_pred / (sum y_true + sum y_pred): 0 where the two sets are the same.

    Sums go over `axis`: None, all of the batch together, or the last axes. Dice, "Measures of the amount of ecologic
    association between species", 1945.

    >>> round(Dice()([[1.0, 0.0]], [[0.5, 0.5]]), 6)
    0.5
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "dice",
        axis: int | Sequence[int] | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(reduction, name, axis, dtype)

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        return ops.dice(predictions, targets, axis=self.axes(predictions), epsilon=epsilon())


@registry.register()
class Tversky(_Overlap):
    """1 - i / (i + alpha m + beta f): i is the overlap, m what the prediction misses, f what it adds.

    Dice for alpha = beta = 1/2. Sums go over `axis` as in `Dice`. Salehi et al., "Tversky loss function for image
    segmentation using 3D fully convolutional deep networks", 2017; m and f are weighted as Keras weighs them.

    >>> round(Tversky(alpha=1.0, beta=0.0)([[1.0, 0.0]], [[0.5, 0.5]]), 6)
    0.5
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "tversky",
        axis: int | Sequence[int] | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(reduction, name, axis, dtype)
        self.alpha = alpha
        self.beta = beta

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        return ops.tversky(
            predictions,
            targets,
            alpha=self.alpha,
            beta=self.beta,
            axis=self.axes(predictions),
            epsilon=epsilon(),
        )

    def get_config(self) -> Config:
        return {**super().get_config(), "alpha": self.alpha, "beta": self.beta}
