"""The base class of activations."""

import numpy as np

from vitral.config import floatx
from vitral.core.configurable import Configurable
from vitral.core.registry import Registry
from vitral.typing import Array, Cache


class Activation(Configurable):
    """A function of an array and its derivative: a subclass writes `forward` and `backward`.

    >>> class Square(Activation):
    ...     def forward(self, x):
    ...         return x * x, x
    ...     def backward(self, dy, cache):
    ...         return 2 * cache * dy
    >>> Square()(np.array([3.0]))
    array([9.])
    """

    fused_name: str | None = None
    """Name by which dense and conv2d can apply this activation themselves; None if they cannot."""

    @property
    def name(self) -> str:
        """The name under which layers write it into their configuration."""
        return self.fused_name or type(self).__name__

    def forward(self, x: Array) -> tuple[Array, Cache]:
        """The activation of `x`, and what `backward` will need."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def backward(self, dy: Array, cache: Cache) -> Array:
        """The gradient with respect to the input, from the one with respect to the output."""
        raise NotImplementedError(f"{type(self).__name__} has no backward")

    def __call__(self, x: Array) -> Array:
        x = np.asarray(x)
        return self.forward(x if x.dtype.kind == "f" else x.astype(floatx()))[0]

    def __repr__(self) -> str:
        return f"<activation {self.name}>"


registry: Registry[Activation] = Registry("activation", "keras.activations", Activation)
