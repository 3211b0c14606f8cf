"""Losses for classes: cross-entropies, from probabilities or from logits.

From probabilities, values below epsilon or above 1 - epsilon are clipped, as in Keras. Behind a softmax or a sigmoid
the derivative with respect to the logits is a - y, which clipping does not spoil.
"""

import numpy as np
import numpy.typing as npt

from vitral import ops
from vitral.config import epsilon
from vitral.core.configurable import is_number
from vitral.core.targets import labels_but, matching, smoothed, weights_for
from vitral.errors import ConfigError, DataError
from vitral.losses.loss import AlongAxis, registry
from vitral.typing import Array, Config


class _Smoothing(AlongAxis):
    """What the two losses share whose targets are probabilities: their arguments."""

    def __init__(
        self,
        from_logits: bool,
        label_smoothing: float,
        axis: int,
        reduction: str | None,
        name: str | None,
        dtype: str | None,
    ) -> None:
        super().__init__(axis, name, reduction, dtype)
        if not (is_number(label_smoothing) and 0 <= label_smoothing <= 1):
            raise ConfigError(f"label_smoothing is {label_smoothing!r}; expected a number between 0 and 1")
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
            "axis": self.axis,
        }


@registry.register("bce", "BCE")
class BinaryCrossentropy(_Smoothing):
    """-y log a - (1 - y) log(1 - a), averaged over `axis`; for outputs that each say yes or no.

    `from_logits=True` takes the values before the sigmoid. `label_smoothing` s moves targets towards 1/2:
    y (1 - s) + s / 2.

    >>> round(BinaryCrossentropy()([[1.0, 0.0]], [[0.5, 0.5]]), 6)
    0.693147
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(from_logits, label_smoothing, axis, reduction, name, dtype)

    @property
    def fused_activation(self) -> str | None:
        return None if self.from_logits or self.axis != -1 else "sigmoid"

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = self._smoothed(y_true, y_pred)
        if self.from_logits:
            return ops.sigmoid_cross_entropy(predictions, targets)
        return ops.binary_cross_entropy(predictions, targets, epsilon=epsilon())

    def values_and_preactivation_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        if self.fused_activation is None:
            return super().values_and_preactivation_gradient(y_true, y_pred)
        targets, predictions = self._smoothed(y_true, y_pred)
        return ops.binary_cross_entropy(predictions, targets, epsilon=epsilon(), before_sigmoid=True)

    def _smoothed(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        return smoothed(targets, self.label_smoothing, 2), predictions


@registry.register()
class CategoricalCrossentropy(_Smoothing):
    """-sum y log a over `axis`; for one-hot targets, or any distribution over the classes.

    `from_logits=True` takes the values before the softmax. `label_smoothing` s moves targets towards the uniform
    distribution over n classes: y (1 - s) + s / n.

    >>> round(CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]), 6)
    0.693147
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(from_logits, label_smoothing, axis, reduction, name, dtype)

    @property
    def fused_activation(self) -> str | None:
        return None if self.from_logits or self.axis != -1 else "softmax"

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = self._smoothed(y_true, y_pred)
        if self.from_logits:
            return ops.softmax_cross_entropy(predictions, targets)
        return ops.categorical_cross_entropy(predictions, targets, epsilon=epsilon())

    def values_and_preactivation_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        if self.fused_activation is None:
            return super().values_and_preactivation_gradient(y_true, y_pred)
        targets, predictions = self._smoothed(y_true, y_pred)
        return ops.categorical_cross_entropy(predictions, targets, epsilon=epsilon(), before_softmax=True)

    def _smoothed(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        hint = ""
        if y_true.shape != y_pred.shape and y_true.size == y_pred[..., 0].size:
            hint = "; whole-number labels need sparse_categorical_crossentropy"
        targets, predictions = matching(y_true, y_pred, name=self.name, hint=hint)
        return smoothed(targets, self.label_smoothing, targets.shape[-1]), predictions


@registry.register()
class SparseCategoricalCrossentropy(AlongAxis):
    """-log a at the label, over `axis`; labels are whole numbers of shape (batch, ...) or (batch, ..., 1).

    `from_logits=True` takes the values before the softmax. Where the label is `ignore_class`, which need not be a
    class, the loss is 0, and a mean is that of the others. Raises DataError for another label that is no output's
    number, ConfigError for an axis that the predictions do not have.

    >>> round(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]]), 6)
    0.693147
    """

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(axis, name, reduction, dtype)
        self.from_logits = from_logits
        self.ignore_class = ignore_class

    @property
    def fused_activation(self) -> str | None:
        return None if self.from_logits or self.axis != -1 else "softmax"

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        return self._but_ignored(y_true, y_pred, before_softmax=False)

    def values_and_preactivation_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        if self.fused_activation is None:
            return super().values_and_preactivation_gradient(y_true, y_pred)
        return self._but_ignored(y_true, y_pred, before_softmax=True)

    def _but_ignored(self, y_true: Array, y_pred: Array, before_softmax: bool) -> tuple[Array, Array]:
        labels, counts = labels_but(self.ignore_class, y_true, y_pred, name=self.name)
        try:
            if self.from_logits:
                losses, gradient = ops.sparse_softmax_cross_entropy(y_pred, labels)
            else:
                losses, gradient = ops.sparse_categorical_cross_entropy(
                    y_pred, labels, epsilon=epsilon(), before_softmax=before_softmax
                )
        except DataError as error:
            raise DataError(f'"{self.name}" {error}') from None
        if counts is None:
            return losses, gradient
        by_vector = counts[..., np.newaxis]
        return np.where(counts, losses, 0), np.where(by_vector, gradient.reshape(y_pred.shape), 0)

    def counting_weights(
        self, y_true: Array, losses: Array, sample_weight: npt.ArrayLike | None
    ) -> npt.ArrayLike | None:
        if self.ignore_class is None:
            return sample_weight
        counts: Array = (y_true != self.ignore_class).reshape(losses.shape).astype(losses.dtype)
        if self.reduction in ("mean", "sum_over_batch_size"):
            # Which divides by the number of all losses afterwards.
            counts *= losses.size / (counts.sum() + epsilon())
        if sample_weight is not None:
            counts *= weights_for(losses, sample_weight)
        return counts

    def get_config(self) -> Config:
        config = {**super().get_config(), "from_logits": self.from_logits, "ignore_class": self.ignore_class}
        return config if self.axis == -1 else {**config, "axis": self.axis}  # Keras forgets it
