"""The base class of initializers, and how a kernel's shape says how many inputs a unit has."""

import math
from collections.abc import Sequence
from typing import Self

from vitral.core.configurable import Configurable
from vitral.core.registry import Registry
from vitral.typing import Array


class Initializer(Configurable):
    """Makes the first value of a variable: a subclass writes `__call__(shape, dtype)`."""

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        """An array of this shape and type (by default `config.floatx()`)."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__")

    def clone(self) -> Self:
        """Another one with the same configuration."""
        return self.from_config(self.get_config())


def compute_fans(
    shape: Sequence[int], input_axes: Sequence[int] | None = None, output_axes: Sequence[int] | None = None
) -> tuple[int, int]:
    """Inputs and outputs of one unit (fan-in, fan-out), counted as Keras counts them.

    A dense kernel is (inputs, units); a convolution kernel (height, width, inputs, filters) has a receptive field of
    height * width, and both fans are multiplied by it. Where both are given, `input_axes` and `output_axes` say which
    axes count as inputs and as outputs instead.

    >>> compute_fans((784, 100)), compute_fans((3, 3, 32, 64)), compute_fans((10,))
    ((784, 100), (288, 576), (10, 10))
    """
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[axis] for axis in input_axes), math.prod(shape[axis] for axis in output_axes)
    if len(shape) < 2:
        size = shape[0] if shape else 1
        return int(size), int(size)
    field = math.prod(shape[:-2])
    return int(shape[-2] * field), int(shape[-1] * field)


registry: Registry[Initializer] = Registry("initializer", "keras.initializers", Initializer)
