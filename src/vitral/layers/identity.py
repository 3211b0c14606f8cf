"""The layer that does nothing."""

from vitral.layers.elementwise import Elementwise
from vitral.layers.layer import registry
from vitral.typing import Array, Cache


@registry.register()
class Identity(Elementwise):
    """The input as it is, such as the short way of a residual block.

    >>> import numpy as np
    >>> Identity()(np.array([[1.0, 2.0]]))
    array([[1., 2.]])
    """

    keeps_values = True

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return x, None

    def backward(self, dy: Array, cache: Cache) -> Array:
        return dy
