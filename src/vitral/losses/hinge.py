"""Losses that ask for a margin between right and wrong, as support vector machines do."""

from vitral import ops
from vitral.core.targets import matching, signs
from vitral.losses.loss import OnePassLoss, registry
from vitral.typing import Array


@registry.register()
class Hinge(OnePassLoss):
    """mean max(1 - y_true y_pred, 0) over the last axis; targets are -1 and 1, or 0 and 1.

    Cortes and Vapnik, "Support-vector networks", 1995.

    >>> Hinge()([[1.0, 0.0]], [[0.5, -2.0]])
    0.25
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "hinge",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = signs(*matching(y_true, y_pred, name=self.name))
        return ops.hinge(predictions, targets)


@registry.register()
class SquaredHinge(OnePassLoss):
    """mean max(1 - y_true y_pred, 0)^2 over the last axis; targets are -1 and 1, or 0 and 1.

    >>> SquaredHinge()([[1.0, 0.0]], [[0.5, -2.0]])
    0.125
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "squared_hinge",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = signs(*matching(y_true, y_pred, name=self.name))
        return ops.squared_hinge(predictions, targets)


@registry.register()
class CategoricalHinge(OnePassLoss):
    """max(1 + highest wrong score - score of the true class, 0), for one-hot targets.

    >>> CategoricalHinge()([[0.0, 1.0]], [[2.0, 1.5]])
    1.5
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_hinge",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        return ops.categorical_hinge(predictions, targets)
