"""Initial values without chance."""

from collections.abc import Sequence

import numpy as np

from vitral.config import floatx
from vitral.errors import ConfigError
from vitral.initializers.initializer import Initializer, registry
from vitral.typing import Array, Config


@registry.register("zero")
class Zeros(Initializer):
    """All zeros.

    >>> Zeros()((2,))
    array([0., 0.], dtype=float32)
    """

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        return np.zeros(tuple(shape), dtype or floatx())


@registry.register("one")
class Ones(Initializer):
    """All ones.

    >>> Ones()((2,))
    array([1., 1.], dtype=float32)
    """

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        return np.ones(tuple(shape), dtype or floatx())


@registry.register()
class Constant(Initializer):
    """One number, or an array that can be broadcast to the shape.

    >>> Constant(0.5)((2,))
    array([0.5, 0.5], dtype=float32)
    """

    def __init__(self, value: float = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        return np.full(tuple(shape), self.value, dtype or floatx())

    def get_config(self) -> Config:
        return {"value": self.value}


@registry.register()
class Identity(Initializer):
    """`gain` on the diagonal of a matrix, zeros elsewhere. Raises ConfigError for a shape that is no matrix's.

    >>> Identity(2.0)((2, 3))
    array([[2., 0., 0.],
           [0., 2., 0.]], dtype=float32)
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        if len(shape) != 2:
            raise ConfigError(f"an identity matrix cannot have shape {tuple(shape)}; expected two axes")
        matrix: Array = self.gain * np.eye(shape[0], shape[1], dtype=dtype or floatx())
        return matrix

    def get_config(self) -> Config:
        return {"gain": self.gain}
