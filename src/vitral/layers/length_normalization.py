"""Samples brought to the length of a unit vector, or to a root mean square of 1."""

from collections.abc import Sequence
from typing import Any

from vitral import ops
from vitral.core.configurable import is_number
from vitral.errors import ConfigError
from vitral.layers.arguments import known_sizes, sample_axes
from vitral.layers.elementwise import Elementwise
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class UnitNormalization(Elementwise):
    """Each sample divided by its Euclidean length along `axis`, so that the length becomes 1.

    `axis` is one axis or several, not that of the batch. Zeros stay zeros and get no gradient. Raises ConfigError for
    an axis that the input has not.

    >>> import numpy as np
    >>> UnitNormalization()(np.array([[3.0, 4.0], [0.0, 2.0]]))
    array([[0.6, 0.8],
           [0. , 1. ]])
    """

    def __init__(self, axis: int | Sequence[int] = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = list(axis) if isinstance(axis, (list, tuple)) else axis

    def build(self, input_shape: Shape) -> None:
        sample_axes(self.axis, len(input_shape), "UnitNormalization")

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.unit_norm(x, axes=sample_axes(self.axis, x.ndim, "UnitNormalization"))

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.unit_norm_backward(dy, cache)

    def get_config(self) -> Config:
        return {**super().get_config(), "axis": self.axis}


@registry.register()
class RMSNormalization(Elementwise):
    """Each sample divided by its root mean square along `axis`, times a learned scale (Zhang and Sennrich, 2019).

    `axis` is one axis or several, not that of the batch; the scale has the lengths of these axes. `epsilon` is added to
    the mean of the squares. Raises ConfigError for an axis that the input has not or an epsilon that is not above 0,
    ShapeError if the length of an axis is not known.

    >>> import numpy as np
    >>> RMSNormalization()(np.array([[1.0, 7.0], [5.0, 5.0]])).round(3)
    array([[0.2, 1.4],
           [1. , 1. ]])
    """

    def __init__(self, axis: int | Sequence[int] = -1, epsilon: float = 1e-6, **options: Any) -> None:
        super().__init__(**options)
        if not (is_number(epsilon) and epsilon > 0):
            raise ConfigError(f"RMSNormalization: epsilon is {epsilon!r}; expected a number above 0")
        self.axis = list(axis) if isinstance(axis, (list, tuple)) else axis
        self.epsilon = epsilon

    def build(self, input_shape: Shape) -> None:
        sizes = known_sizes(input_shape, self.axis, self.name, "RMSNormalization")
        self.scale = self.add_weight(name="scale", shape=sizes, initializer="ones")

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        axes = sample_axes(self.axis, x.ndim, "RMSNormalization")
        return ops.rms_norm(x, self.scale.value, axes=axes, epsilon=self.epsilon)

    def backward(self, dy: Array, cache: Cache) -> Array:
        dx, dscale = ops.rms_norm_backward(dy, cache)
        self.scale.take_grad(dscale)
        return dx

    def get_config(self) -> Config:
        return {**super().get_config(), "axis": self.axis, "epsilon": self.epsilon}
