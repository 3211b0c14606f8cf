"""Activation functions under Keras' names; each can be called on an array and knows its derivative.

>>> import numpy as np
>>> relu(np.array([-1.0, 2.0])), softmax(np.zeros((1, 2)))
(array([0., 2.]), array([[0.5, 0.5]]))
"""

from vitral.activations.activation import Activation, registry
from vitral.activations.builtin import (
    BY_NAME,
    elu,
    gelu,
    leaky_relu,
    linear,
    log_softmax,
    relu,
    sigmoid,
    silu,
    softmax,
    softplus,
    tanh,
)
from vitral.core.registry import unknown_name
from vitral.typing import Config

swish = silu
deserialize = registry.deserialize


def get(identifier: "str | Config | Activation | None") -> Activation:
    """An activation from its name, its configuration or itself; None is linear.

    Raises ConfigError for an unknown name and for a plain function, which would have no derivative.

    >>> get("relu"), get(None)
    (<activation relu>, <activation linear>)
    """
    if identifier is None:
        return linear
    if isinstance(identifier, str):
        if identifier in BY_NAME:
            return BY_NAME[identifier]
        if identifier not in registry:
            raise unknown_name("activation", identifier, [*BY_NAME, *registry.classes])
    return registry.get(identifier)


def serialize(activation: Activation) -> "str | Config":
    """The name of one of Keras' activations, or the configuration of another.

    >>> serialize(relu)
    'relu'
    """
    return activation.fused_name or registry.serialize(activation)


__all__ = [
    "Activation",
    "deserialize",
    "elu",
    "gelu",
    "get",
    "leaky_relu",
    "linear",
    "log_softmax",
    "relu",
    "serialize",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "swish",
    "tanh",
]
