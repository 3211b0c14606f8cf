"""Constraints on the sign and the length of weights, each a projection or a step towards one.

Lengths are taken along `axis`, one number or several: 0 for the vectors of a dense kernel (inputs, units), one for each
unit; [0, 1, 2] for the filters of a convolution kernel (height, width, inputs, filters).
"""

from collections.abc import Sequence

import numpy as np

from vitral.config import epsilon
from vitral.constraints.constraint import Constraint, registry
from vitral.typing import Array, Config

Axis = int | Sequence[int]


@registry.register()
class NonNeg(Constraint):
    """No value below 0.

    >>> NonNeg()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def __call__(self, w: Array) -> Array:
        return np.maximum(w, 0)


class _OnLength(Constraint):
    """Base of constraints that change lengths and keep directions: a subclass writes `allowed`."""

    def __init__(self, axis: Axis) -> None:
        self.axis = axis

    def allowed(self, length: Array) -> Array | float:
        """The lengths that vectors of these lengths shall have."""
        raise NotImplementedError(f"{type(self).__name__} has no allowed")

    def __call__(self, w: Array) -> Array:
        axis = self.axis if isinstance(self.axis, int) else tuple(self.axis)
        length = np.sqrt(np.square(w).sum(axis=axis, keepdims=True))
        scaled: Array = w * (self.allowed(length) / (epsilon() + length))
        return scaled

    def get_config(self) -> Config:
        return {"axis": self.axis}


@registry.register()
class MaxNorm(_OnLength):
    """No vector longer than `max_value`. Srivastava et al., "Dropout", JMLR 2014.

    >>> MaxNorm(2.0)(np.array([[3.0], [4.0]])).round(3)
    array([[1.2],
           [1.6]])
    """

    def __init__(self, max_value: float = 2, axis: Axis = 0) -> None:
        super().__init__(axis)
        self.max_value = max_value

    def allowed(self, length: Array) -> Array | float:
        return np.clip(length, 0, self.max_value)

    def get_config(self) -> Config:
        return {"max_value": self.max_value, **super().get_config()}


@registry.register()
class UnitNorm(_OnLength):
    """Every vector of length 1.

    >>> UnitNorm()(np.array([[3.0], [4.0]])).round(3)
    array([[0.6],
           [0.8]])
    """

    def __init__(self, axis: Axis = 0) -> None:
        super().__init__(axis)

    def allowed(self, length: Array) -> Array | float:
        return 1.0


@registry.register()
class MinMaxNorm(_OnLength):
    """Lengths from `min_value` to `max_value`; `rate` below 1 goes only that part of the way at each step.

    >>> MinMaxNorm(max_value=1.0, rate=0.5)(np.array([[3.0], [4.0]])).round(3)
    array([[1.8],
           [2.4]])
    """

    def __init__(self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Axis = 0) -> None:
        super().__init__(axis)
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate

    def allowed(self, length: Array) -> Array | float:
        within: Array = self.rate * np.clip(length, self.min_value, self.max_value) + (1 - self.rate) * length
        return within

    def get_config(self) -> Config:
        return {
            "min_value": self.min_value,
            "max_value": self.max_value,
            "rate": self.rate,
            **super().get_config(),
        }
