"""The base class of losses: it weighs and adds up, a subclass is only the formula and its derivative."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from vitral.config import floatx
from vitral.core.configurable import Configurable, only_default
from vitral.core.naming import unique_name
from vitral.core.registry import Registry
from vitral.core.targets import along_last, as_float
from vitral.errors import ConfigError, ShapeError
from vitral.losses.reduction import check_reduction, coefficients
from vitral.typing import Array, Config


class Loss(Configurable):
    """How far predictions are from targets.

    A subclass writes `call`, the losses of the samples, and `gradient`, their derivative. Targets arrive in the type of
    the predictions. `reduction` says how the losses of a batch become one number: "sum_over_batch_size" or "mean" (the
    default), "sum", "mean_with_sample_weight", "none" or None. Raises ConfigError for any other. `dtype` is Keras'; a
    loss is always computed in the type of the predictions, so any but that of `config.floatx()` is refused.

    >>> class CubicError(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return (np.abs(y_pred - y_true) ** 3).mean(axis=-1)
    ...     def gradient(self, y_true, y_pred):
    ...         error = y_pred - y_true
    ...         return 3 * error * np.abs(error) / error.shape[-1]
    >>> CubicError()([[0.0, 0.0]], [[1.0, 2.0]])
    4.5
    """

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: str | None = None
    ) -> None:
        self.name = name or unique_name(type(self).__name__)
        self.reduction = check_reduction(reduction)
        only_default("dtype", dtype, (None, floatx()), self.name)

    @property
    def dtype(self) -> str:
        """Name of the type in which losses are computed."""
        return floatx()

    # What a subclass writes.

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """The losses of the samples: shape (batch,), or (batch, ...) with further axes of the predictions."""
        raise NotImplementedError(f"{type(self).__name__} has no call")

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        """Derivative of each prediction's own loss with respect to it, of the predictions' shape."""
        raise NotImplementedError(
            f"{type(self).__name__} has no gradient, which training needs: the derivative of call by y_pred"
        )

    def get_config(self) -> Config:
        """The arguments from which the loss can be built again; a subclass adds its own."""
        return {"name": self.name, "reduction": self.reduction}

    # What the base class does.

    def arranged(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        """Targets and predictions with the axis of a loss at the end."""
        return y_true, y_pred

    def restored(self, gradient: Array) -> Array:
        """The gradient with that axis at its place again."""
        return gradient

    def counting_weights(
        self, y_true: Array, losses: Array, sample_weight: npt.ArrayLike | None
    ) -> npt.ArrayLike | None:
        """The weights of the samples, or of all losses where some do not count at all."""
        return sample_weight

    @property
    def fused_activation(self) -> str | None:
        """The activation in front of this loss whose derivative may be merged with the loss's, or None."""
        return None

    def __call__(self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None) -> Any:
        """The loss of a batch: a float, or with reduction "none" the array of weighted losses.

        `sample_weight` has the shape (batch,), or that of the losses; raises ShapeError for any other.
        """
        y_pred = as_float(y_pred)
        targets = self.targets(y_true, y_pred)
        losses = np.asarray(self.call(targets, y_pred))
        counted = coefficients(losses, self.counting_weights(targets, losses, sample_weight), self.reduction)
        return losses * counted if self.reduction in ("none", None) else _total(losses, counted)

    def loss_and_gradient(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> tuple[float, Array]:
        """The loss of a batch and its derivative by the predictions, both weighted and reduced.

        With reduction "none" it is the sum of the losses, as if the array were differentiated by automatic means.
        """
        return self._reduced(self.values_and_gradient, y_true, y_pred, sample_weight)

    def loss_and_preactivation_gradient(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> tuple[float, Array]:
        """Like `loss_and_gradient`, but the derivative is by the input of `fused_activation`, whose output y_pred is.

        Raises ConfigError if the loss has no `fused_activation`.
        """
        return self._reduced(self.values_and_preactivation_gradient, y_true, y_pred, sample_weight)

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        """What `call` and `gradient` return; overridden where one pass gives both."""
        return self.call(y_true, y_pred), self.gradient(y_true, y_pred)

    def values_and_preactivation_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        """The losses of the samples, and their derivative by the input of `fused_activation`."""
        raise ConfigError(f'loss "{self.name}" is not merged with an activation')

    def targets(self, y_true: npt.ArrayLike, y_pred: Array) -> Array:
        """The targets as `call` and `gradient` get them."""
        return np.asarray(y_true).astype(y_pred.dtype, copy=False)

    def _reduced(
        self,
        function: Callable[[Array, Array], tuple[Array, Array]],
        y_true: npt.ArrayLike,
        y_pred: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None,
    ) -> tuple[float, Array]:
        given = as_float(y_pred)
        targets, y_pred = self.arranged(self.targets(y_true, given), given)
        losses, gradient = function(targets, y_pred)
        losses = np.asarray(losses)
        if gradient.size != y_pred.size or losses.shape != gradient.shape[: losses.ndim]:
            raise ShapeError(
                f'loss "{self.name}" gave losses of shape {losses.shape} and a gradient of shape {gradient.shape} for '
                f"predictions of shape {y_pred.shape}; expected one loss for each vector, and the predictions' shape"
            )
        counted = coefficients(losses, self.counting_weights(targets, losses, sample_weight), self.reduction)
        by_vector = counted
        if not isinstance(counted, float):
            by_vector = counted.reshape(counted.shape + (1,) * (gradient.ndim - counted.ndim))
        return _total(losses, counted), self.restored((gradient * by_vector).reshape(y_pred.shape))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, reduction={self.reduction}>"


def _total(losses: Array, counted: float | Array) -> float:
    """Sum of losses times what they count, added up in double precision."""
    if isinstance(counted, float):
        return float(np.add.reduce(losses, axis=None, dtype=np.float64)) * counted
    return float((losses * counted).sum(dtype=np.float64))


class OnePassLoss(Loss):
    """A loss whose values and derivative come from one operation: a subclass writes `values_and_gradient`."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if {"call", "gradient"} & vars(cls).keys() and "values_and_gradient" not in vars(cls):
            raise ConfigError(
                f"{cls.__name__} changes call or gradient of {cls.__base__.__name__ if cls.__base__ else 'a loss'}, "
                "but training takes both from values_and_gradient: override that, or derive from Loss"
            )

    def values_and_gradient(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        raise NotImplementedError(f"{type(self).__name__} has no values_and_gradient")

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return self.values_and_gradient(*self.arranged(y_true, y_pred))[0]

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        targets, predictions = self.arranged(y_true, y_pred)
        return self.restored(self.values_and_gradient(targets, predictions)[1].reshape(np.shape(predictions)))

    def targets(self, y_true: npt.ArrayLike, y_pred: Array) -> Array:
        return np.asarray(y_true)


class AlongAxis(OnePassLoss):
    """A loss over any axis of the predictions; a subclass writes `values_and_gradient` for the last one."""

    def __init__(self, axis: int, name: str | None, reduction: str | None, dtype: str | None) -> None:
        super().__init__(name, reduction, dtype)
        self.axis = axis

    def arranged(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        if self.axis == -1:
            return np.asarray(y_true), y_pred
        return along_last(y_true, y_pred, self.axis, name=self.name)

    def restored(self, gradient: Array) -> Array:
        return gradient if self.axis == -1 else np.ascontiguousarray(np.moveaxis(gradient, -1, self.axis))


registry: Registry[Loss] = Registry("loss", "keras.losses", Loss)
