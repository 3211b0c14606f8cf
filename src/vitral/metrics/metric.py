"""The base class of metrics: named sums in double precision, from which a result is computed at any time."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from vitral import initializers
from vitral.core.configurable import Configurable
from vitral.core.naming import unique_name
from vitral.core.registry import Registry
from vitral.core.variable import Variable
from vitral.typing import Array, Config


class Metric(Configurable):
    """A figure over all batches since `reset_state`.

    A subclass creates its sums with `add_variable` and writes `update_state` and `result`. `direction` says whether
    more is better ("up"), less is ("down"), or neither (None). Sums are always kept in double precision; `dtype` is
    taken for Keras' sake and only given back by `get_config`.

    >>> class LargestError(Metric):
    ...     direction = "down"
    ...     def __init__(self, name="largest_error", dtype=None):
    ...         super().__init__(name, dtype)
    ...         self.largest = self.add_variable(name="largest")
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.largest.assign(max(self.largest.value, np.abs(np.subtract(y_pred, y_true)).max()))
    ...     def result(self):
    ...         return float(self.largest.value)
    >>> LargestError()([1.0, 2.0], [1.5, 2.0])
    0.5
    """

    direction: str | None = None

    def __init__(self, name: str | None = None, dtype: str | None = None) -> None:
        self.name = name or unique_name(type(self).__name__)
        self.dtype = dtype
        self._variables: dict[str, Variable] = {}

    # What a subclass writes.

    def update_state(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        """Take a batch into account."""
        raise NotImplementedError(f"{type(self).__name__} has no update_state")

    def result(self) -> float | Any:
        """The figure so far: a float, or an array where there are several."""
        raise NotImplementedError(f"{type(self).__name__} has no result")

    def get_config(self) -> Config:
        """The arguments from which the metric can be built again; a subclass adds its own."""
        return {"name": self.name, "dtype": self.dtype}

    # What the base class does.

    def add_variable(
        self, shape: Sequence[int] = (), initializer: Any = "zeros", dtype: str | None = None, name: str | None = None
    ) -> Variable:
        """The sum of this name; a second call gives the same one. `reset_state` sets it to zero, as in Keras.

        Any `dtype` is taken, and the sum kept in double precision.
        """
        name = name or f"variable_{len(self._variables)}"
        if name not in self._variables:
            value = initializers.get(initializer)(tuple(shape), "float64")
            self._variables[name] = Variable(value, name=name, trainable=False, path=f"{self.name}/{name}")
        return self._variables[name]

    def add_weight(
        self, shape: Sequence[int] = (), initializer: Any = None, dtype: str | None = None, name: str | None = None
    ) -> Variable:
        """Keras' older name of `add_variable`."""
        return self.add_variable(shape, initializer or "zeros", dtype, name)

    @property
    def variables(self) -> list[Variable]:
        """All sums, in order of creation."""
        return list(self._variables.values())

    def __call__(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> float | Any:
        """Take a batch into account and return the figure so far."""
        self.update_state(y_true, y_pred, sample_weight)
        return self.result()

    def reset_state(self) -> None:
        """Forget all batches."""
        for variable in self._variables.values():
            variable.value[...] = 0

    def get_state(self) -> dict[str, Array]:
        """Copies of all sums by name: what a resumed run needs to end with the same bits."""
        return {name: variable.numpy() for name, variable in self._variables.items()}

    def set_state(self, state: Mapping[str, Array]) -> None:
        """Continue from what `get_state` returned, also where the first batch would have created the sums."""
        for name, value in state.items():
            self.add_variable(name=name, shape=np.shape(value)).assign(value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


registry: Registry[Metric] = Registry("metric", "keras.metrics", Metric)


def ratio(numerator: Array, denominator: Array) -> Array:
    """numerator / denominator, and 0 where the denominator is 0."""
    result = np.zeros(np.broadcast_shapes(np.shape(numerator), np.shape(denominator)))
    return np.divide(numerator, denominator, out=result, where=denominator != 0)
