"""Losses for directions and distributions."""

from vitral import ops
from vitral.config import epsilon
from vitral.core.targets import matching
from vitral.losses.loss import AlongAxis, OnePassLoss, registry
from vitral.typing import Array, Config


@registry.register("kld", "KLD")
class KLDivergence(OnePassLoss):
    """sum y_true log(y_true / y_pred) over the last axis: how far a distribution is from the true one.

    Values are held between epsilon and 1. Kullback & Leibler, "On information and sufficiency", 1951.

    >>> round(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]]), 4)
    0.1438
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "kl_divergence",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        return ops.kl_divergence(predictions, targets, epsilon=epsilon())


@registry.register()
class CosineSimilarity(AlongAxis):
    """Minus the cosine of the angle between y_true and y_pred along `axis`: -1 for the same direction.

    A vector of zeros gives 0. Raises ConfigError for an axis that the predictions do not have.

    >>> round(CosineSimilarity()([[0.0, 2.0]], [[3.0, 4.0]]), 6)
    -0.8
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "cosine_similarity",
        dtype: str | None = None,
    ) -> None:
        super().__init__(axis, name, reduction, dtype)

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        targets, predictions = matching(y_true, y_pred, name=self.name)
        return ops.cosine_similarity(predictions, targets, epsilon=epsilon())

    def get_config(self) -> Config:
        config = super().get_config()
        return config if self.axis == -1 else {**config, "axis": self.axis}  # Keras forgets it
