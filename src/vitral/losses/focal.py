"""Cross-entropies that care less for what the network knows already, or for labels that it doubts."""

from collections.abc import Sequence

import numpy as np

from vitral import ops
from vitral.config import epsilon
from vitral.core.configurable import is_number
from vitral.core.targets import class_labels, matching, smoothed
from vitral.errors import ConfigError
from vitral.losses.loss import AlongAxis, OnePassLoss, registry
from vitral.typing import Array, Config


class _Focal(AlongAxis):
    """What both focal losses share: their arguments, and logits turned into probabilities first."""

    def __init__(
        self,
        gamma: float,
        from_logits: bool,
        label_smoothing: float,
        axis: int,
        reduction: str | None,
        name: str | None,
        dtype: str | None,
    ) -> None:
        super().__init__(axis, name, reduction, dtype)
        if not (is_number(gamma) and gamma >= 0):
            raise ConfigError(f"gamma is {gamma!r}; expected a number from 0 on")
        if not (is_number(label_smoothing) and 0 <= label_smoothing <= 1):
            raise ConfigError(f"label_smoothing is {label_smoothing!r}; expected a number between 0 and 1")
        self.gamma = gamma
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "gamma": self.gamma,
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
            "axis": self.axis,
        }


@registry.register()
class BinaryFocalCrossentropy(_Focal):
    """Binary cross-entropy times (1 - c)^gamma, where c is the probability that was given to the truth.

    With `apply_class_balancing`, ones count `alpha` and zeros 1 - alpha. `from_logits=True` takes the values before the
    sigmoid; `label_smoothing` as in BinaryCrossentropy. Lin et al., "Focal loss for dense object detection", ICCV 2017.
    Raises ConfigError for a negative gamma.

    >>> round(BinaryFocalCrossentropy()([[1.0, 0.0]], [[0.5, 0.5]]), 6)  # log(2) / 4
    0.173287
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_focal_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(gamma, from_logits, label_smoothing, axis, reduction, name, dtype)
        self.apply_class_balancing = apply_class_balancing
        self.alpha = alpha

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        probabilities, cache = ops.sigmoid(predictions) if self.from_logits else (predictions, None)
        losses, gradient = ops.binary_focal_cross_entropy(
            probabilities,
            smoothed(targets, self.label_smoothing, 2),
            gamma=self.gamma,
            alpha=self.alpha if self.apply_class_balancing else None,
            epsilon=epsilon(),
        )
        return losses, ops.sigmoid_backward(gradient, cache) if self.from_logits else gradient

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "apply_class_balancing": self.apply_class_balancing,
            "alpha": self.alpha,
        }


@registry.register()
class CategoricalFocalCrossentropy(_Focal):
    """-sum alpha (1 - a)^gamma y log a over `axis`; for one-hot targets y and probabilities a.

    `alpha` is one number or a list with one for each class. `from_logits=True` takes the values before the softmax;
    `label_smoothing` as in CategoricalCrossentropy. Lin et al., ICCV 2017. Raises ConfigError for a negative
    gamma.

    >>> round(CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]), 6)  # log(2) / 16
    0.043322
    """

    def __init__(
        self,
        alpha: float | Sequence[float] = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_focal_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(gamma, from_logits, label_smoothing, axis, reduction, name, dtype)
        self.alpha = alpha

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        probabilities, cache = ops.softmax(predictions) if self.from_logits else (predictions, None)
        losses, gradient = ops.categorical_focal_cross_entropy(
            probabilities,
            smoothed(targets, self.label_smoothing, targets.shape[-1]),
            gamma=self.gamma,
            alpha=np.asarray(self.alpha, predictions.dtype),
            epsilon=epsilon(),
        )
        return losses, ops.softmax_backward(gradient, cache) if self.from_logits else gradient

    def get_config(self) -> Config:
        return {**super().get_config(), "alpha": self.alpha}


@registry.register()
class CategoricalGeneralizedCrossEntropy(OnePassLoss):
    """(1 - a^q) / q, where a is the probability at the label: bounded, so that wrong labels do less harm.

    Labels are whole numbers. Towards q = 0 it is cross-entropy, at q = 1 it would be the absolute error. Zhang and
    Sabuncu, "Generalized cross entropy loss for training deep neural networks with noisy labels", NeurIPS 2018. Raises
    ConfigError unless 0 < q < 1.

    >>> CategoricalGeneralizedCrossEntropy()([1], [[0.75, 0.25]])
    1.0
    """

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_generalized_cross_entropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        if not (is_number(q) and 0 < q < 1):
            raise ConfigError(f"q is {q!r}; expected a number between 0 and 1")
        self.q = q

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        labels = class_labels(y_true, y_pred, name=self.name)
        return ops.generalized_cross_entropy(y_pred, labels, q=self.q)

    def get_config(self) -> Config:
        return {**super().get_config(), "q": self.q}
