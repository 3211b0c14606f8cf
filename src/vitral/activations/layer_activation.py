"""A layer in the place of an activation, such as activation=LeakyReLU(0.1)."""

from collections.abc import Mapping
from typing import Any

from vitral.activations.activation import Activation
from vitral.core.registry import room_of
from vitral.errors import ConfigError
from vitral.typing import Array, Cache, Config


class LayerActivation(Activation):
    """What a layer without weights does to a batch.

    Raises ConfigError, at its first use, for a layer that has weights or a random stream: these would be unknown to the
    model.

    >>> from vitral import layers
    >>> layers.Dense(3, activation=layers.LeakyReLU(0.1)).activation
    <activation LeakyReLU>
    """

    def __init__(self, layer: Any) -> None:
        self.layer = layer

    @property
    def name(self) -> str:
        return type(self.layer).__name__

    def forward(self, x: Array) -> tuple[Array, Cache]:
        if not self.layer.built:
            self.layer.build((None, *x.shape[1:]))
            if self.layer.variables:
                raise ConfigError(
                    f"activation is the layer {self.name}, which has variables of its own; "
                    "add it to the model behind this layer instead"
                )
        y, cache = self.layer.forward(x)
        return y, cache

    def backward(self, dy: Array, cache: Cache) -> Array:
        dx: Array = self.layer.backward(dy, cache)
        return dx

    def serialized(self) -> Config:
        """The layer's configuration, which Keras writes for the activation too."""
        layers = room_of("layer")
        assert layers is not None, "there is a layer"
        return layers.serialize(self.layer)


def layer_activation(identifier: Any) -> LayerActivation | None:
    """The activation that a layer is, or the layer of a configuration; None if it is neither."""
    layers = room_of("layer")
    if layers is None or layers.base is None:
        return None
    described = isinstance(identifier, Mapping) and identifier.get("class_name") in layers.classes
    return LayerActivation(layers.get(identifier)) if described or isinstance(identifier, layers.base) else None
