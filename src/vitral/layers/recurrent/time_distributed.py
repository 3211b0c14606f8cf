"""A layer applied to every step by itself."""

from vitral.errors import ShapeError
from vitral.layers.layer import registry
from vitral.layers.wrapper import Wrapper
from vitral.typing import Array, Cache, Shape


@registry.register()
class TimeDistributed(Wrapper):
    """The same layer on each step of a sequence: input (batch, steps, ...), output (batch, steps, ...).

    The steps of all samples go through the layer as one large batch; a BatchNormalization inside takes its means over
    all of them. Raises ConfigError for what is no layer, ShapeError for an input without steps.

    >>> import numpy as np
    >>> from vitral.layers import Dense
    >>> TimeDistributed(Dense(2, kernel_initializer="ones"))(np.ones((1, 3, 4))).tolist()
    [[[4.0, 4.0], [4.0, 4.0], [4.0, 4.0]]]
    """

    def build(self, input_shape: Shape) -> None:
        if not self.layer.built:
            self.layer.build(self._of_one_step(input_shape))

    def _of_one_step(self, input_shape: Shape) -> Shape:
        if len(input_shape) < 3:
            raise ShapeError(
                f'layer "{self.name}" (TimeDistributed) received an input of shape {input_shape}; '
                "expected (batch, steps, ...)"
            )
        return (None, *input_shape[2:])

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        batch, steps = x.shape[:2]
        flat = x.reshape(batch * steps, *x.shape[2:])
        y, cache = self.layer.forward(flat, training)
        return y.reshape(batch, steps, *y.shape[1:]), (cache, x.shape)

    def backward(self, dy: Array, cache: Cache) -> Array:
        inner, shape = cache
        dx: Array = self.layer.backward(dy.reshape(-1, *dy.shape[2:]), inner)
        return dx.reshape(shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        shape = self.layer.compute_output_shape(self._of_one_step(input_shape))
        return (input_shape[0], input_shape[1], *shape[1:])

    def multiply_adds(self, input_shape: Shape) -> int:
        return (input_shape[1] or 1) * self.layer.multiply_adds(self._of_one_step(input_shape))
