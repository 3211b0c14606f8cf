"""A rectifier that learns its slope."""

from collections.abc import Sequence
from typing import Any

from vitral import constraints, initializers, ops, regularizers
from vitral.core.variable import Variable
from vitral.errors import ConfigError, ShapeError
from vitral.layers.activated import serialize_regularizer
from vitral.layers.elementwise import Elementwise
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class PReLU(Elementwise):
    """x where x > 0, alpha x elsewhere, with an alpha that is learned (He et al., ICCV 2015).

    There is one alpha for each value of a sample; along `shared_axes`, counted from 1, it is the same: [1, 2] gives one
    for each channel of an image. Raises ConfigError for an axis that the input has not, ShapeError if the length of
    another one is not known.

    >>> import numpy as np
    >>> layer = PReLU(alpha_initializer="ones", shared_axes=[1, 2])
    >>> layer(np.array([-1.0, 2.0]).reshape(1, 1, 2, 1)).ravel(), layer.alpha.shape
    (array([-1.,  2.]), (1, 1, 1))
    """

    alpha: Variable

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes and list(shared_axes)

    def build(self, input_shape: Shape) -> None:
        shared = self.shared_axes or []
        if not all(isinstance(axis, int) and 1 <= axis < len(input_shape) for axis in shared):
            raise ConfigError(
                f"PReLU: shared_axes is {self.shared_axes!r}; expected axes from 1 to {len(input_shape) - 1}"
            )
        shape = [1 if axis in shared else size for axis, size in enumerate(input_shape[1:], start=1)]
        known = [size for size in shape if size is not None]
        if len(known) < len(shape):
            raise ShapeError(
                f'layer "{self.name}" (PReLU) received an input of shape {input_shape}; '
                "expected known sizes but for shared_axes"
            )
        self.alpha = self.add_weight(
            name="alpha",
            shape=known,
            initializer=self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.prelu(x, self.alpha.value)

    def backward(self, dy: Array, cache: Cache) -> Array:
        dx, dalpha = ops.prelu_backward(dy, cache)
        self.alpha.take_grad(dalpha)
        return dx

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "alpha_initializer": initializers.serialize(self.alpha_initializer),
            "alpha_regularizer": serialize_regularizer(self.alpha_regularizer),
            "alpha_constraint": constraints.serialize(self.alpha_constraint),
            "shared_axes": self.shared_axes,
        }
