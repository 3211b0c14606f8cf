"""Checking the parameters of the multi-layer perceptrons, when they are fitted and not before."""

from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

from vitral import activations
from vitral.activations import Activation
from vitral.errors import ConfigError

_OF_SCIKIT_LEARN = {"identity": "linear", "logistic": "sigmoid"}
"""scikit-learn's names of activations, where they differ from Keras'."""

_CHOICES: dict[str, tuple[str, ...]] = {
    "solver": ("lbfgs", "sgd", "adam"),
    "learning_rate": ("constant", "invscaling", "adaptive"),
    "dtype": ("auto", "float32", "float64"),
    "loss": ("squared_error", "poisson"),
}


def _number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


_RULES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "alpha": ("a number from 0 on", lambda v: _number(v) and 0 <= v < np.inf),
    "batch_size": ('"auto" or a whole number from 1 on', lambda v: v == "auto" or (_whole(v) and v >= 1)),
    "learning_rate_init": ("a number above 0", lambda v: _number(v) and 0 < v < np.inf),
    "power_t": ("a number from 0 on", lambda v: _number(v) and v >= 0),
    "max_iter": ("a whole number from 1 on", lambda v: _whole(v) and v >= 1),
    "tol": ("a number from 0 on", lambda v: _number(v) and v >= 0),
    "momentum": ("a number from 0 to 1", lambda v: _number(v) and 0 <= v <= 1),
    "validation_fraction": ("a number from 0 to below 1", lambda v: _number(v) and 0 <= v < 1),
    "beta_1": ("a number from 0 to below 1", lambda v: _number(v) and 0 <= v < 1),
    "beta_2": ("a number from 0 to below 1", lambda v: _number(v) and 0 <= v < 1),
    "epsilon": ("a number above 0", lambda v: _number(v) and v > 0),
    "n_iter_no_change": ("a whole number from 1 on, or infinity", lambda v: v == np.inf or (_whole(v) and v >= 1)),
    "max_fun": ("a whole number from 1 on", lambda v: _whole(v) and v >= 1),
    **{
        name: ("True or False", lambda v: isinstance(v, bool | np.bool_))
        for name in ("shuffle", "warm_start", "nesterovs_momentum", "early_stopping")
    },
}


def check_parameters(estimator: Any) -> None:
    """Raise ConfigError, naming the parameter, unless every parameter has a value that can work."""
    for name, value in estimator.get_params(deep=False).items():
        if name in _CHOICES and value not in _CHOICES[name]:
            raise _wrong(estimator, name, value, "one of " + ", ".join(map(repr, _CHOICES[name])))
        if name in _RULES and not _RULES[name][1](value):
            raise _wrong(estimator, name, value, _RULES[name][0])
    if estimator.solver == "lbfgs" and any(dropout_rates(estimator)):
        raise ConfigError("solver 'lbfgs' needs a loss that stays the same: dropout goes with 'adam' and 'sgd' only")


def layer_sizes(estimator: Any) -> list[int]:
    """The units of the hidden layers, from a whole number or a sequence of them."""
    sizes = estimator.hidden_layer_sizes
    result = list(sizes) if np.iterable(sizes) and not isinstance(sizes, str) else [sizes]
    if not all(_whole(size) and size > 0 for size in result):
        raise _wrong(estimator, "hidden_layer_sizes", sizes, "whole numbers > 0")
    return [int(size) for size in result]


def activation_names(estimator: Any) -> list[Any]:
    """The activation of each hidden layer as it was given: one for all, or one for each."""
    return _for_each_layer(
        estimator, "activation", estimator.activation, isinstance(estimator.activation, list | tuple)
    )


def dropout_rates(estimator: Any) -> list[float]:
    """The dropout rate behind each hidden layer: one for all, or one for each."""
    given = estimator.dropout
    rates = _for_each_layer(estimator, "dropout", given, np.iterable(given) and not isinstance(given, str))
    if not all(_number(rate) and 0 <= rate < 1 for rate in rates):
        raise _wrong(estimator, "dropout", given, "a number from 0 to below 1, or one for each hidden layer")
    return [float(rate) for rate in rates]


def find_activation(identifier: Any) -> Activation:
    """An activation by scikit-learn's name, by Keras' name, or itself; raises ConfigError for an unknown one."""
    if isinstance(identifier, str):
        identifier = _OF_SCIKIT_LEARN.get(identifier, identifier)
    return activations.get(identifier)


def is_logistic(identifier: Any) -> bool:
    """Whether an activation is the logistic function, whose layers start with smaller weights."""
    return find_activation(identifier) is activations.sigmoid


def _for_each_layer(estimator: Any, name: str, given: Any, is_sequence: bool) -> list[Any]:
    count = len(layer_sizes(estimator))
    if not is_sequence:
        return [given] * count
    values: Sequence[Any] = list(given)
    if len(values) != count:
        raise _wrong(estimator, name, given, f"one for each of the {count} hidden layers")
    return list(values)


def _wrong(estimator: Any, name: str, value: Any, expected: str) -> ConfigError:
    return ConfigError(f"{type(estimator).__name__}: {name} is {value!r}; expected {expected}")
