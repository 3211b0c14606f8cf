"""Penalties on large weights, each with its gradient."""

import math
from typing import Any

import numpy as np

from vitral import ops
from vitral.core.configurable import Configurable, is_number
from vitral.core.registry import Registry
from vitral.errors import ConfigError
from vitral.typing import Array, Config


class Regularizer(Configurable):
    """A number added to the loss for a variable's value: a subclass writes `__call__` and `gradient`."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if {"__call__", "gradient"} & vars(cls).keys() and "add_gradient" not in vars(cls):
            # What a class does in one pass does not hold for a subclass that writes its parts anew.
            setattr(cls, "add_gradient", Regularizer.add_gradient)  # noqa: B010  a plain assignment is a type error

    def __call__(self, value: Array) -> float:
        """The penalty for this value."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__")

    def gradient(self, value: Array) -> Array:
        """Derivative of the penalty with respect to every element, an array of the value's shape."""
        raise NotImplementedError(f"{type(self).__name__} has no gradient")

    def add_gradient(self, value: Array, gradient: Array) -> float:
        """Add the gradient for `value` to `gradient` in place; returns the penalty."""
        gradient += self.gradient(value)
        return float(self(value))


registry: Registry[Regularizer] = Registry("regularizer", "keras.regularizers", Regularizer)


def check_strength(argument: str, value: float) -> float:
    """The number itself; raises ConfigError unless it is a finite number from 0 on."""
    if not (is_number(value) and 0 <= value < math.inf):
        raise ConfigError(f"{argument} is {value!r}; expected a number from 0 on")
    return value


@registry.register()
class L1(Regularizer):
    """l1 * sum |w|; at w = 0 the gradient is taken as 0.

    >>> L1(0.1)(np.array([1.0, -2.0])), L1(0.1).gradient(np.array([1.0, -2.0]))
    (0.30000000000000004, array([ 0.1, -0.1]))
    """

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = check_strength("l1", l1)

    def __call__(self, value: Array) -> float:
        return self.l1 * float(np.abs(value).sum())

    def gradient(self, value: Array) -> Array:
        return self.l1 * np.sign(value)

    def get_config(self) -> Config:
        return {"l1": self.l1}


@registry.register()
class L2(Regularizer):
    """l2 * sum w^2, without the half that some books put there.

    >>> L2(0.1)(np.array([1.0, -2.0])), L2(0.1).gradient(np.array([1.0, -2.0]))
    (0.5, array([ 0.2, -0.4]))
    """

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = check_strength("l2", l2)

    def __call__(self, value: Array) -> float:
        return self.l2 * float(np.square(value).sum())

    def gradient(self, value: Array) -> Array:
        return 2.0 * self.l2 * value

    def add_gradient(self, value: Array, gradient: Array) -> float:
        return ops.l2_penalty(value, gradient, strength=self.l2)

    def get_config(self) -> Config:
        return {"l2": self.l2}


@registry.register("l1_l2")
class L1L2(Regularizer):
    """l1 * sum |w| + l2 * sum w^2.

    >>> L1L2(0.1, 0.1)(np.array([1.0, -2.0]))
    0.8
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self._absolute = L1(l1)
        self._squared = L2(l2)

    def __call__(self, value: Array) -> float:
        return self._absolute(value) + self._squared(value)

    def gradient(self, value: Array) -> Array:
        return self._absolute.gradient(value) + self._squared.gradient(value)

    def get_config(self) -> Config:
        return {"l1": self._absolute.l1, "l2": self._squared.l2}
