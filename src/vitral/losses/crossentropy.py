"""Losses for classes: cross-entropies, from probabilities or from logits.

From probabilities, values below epsilon or above 1 - epsilon are clipped, as in Keras. Behind a softmax or a sigmoid
the derivative with respect to the logits is a - y, which clipping does not spoil.
"""

from vitral import ops
from vitral.config import epsilon
from vitral.core.configurable import only_default
from vitral.core.targets import class_labels, matching, smoothed
from vitral.errors import ConfigError
from vitral.losses.loss import OnePassLoss, registry
from vitral.typing import Array, Config


class _Smoothing(OnePassLoss):
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
        super().__init__(name, reduction, dtype)
        only_default("axis", axis, (-1,), self.name)
        if not 0 <= label_smoothing <= 1:
            raise ConfigError(f"label_smoothing is {label_smoothing!r}; expected a number between 0 and 1")
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
            "axis": -1,
        }


@registry.register("bce", "BCE")
class BinaryCrossentropy(_Smoothing):
    """-y log a - (1 - y) log(1 - a), averaged over the last axis; for outputs that each say yes or no.

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
        return None if self.from_logits else "sigmoid"

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = self._smoothed(y_true, y_pred)
        if self.from_logits:
            return ops.sigmoid_cross_entropy(predictions, targets)
        return ops.binary_cross_entropy(predictions, targets, epsilon=epsilon())

    def values_and_preactivation_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        if self.from_logits:
            return super().values_and_preactivation_gradient(y_true, y_pred)
        targets, predictions = self._smoothed(y_true, y_pred)
        return ops.binary_cross_entropy(predictions, targets, epsilon=epsilon(), before_sigmoid=True)

    def _smoothed(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        return smoothed(targets, self.label_smoothing, 2), predictions


@registry.register()
class CategoricalCrossentropy(_Smoothing):
    """-sum y log a over the last axis; for one-hot targets, or any distribution over the classes.

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
        return None if self.from_logits else "softmax"

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = self._smoothed(y_true, y_pred)
        if self.from_logits:
            return ops.softmax_cross_entropy(predictions, targets)
        return ops.categorical_cross_entropy(predictions, targets, epsilon=epsilon())

    def values_and_preactivation_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        if self.from_logits:
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
class SparseCategoricalCrossentropy(OnePassLoss):
    """-log a at the label, over the last axis; labels are whole numbers of shape (batch, ...) or (batch, ..., 1).

    `from_logits=True` takes the values before the softmax. Raises DataError for a label that is no output's number.

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
        super().__init__(name, reduction, dtype)
        only_default("axis", axis, (-1,), self.name)
        only_default("ignore_class", ignore_class, (None,), self.name)
        self.from_logits = from_logits

    @property
    def fused_activation(self) -> str | None:
        return None if self.from_logits else "softmax"

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        labels = class_labels(y_true, y_pred, name=self.name)
        if self.from_logits:
            return ops.sparse_softmax_cross_entropy(y_pred, labels)
        return ops.sparse_categorical_cross_entropy(y_pred, labels, epsilon=epsilon())

    def values_and_preactivation_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        if self.from_logits:
            return super().values_and_preactivation_gradient(y_true, y_pred)
        labels = class_labels(y_true, y_pred, name=self.name)
        return ops.sparse_categorical_cross_entropy(y_pred, labels, epsilon=epsilon(), before_softmax=True)

    def get_config(self) -> Config:
        return {**super().get_config(), "from_logits": self.from_logits, "ignore_class": None}
