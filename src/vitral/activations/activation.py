"""The base class of activations."""

from typing import Any

import numpy as np

from vitral.config import floatx
from vitral.core.configurable import Configurable
from vitral.core.registry import Registry
from vitral.core.symbolic import OPERATORS, KerasTensor
from vitral.typing import Array, Cache, Shape


class Activation(Configurable):
    """A function of an array and its derivative: a subclass writes `forward` and `backward`.

    >>> class Square(Activation):
    ...     def forward(self, x):
    ...         return x * x, x
    ...     def backward(self, dy, cache):
    ...         return 2 * cache * dy
    >>> Square()(np.array([3.0]))
    array([9.])

    Called on a symbolic tensor, it is a layer.
    """

    fused_name: str | None = None
    """Name by which dense and conv2d can apply this activation themselves; None if they cannot."""

    keeps_shape = True
    """Whether the output has the input's shape; a layer with a kernel takes no activation that changes it."""

    @property
    def name(self) -> str:
        """The name under which layers write it into their configuration."""
        return type(self).__name__

    # The same, for what treats an activation as a function, as it is in Keras.
    __name__ = property(lambda self: self.name)

    def forward(self, x: Array) -> tuple[Array, Cache]:
        """The activation of `x`, and what `backward` will need."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def backward(self, dy: Array, cache: Cache) -> Array:
        """The gradient with respect to the input, from the one with respect to the output."""
        raise NotImplementedError(f"{type(self).__name__} has no backward")

    def output_shape(self, input_shape: Shape) -> Shape:
        """Shape of the output for an input of this shape."""
        return input_shape

    def __call__(self, x: Any) -> Any:
        return OPERATORS["activate"](x, self) if isinstance(x, KerasTensor) else self.forward(as_floats(x))[0]

    def __repr__(self) -> str:
        return f"<activation {self.name}>"


def as_floats(x: Array) -> Array:
    """The array as it is if it holds floats, otherwise as `config.floatx()`."""
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(floatx())


registry: Registry[Activation] = Registry("activation", "keras.activations", Activation)
