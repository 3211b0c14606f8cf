"""What the two estimators around a model share."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from vitral.callbacks import Callback
from vitral.config import floatx
from vitral.core.arrays import own_dtype
from vitral.core.registry import unknown_name
from vitral.core.rng import seeded
from vitral.errors import ConfigError, DataError, ShapeError
from vitral.losses import Loss
from vitral.models import Model
from vitral.sklearn.building import compile_model, new_model
from vitral.sklearn.inputs import check_weights, one_column
from vitral.typing import Array

_ROUTED = "model__"
_ROWS_AT_ONCE = 256
"""Samples that a prediction takes through the model together."""


class NeuralNet(BaseEstimator, ABC):
    """Parameters, training and prediction; a subclass says what targets and outputs mean."""

    model: Model | Callable[..., Model]
    input_shape: Sequence[int] | None
    callbacks: Callback | Iterable[Callback] | None
    model_: Model
    history_: dict[str, list[float]]
    n_epochs_: int

    # What a subclass writes.

    _target_options: Mapping[str, Any] = {}

    @abstractmethod
    def _learn_targets(self, y: Array) -> None:
        """Note what kind of targets there are."""

    @abstractmethod
    def _offered(self) -> dict[str, int]:
        """What a model's function may ask for beside the shape of a sample."""

    @abstractmethod
    def _default_loss(self, model: Model) -> Loss:
        """The loss for a model that comes without one."""

    @abstractmethod
    def _encode(self, y: Array, weight: Array | None) -> tuple[Array, Array | None]:
        """Targets as the loss gets them, and the weights of the samples with all that counts."""

    # What this class does.

    def _keep(self, arguments: dict[str, Any]) -> None:
        """Keep a constructor's arguments as they came, as scikit-learn wants it."""
        self._keep_model_parameters(arguments.pop("model_parameters"))
        for name, value in arguments.items():
            if name not in ("self", "__class__"):
                setattr(self, name, value)

    def _keep_model_parameters(self, given: dict[str, Any]) -> None:
        # An estimator without any has no attribute for them: every attribute should be a parameter by its own name.
        if given:
            self._model_parameters = {**self.model_parameters, **given}

    @property
    def model_parameters(self) -> dict[str, Any]:
        """The parameters of the model's function, by their names here, such as model__units."""
        return dict(vars(self).get("_model_parameters", {}))

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters, those of the model's function included."""
        return {**super().get_params(deep), **self.model_parameters}

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name, model__units=32 for those of the model's function; returns self."""
        own = {name: value for name, value in params.items() if name in self._get_param_names()}
        super().set_params(**own)
        self._keep_model_parameters({name: value for name, value in params.items() if name not in own})
        return self

    def _model_arguments(self) -> dict[str, Any]:
        """What goes to the model's function; raises ConfigError for a parameter that belongs to nobody."""
        for name in self.model_parameters:
            if not name.startswith(_ROUTED):
                raise unknown_name(f"parameter of {type(self).__name__}", name, self._get_param_names())
        return {name.removeprefix(_ROUTED): value for name, value in self.model_parameters.items()}

    def _fit(
        self,
        x: Any,
        y: Any,
        sample_weight: Any,
        validation: tuple[Any, Any, Any] = (None, None, None),
        *,
        afresh: bool,
        targets_known: bool = False,
        **options: Any,
    ) -> Self:
        x, y, weight = self._validated(x, y, sample_weight, reset=afresh)
        with self._seeding():
            if afresh and not targets_known:
                self._learn_targets(y)
            if afresh:
                self._make_model(x.shape[1:])
            targets, weight = self._encode(y, weight)
            start = self.n_epochs_
            history = self.model_.fit(
                x,
                targets,
                sample_weight=weight,
                initial_epoch=start,
                epochs=start + options.pop("epochs"),
                validation_data=self._validation_data(*validation),
                callbacks=self.callbacks,
                **options,
            )
        for name, values in history.history.items():
            self.history_.setdefault(name, []).extend(values)
        self.n_epochs_ += len(history.epoch)
        return self

    def _make_model(self, shape: tuple[int, ...]) -> None:
        made = new_model(self.model, self._model_arguments(), {"input_shape": shape, **self._offered()})
        parameters = self.get_params(deep=False)
        compile_model(
            made, shape, parameters["optimizer"], parameters["loss"], parameters["metrics"], self._default_loss
        )
        self.model_, self.history_, self.n_epochs_ = made, {}, 0

    def _validated(self, x: Any, y: Any, sample_weight: Any, *, reset: bool) -> tuple[Array, Array, Array | None]:
        x, y = validate_data(
            self, x, y, allow_nd=True, multi_output=True, order="C", reset=reset, **self._target_options
        )
        x = self._features(x)
        return x, one_column(y), check_weights(sample_weight, len(x), np.dtype(floatx()))

    def _validation_data(self, x: Any, y: Any, sample_weight: Any) -> tuple[Any, ...] | None:
        if x is None and y is None and sample_weight is None:
            return None
        if x is None or y is None:
            raise DataError("validation data need both X_val and y_val")
        x, y, weight = self._validated(x, y, sample_weight, reset=False)
        targets, weight = self._encode(y, weight)
        return (x, targets) if weight is None else (x, targets, weight)

    def _features(self, x: Array) -> Array:
        """Floats in the type that Vitral computes in, other numbers as they are, in the shape of `input_shape`."""
        if x.dtype.kind == "f":
            x = x.astype(floatx(), copy=False)
        x = own_dtype(x)
        if self.input_shape is None:
            return x
        shape = tuple(self.input_shape)
        if np.prod(x.shape[1:]) != np.prod(shape):
            raise ShapeError(
                f"X has the shape {x.shape}, {np.prod(x.shape[1:])} values a sample; input_shape is {shape}"
            )
        return x.reshape(len(x), *shape)

    def _fit_options(self) -> dict[str, Any]:
        names = ("epochs", "batch_size", "validation_split", "shuffle", "verbose")
        return {name: getattr(self, name) for name in names}

    def _seeding(self) -> AbstractContextManager[None]:
        """With a random_state, what is drawn in this block depends on it alone; without, on Vitral's own root."""
        given = self.get_params(deep=False)["random_state"]
        return nullcontext() if given is None else seeded(int(check_random_state(given).randint(2**31)))

    def _outputs(self, x: Any) -> Array:
        """The model's output for data from outside, (samples, outputs)."""
        check_is_fitted(self)
        x = self._features(validate_data(self, x, allow_nd=True, order="C", reset=False))
        outputs: Array = self.model_.predict(x, batch_size=_ROWS_AT_ONCE, verbose=0)
        if outputs.ndim != 2:
            raise ConfigError(f"the model's output has the shape {outputs.shape}; expected (samples, outputs)")
        return outputs
