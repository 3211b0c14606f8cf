"""What the two multi-layer perceptrons share."""

from abc import ABC, abstractmethod
from enum import Enum, auto
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from vitral.core.arrays import own_dtype
from vitral.errors import ConfigError, DataError
from vitral.optimizers import Optimizer
from vitral.sklearn import lbfgs, stochastic
from vitral.sklearn.batches import Samples
from vitral.sklearn.inputs import check_weights, one_column, random_state
from vitral.sklearn.objectives import Objective
from vitral.sklearn.parameters import (
    activation_names,
    check_parameters,
    dropout_rates,
    find_activation,
    is_logistic,
    layer_sizes,
)
from vitral.sklearn.perceptron import Perceptron, Recipe
from vitral.typing import Array


class Use(Enum):
    """What samples are for, which decides what may be new about them."""

    FIRST_FIT = auto()
    WARM_FIT = auto()
    PARTIAL_FIT = auto()
    VALIDATION = auto()


def _is_stochastic(estimator: Any) -> bool:
    return bool(estimator.solver != "lbfgs")


class MultiLayerPerceptron(BaseEstimator, ABC):
    """Parameters, training and pickling; a subclass says what targets are, and what it minimizes."""

    coefs_: list[Array]
    intercepts_: list[Array]
    loss_curve_: list[float]
    best_loss_: float | None
    validation_scores_: list[float] | None
    best_validation_score_: float | None
    _perceptron: Perceptron | None
    _optimizer: Optimizer | None

    # What a subclass writes.

    @abstractmethod
    def _targets(self, y: Any, weight: Array | None, dtype: np.dtype, use: Use) -> tuple[Array, Array | None]:
        """Targets as the objective gets them, and the weights of the samples with all that counts."""

    @abstractmethod
    def _outputs(self, y: Array) -> int:
        """The number of outputs for these targets."""

    @abstractmethod
    def _objective(self) -> tuple[str, Any, Objective]:
        """out_activation_, the activation of the last layer itself, and what is minimized behind it."""

    @abstractmethod
    def _score_of(self, samples: Samples) -> float:
        """The score on validated samples."""

    # What this class does.

    def _keep(self, arguments: dict[str, Any]) -> None:
        """Keep a constructor's arguments as they came, as scikit-learn wants it."""
        for name, value in arguments.items():
            if name not in ("self", "__class__"):
                setattr(self, name, value)

    def _fit(self, x: Any, y: Any, sample_weight: Any, validation: tuple[Any, Any, Any], *, incremental: bool) -> Self:
        check_parameters(self)
        if incremental and self.early_stopping:
            raise ConfigError("partial_fit does not support early_stopping=True")
        afresh = not hasattr(self, "coefs_") or not (self.warm_start or incremental)
        use = Use.PARTIAL_FIT if incremental else Use.FIRST_FIT if afresh else Use.WARM_FIT
        samples = self._validated(x, y, sample_weight, use, afresh)
        random = random_state(self.random_state)
        if afresh:
            self._initialize(samples, random)
        held_out = self._validated_apart(*validation)
        self._prepare(samples)
        if self.solver == "lbfgs":
            lbfgs.train(self, samples)
        else:
            if self.early_stopping and held_out is None:
                samples, held_out = self._split(samples, random)
            if held_out is not None and self.validation_scores_ is None:
                self.validation_scores_, self.best_validation_score_ = [], -np.inf
            if not incremental or self._optimizer is None:
                self._optimizer = stochastic.new_optimizer(self)
            stochastic.train(self, samples, held_out, random, 1 if incremental else self.max_iter)
        if not all(np.isfinite(values).all() for values in (*self.coefs_, *self.intercepts_)):
            raise ValueError(
                "training led to weights that are not finite: the data may hold large values, scale them, or take a "
                "smaller learning_rate_init"
            )
        return self

    def _validated(self, x: Any, y: Any, sample_weight: Any, use: Use, afresh: bool) -> Samples:
        x, y = validate_data(
            self,
            x,
            y,
            accept_sparse="csr",
            multi_output=True,
            dtype=self._types(afresh),
            order="C",
            reset=afresh,
            **self._target_options,
        )
        dtype = np.dtype(x.dtype.type)
        return Samples(x, *self._targets(one_column(y), check_weights(sample_weight, x.shape[0], dtype), dtype, use))

    _target_options: dict[str, Any] = {}  # noqa: RUF012  a subclass replaces it, nobody changes it

    def _validated_apart(self, x: Any, y: Any, sample_weight: Any) -> Samples | None:
        """The user's own validation data, or None."""
        if x is None and y is None and sample_weight is None:
            return None
        if x is None or y is None:
            raise DataError("validation data need both X_val and y_val")
        if self.solver == "lbfgs":
            raise ConfigError("X_val is looked at after every epoch, which solver 'lbfgs' does not have")
        return self._validated(x, y, sample_weight, Use.VALIDATION, afresh=False)

    def _types(self, afresh: bool) -> Any:
        if not afresh:
            return self.coefs_[0].dtype
        return (np.float64, np.float32) if self.dtype == "auto" else np.dtype(self.dtype)

    def _initialize(self, samples: Samples, random: np.random.RandomState) -> None:
        """Draw the first weights as scikit-learn does: with the same random_state they are the same."""
        outputs = self._outputs(samples.y)
        units = [samples.x.shape[1], *layer_sizes(self), outputs]
        names = activation_names(self)
        self.coefs_ = []
        self.intercepts_ = []
        # The last layer follows the one before it.
        for inputs, size, name in zip(units[:-1], units[1:], [*names, *(names[-1:] or ["relu"])], strict=True):
            bound = np.sqrt((2.0 if is_logistic(name) else 6.0) / (inputs + size))
            self.coefs_.append(random.uniform(-bound, bound, (inputs, size)).astype(samples.x.dtype.type))
            self.intercepts_.append(random.uniform(-bound, bound, size).astype(samples.x.dtype.type))
        self._dropout_seeds = [int(random.randint(2**31)) if rate else 0 for rate in dropout_rates(self)]
        self._perceptron = self._optimizer = None
        self.n_layers_, self.n_outputs_ = len(units), outputs
        self.n_iter_ = self.t_ = 0
        if _is_stochastic(self):
            self.loss_curve_ = []
            self._no_improvement_count = 0
            self.validation_scores_ = [] if self.early_stopping else None
            self.best_validation_score_ = -np.inf if self.early_stopping else None
            self.best_loss_ = None if self.early_stopping else np.inf

    def _prepare(self, samples: Samples) -> None:
        """The perceptron for these weights and parameters."""
        hidden = [coef.shape[1] for coef in self.coefs_[:-1]]
        if layer_sizes(self) != hidden:
            raise ConfigError(f"hidden_layer_sizes is {self.hidden_layer_sizes}, but the fitted layers are {hidden}")
        if self._outputs(samples.y) != self.n_outputs_:
            raise DataError(f"y has {self._outputs(samples.y)} outputs, but the fitted model has {self.n_outputs_}")
        self.out_activation_, last, objective = self._objective()
        self._recipe = Recipe(
            activations=[*map(find_activation, activation_names(self)), find_activation(last)],
            dropout=dropout_rates(self),
            dropout_seeds=self._dropout_seeds,
            objective=objective,
            alpha=float(self.alpha),
        )
        if self._perceptron is None or self._perceptron.recipe != self._recipe or not self._holds():
            self._rebuild()

    def _split(self, samples: Samples, random: np.random.RandomState) -> tuple[Samples, Samples]:
        """Hold out `validation_fraction` of the samples, as scikit-learn does."""
        stratify = samples.y if self.out_activation_ == "logistic" and self.n_outputs_ == 1 else None
        rest, part = train_test_split(
            np.arange(len(samples)), random_state=random, test_size=self.validation_fraction, stratify=stratify
        )
        if len(part) < 2:
            raise DataError(
                f"validation_fraction={self.validation_fraction} of {len(samples)} samples holds out {len(part)}; "
                "expected 2 or more"
            )
        return samples.part(rest), samples.part(part)

    def _scores(self, x: Any) -> Array:
        """The last layer's output for data from outside."""
        check_is_fitted(self)
        x = validate_data(self, x, accept_sparse="csr", dtype=self.coefs_[0].dtype, order="C", reset=False)
        if not self._holds():
            self._rebuild()
        return self._network_scores(x)

    def _network_scores(self, x: Array) -> Array:
        assert self._perceptron is not None, "it is made by fit"
        return self._perceptron.scores(x)

    def _holds(self) -> bool:
        return self._perceptron is not None and self._perceptron.holds(self.coefs_, self.intercepts_)

    def _rebuild(self) -> None:
        """A perceptron around coefs_ and intercepts_, with the state of the one before."""
        state = self._training_state()
        self._perceptron = Perceptron(self.coefs_, self.intercepts_, self._recipe)
        self._restore(*state)

    def _training_state(self) -> tuple[list[Array], list[Array]]:
        """What training needs beside the weights: positions of random streams, and the optimizer."""
        perceptron, optimizer = self._perceptron, self._optimizer
        return (
            [] if perceptron is None else [variable.numpy() for variable in perceptron.streams],
            [] if optimizer is None else [variable.numpy() for variable in optimizer.variables],
        )

    def _restore(self, streams: list[Array], slots: list[Array]) -> None:
        assert self._perceptron is not None, "it was made just before"
        if len(streams) == len(self._perceptron.streams):
            for variable, value in zip(self._perceptron.streams, streams, strict=True):
                variable.assign(value)
        self._optimizer = None
        if slots:
            self._optimizer = stochastic.new_optimizer(self)
            self._optimizer.build(self._perceptron.variables)
            for variable, value in zip(self._optimizer.variables, slots, strict=True):
                variable.assign(value)

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        if "_recipe" in state:
            state["_training"] = self._training_state()
            state |= {"_perceptron": None, "_optimizer": None}
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        training = state.get("_training")
        super().__setstate__({name: value for name, value in state.items() if name != "_training"})
        if training is not None:
            self.coefs_ = [own_dtype(coef) for coef in self.coefs_]
            self.intercepts_ = [own_dtype(intercept) for intercept in self.intercepts_]
            self._perceptron = Perceptron(self.coefs_, self.intercepts_, self._recipe)
            self._restore(*training)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


only_stochastic = available_if(_is_stochastic)
"""Decorator of `partial_fit`, which a solver that looks at all samples at once does not have."""
