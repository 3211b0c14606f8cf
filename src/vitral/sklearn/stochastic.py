"""Training by steps on batches: the solvers "adam" and "sgd"."""

import sys
import warnings
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from vitral import optimizers
from vitral.optimizers import Optimizer
from vitral.sklearn.batches import Batches, Samples
from vitral.typing import Array

_LEAST_ADAPTIVE_RATE = 1e-6
_ADAPTIVE_DIVISOR = 5.0

_quiet = np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore")


def new_optimizer(model: Any) -> Optimizer:
    """The optimizer that an estimator's parameters describe; its update rules are scikit-learn's."""
    if model.solver == "adam":
        return optimizers.Adam(model.learning_rate_init, model.beta_1, model.beta_2, model.epsilon, name="adam")
    return optimizers.SGD(model.learning_rate_init, model.momentum, model.nesterovs_momentum, name="sgd")


def batch_size(model: Any, samples: int) -> int:
    """The size of the batches: 200 unless given, and never more than there are samples."""
    if model.batch_size == "auto":
        return min(200, samples)
    if model.batch_size > samples:
        warnings.warn(
            f"batch_size is {model.batch_size}, but there are {samples} samples: they make one batch", stacklevel=5
        )
    return int(min(model.batch_size, samples))


@_quiet
def train(model: Any, samples: Samples, held_out: Samples | None, random: np.random.RandomState, epochs: int) -> None:
    """Train an estimator for at most that many epochs; its `_perceptron` and `_optimizer` do the work.

    Sets n_iter_, t_, loss_, loss_curve_, best_loss_ and, with samples held out, validation_scores_ and
    best_validation_score_.
    """
    batches = Batches(samples, batch_size(model, len(samples)))
    order = np.arange(len(samples)) if model.shuffle and len(batches) > 1 else None
    model.n_iter_ = 0
    try:
        while model.n_iter_ < epochs:
            if order is not None:
                order = order[_drawn(len(order), random)]
            model.loss_ = _epoch(model, batches, order)
            model.n_iter_ += 1
            model.t_ += len(samples)
            model.loss_curve_.append(model.loss_)
            _say(model, f"Iteration {model.n_iter_}, loss = {model.loss_:.8f}")
            if held_out is not None:
                _validate(model, held_out)
            _count_no_improvement(model)
            if model.solver == "sgd" and model.learning_rate == "invscaling":
                model._optimizer.learning_rate = model.learning_rate_init / (model.t_ + 1) ** model.power_t
            if model._no_improvement_count > model.n_iter_no_change:
                if _stops(model):
                    break
                model._no_improvement_count = 0
            if model.n_iter_ == model.max_iter:
                warnings.warn(
                    f"Stochastic Optimizer: Maximum iterations ({model.max_iter}) reached and the optimization "
                    "hasn't converged yet.",
                    ConvergenceWarning,
                    stacklevel=5,
                )
    except KeyboardInterrupt:
        warnings.warn("Training interrupted by user.", stacklevel=5)
    if model.early_stopping:
        for variable, best in zip(model._perceptron.variables, model._best_weights, strict=True):
            variable.assign(best)


def _drawn(samples: int, random: np.random.RandomState) -> Array:
    """An order as sklearn.utils.shuffle draws it, without its checks of arguments, which take as long as a step."""
    order = np.arange(samples)
    random.shuffle(order)
    return order


def _epoch(model: Any, batches: Batches, order: Array | None) -> float:
    """One step on every batch; returns the mean loss of the samples."""
    perceptron, optimizer = model._perceptron, model._optimizer
    variables = perceptron.variables
    total = 0.0
    for x, y, weight in batches.epoch(order):
        total += perceptron.loss_and_gradients(x, y, weight) * len(x)
        optimizer.apply(variables)
    return total / len(batches.samples)


def _validate(model: Any, held_out: Samples) -> None:
    score = model._score_of(held_out)
    model.validation_scores_.append(score)
    _say(model, f"Validation score: {score:f}")


def _count_no_improvement(model: Any) -> None:
    if not model.early_stopping:
        worse = model.loss_ > model.best_loss_ - model.tol
        model.best_loss_ = min(model.best_loss_, model.loss_)
    else:
        worse = model.validation_scores_[-1] < model.best_validation_score_ + model.tol
        if model.validation_scores_[-1] > model.best_validation_score_:
            model._best_weights = [variable.numpy() for variable in model._perceptron.variables]
    if model.validation_scores_ is not None:
        model.best_validation_score_ = max(model.best_validation_score_, model.validation_scores_[-1])
    model._no_improvement_count = model._no_improvement_count + 1 if worse else 0


def _stops(model: Any) -> bool:
    """Whether training ends, or goes on at a lower learning rate."""
    what = "Validation score" if model.early_stopping else "Training loss"
    reason = f"{what} did not improve more than tol={model.tol:f} for {model.n_iter_no_change} consecutive epochs."
    rate = model._optimizer.learning_rate
    if model.solver != "sgd" or model.learning_rate != "adaptive":
        _say(model, f"{reason} Stopping.")
    elif rate <= _LEAST_ADAPTIVE_RATE:
        _say(model, f"{reason} Learning rate too small. Stopping.")
    else:
        model._optimizer.learning_rate = rate / _ADAPTIVE_DIVISOR
        _say(model, f"{reason} Setting learning rate to {rate / _ADAPTIVE_DIVISOR:f}")
        return False
    return True


def _say(model: Any, text: str) -> None:
    if model.verbose:
        sys.stdout.write(f"{text}\n")
