"""A layer applied to every step by itself."""

from collections.abc import Mapping
from typing import Any, Self

from vitral.errors import ConfigError, ShapeError
from vitral.layers.composite import Composite
from vitral.layers.layer import Layer, registry
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class TimeDistributed(Composite):
    """The same layer on each step of a sequence: input (batch, steps, ...), output (batch, steps, ...).

    The steps of all samples go through the layer as one large batch; a BatchNormalization inside takes its means over
    all of them. Raises ConfigError for what is no layer, ShapeError for an input without steps.

    >>> import numpy as np
    >>> from vitral.layers import Dense
    >>> TimeDistributed(Dense(2, kernel_initializer="ones"))(np.ones((1, 3, 4))).tolist()
    [[[4.0, 4.0], [4.0, 4.0], [4.0, 4.0]]]
    """

    def __init__(self, layer: Any, **options: Any) -> None:
        super().__init__(**options)
        if not isinstance(layer, Layer):
            raise ConfigError(f"TimeDistributed: layer is {layer!r}; expected a layer")
        self.layer = layer

    @property
    def parts(self) -> Mapping[str, Layer]:
        return {"layer": self.layer}

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

    def get_config(self) -> Config:
        return {**super().get_config(), "layer": registry.serialize(self.layer)}

    @classmethod
    def from_config(cls, config: Config) -> Self:
        config = dict(config)
        layer = config.pop("layer")
        return cls(layer if isinstance(layer, Layer) else registry.deserialize(layer), **config)
