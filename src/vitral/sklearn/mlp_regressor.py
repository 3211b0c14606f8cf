"""A dense network that predicts numbers."""

from collections.abc import Sequence
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score

from vitral.activations import Activation
from vitral.errors import ConfigError, DataError
from vitral.sklearn.batches import Samples
from vitral.sklearn.mlp import MultiLayerPerceptron, Use, only_stochastic
from vitral.sklearn.objectives import Objective, half_poisson_deviance, half_squared_error
from vitral.typing import Array


class MLPRegressor(RegressorMixin, MultiLayerPerceptron):
    """scikit-learn's MLPRegressor, trained by Vitral: the same parameters, attributes, first weights and steps.

    Further parameters:

    - `dtype`: "auto" computes in the type of X as scikit-learn does; "float32" is several times faster.
    - `activation`: one for all hidden layers or a sequence with one for each; also every name that Keras has.
    - `out_activation`: "auto" is "identity", or "exp" for the loss "poisson"; others, such as "logistic" or "softplus",
      keep predictions in their range and go with the loss "squared_error".
    - `dropout`: the share of a hidden layer's values that a training step leaves out, one number or one for each layer.

    X has the shape (samples, features), dense or sparse; y (samples,) or (samples, outputs). The loss of a sample is
    added up over its outputs, so loss_ is that many times scikit-learn's, whose steps are the same.
    random_state=None follows `vitral.set_seed`. Raises ConfigError or DataError, both ValueError, for what cannot work.

    >>> x = np.linspace(-1, 1, 200)[:, np.newaxis]
    >>> regressor = MLPRegressor(hidden_layer_sizes=32, solver="lbfgs", activation="tanh", random_state=0)
    >>> regressor.fit(x, np.sin(3 * x[:, 0])).score(x, np.sin(3 * x[:, 0])) > 0.99
    True
    """

    _target_options = {"y_numeric": True}  # noqa: RUF012

    def __init__(
        self,
        loss: Literal["squared_error", "poisson"] = "squared_error",
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str | Activation | Sequence[str | Activation] = "relu",
        *,
        solver: Literal["lbfgs", "sgd", "adam"] = "adam",
        alpha: float = 0.0001,
        batch_size: int | Literal["auto"] = "auto",
        learning_rate: Literal["constant", "invscaling", "adaptive"] = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        dtype: Literal["auto", "float32", "float64"] = "auto",
        dropout: float | Sequence[float] = 0.0,
        out_activation: str | Activation = "auto",
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
        """Train on X and y; returns self.

        With `X_val` and `y_val` the R^2 on them is written to validation_scores_ after every epoch, and
        `early_stopping` watches them in place of a part of X.
        """
        return self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val), incremental=False)

    @only_stochastic
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """One epoch on X and y; returns self."""
        return self._fit(X, y, sample_weight, (None, None, None), incremental=True)

    def predict(self, X: Any) -> Array:
        """The predicted values, (samples,) or (samples, outputs)."""
        values = self._link(self._scores(X))
        return values[:, 0] if self.n_outputs_ == 1 else values

    def _targets(self, y: Array, weight: Array | None, dtype: np.dtype, use: Use) -> tuple[Array, Array | None]:
        if self.loss == "poisson" and y.min() < 0:
            raise DataError(f"y holds {y.min()}; expected values from 0 on for loss='poisson'")
        return y.reshape(len(y), -1).astype(dtype), weight

    def _outputs(self, y: Array) -> int:
        return int(y.shape[1])

    def _objective(self) -> tuple[str, Any, Objective]:
        if self.loss == "poisson":
            if self.out_activation not in ("auto", "exp"):
                raise ConfigError(f"out_activation is {self.out_activation!r}; loss='poisson' goes with 'exp'")
            return "exp", "linear", half_poisson_deviance
        if isinstance(self.out_activation, str):
            name = "identity" if self.out_activation == "auto" else self.out_activation
            return name, name, half_squared_error
        return self.out_activation.name, self.out_activation, half_squared_error

    def _link(self, scores: Array) -> Array:
        return np.exp(scores) if self.out_activation_ == "exp" else scores

    def _score_of(self, samples: Samples) -> float:
        """R^2; NaN if the network gives no numbers."""
        values = self._link(self._network_scores(samples.x))
        if not np.isfinite(values).all():
            return float("nan")
        return float(r2_score(samples.y, values, sample_weight=samples.weight))
