"""Any model as a regressor."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self

from sklearn.base import RegressorMixin

from vitral.callbacks import Callback
from vitral.config import floatx
from vitral.errors import ConfigError
from vitral.losses import Loss, MeanSquaredError
from vitral.models import Model
from vitral.sklearn.neural_net import NeuralNet
from vitral.typing import Array


class NeuralNetRegressor(RegressorMixin, NeuralNet):
    """A Vitral model, or a function that makes one, as a scikit-learn regressor.

    `model` is a model, of which every fit trains a copy from the weights it has, or a function, which gets the
    parameters written model__name, and what it has arguments for of `input_shape` (of one sample) and `n_outputs`.
    The model ends in one output for each column of y. The loss is the mean squared error unless given; everything else
    is as in `NeuralNetClassifier`. y has the shape (samples,) or (samples, outputs).

    >>> import numpy as np
    >>> from vitral import Sequential, layers
    >>> x = np.linspace(-1, 1, 64)[:, np.newaxis]
    >>> line = NeuralNetRegressor(Sequential([layers.Dense(1)]), optimizer="adam", epochs=2, random_state=0)
    >>> line.fit(x, 3 * x[:, 0]).predict(x).shape, line.n_epochs_, sorted(line.history_)
    ((64,), 2, ['loss'])
    """

    _target_options: Mapping[str, Any] = {"y_numeric": True}

    def __init__(
        self,
        model: Model | Callable[..., Model],
        *,
        input_shape: Sequence[int] | None = None,
        optimizer: Any = None,
        loss: Any = None,
        metrics: Any = None,
        epochs: int = 1,
        batch_size: int | None = None,
        callbacks: Callback | Iterable[Callback] | None = None,
        validation_split: float = 0.0,
        shuffle: bool = True,
        verbose: Any = 0,
        warm_start: bool = False,
        random_state: Any = None,
        **model_parameters: Any,
    ) -> None:
        self._keep(locals())

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> Self:
        """Train for `epochs`; returns self. Loss and metrics on X_val are in history_ as val_loss and so on."""
        return self._fit(
            X,
            y,
            sample_weight,
            (X_val, y_val, sample_weight_val),
            afresh=not (self.warm_start and hasattr(self, "model_")),
            **self._fit_options(),
        )

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """One epoch on X and y; returns self."""
        options = {**self._fit_options(), "epochs": 1, "validation_split": 0.0}
        return self._fit(X, y, sample_weight, afresh=not hasattr(self, "model_"), **options)

    def predict(self, X: Any) -> Array:
        """The predicted values, in the shape of y."""
        outputs = self._outputs(X)
        return outputs if self._in_columns else outputs[:, 0]

    def _learn_targets(self, y: Array) -> None:
        self._in_columns = y.ndim > 1
        self._n_outputs = y.shape[1] if self._in_columns else 1

    def _offered(self) -> dict[str, int]:
        return {"n_outputs": self._n_outputs}

    def _default_loss(self, model: Model) -> Loss:
        return MeanSquaredError(reduction="mean_with_sample_weight")

    def _encode(self, y: Array, weight: Array | None) -> tuple[Array, Array | None]:
        outputs = self.model_.output_shape[-1]
        columns = y.shape[1] if y.ndim > 1 else 1
        if outputs != columns:
            raise ConfigError(f"the model has {outputs} outputs, but y has {columns} columns")
        return y.reshape(len(y), -1).astype(floatx()), weight

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
