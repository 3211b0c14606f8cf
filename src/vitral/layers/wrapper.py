"""The base of layers around one other layer."""

from collections.abc import Mapping
from typing import Any, Self

from vitral.errors import ConfigError
from vitral.layers.composite import Composite
from vitral.layers.layer import Layer, registry
from vitral.typing import Config, Shape


class Wrapper(Composite):
    """Base of layers that do something to another layer, `self.layer`, whose weights are theirs.

    A subclass writes `forward` and `backward`, and `build` where the layer is to be built for another shape than the
    input's. Raises ConfigError for what is no layer.

    >>> import numpy as np
    >>> from vitral.layers import Dense
    >>> class Doubled(Wrapper):
    ...     def forward(self, x, training=False):
    ...         y, cache = self.layer.forward(x, training)
    ...         return 2 * y, cache
    ...     def backward(self, dy, cache):
    ...         return self.layer.backward(2 * dy, cache)
    >>> Doubled(Dense(1, kernel_initializer="ones"))(np.ones((1, 3)))
    array([[6.]])
    """

    def __init__(self, layer: Any, **options: Any) -> None:
        super().__init__(**options)
        if not isinstance(layer, Layer):
            raise ConfigError(f"{type(self).__name__}: layer is {layer!r}; expected a layer")
        self.layer = layer

    @property
    def parts(self) -> Mapping[str, Layer]:
        return {"layer": self.layer}

    def build(self, input_shape: Shape) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "layer": registry.serialize(self.layer)}

    @classmethod
    def from_config(cls, config: Config) -> Self:
        config = dict(config)
        layer = config.pop("layer")
        return cls(layer if isinstance(layer, Layer) else registry.deserialize(layer), **config)
