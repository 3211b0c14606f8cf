"""Activation functions under Keras' names; each can be called on an array and knows its derivative.

>>> import numpy as np
>>> relu(np.array([-1.0, 2.0])), softmax(np.zeros((1, 2)))
(array([0., 2.]), array([[0.5, 0.5]]))
"""

from collections.abc import Mapping
from typing import Any

from vitral.activations.activation import Activation, registry
from vitral.activations.builtin import (
    celu,
    elu,
    exponential,
    gelu,
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_tanh,
    leaky_relu,
    linear,
    log_sigmoid,
    mish,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    soft_shrink,
    softplus,
    softsign,
    sparse_plus,
    sparse_sigmoid,
    squareplus,
    tanh,
    tanh_shrink,
    threshold,
)
from vitral.activations.layer_activation import LayerActivation, layer_activation
from vitral.activations.vectors import glu, log_softmax, softmax, sparsemax
from vitral.core.registry import unknown_name
from vitral.errors import ConfigError
from vitral.typing import Config

swish = silu
hard_swish = hard_silu
deserialize = registry.deserialize

BY_NAME: Mapping[str, Activation] = {
    activation.name: activation
    for activation in (
        celu,
        elu,
        exponential,
        gelu,
        glu,
        hard_shrink,
        hard_sigmoid,
        hard_silu,
        hard_tanh,
        leaky_relu,
        linear,
        log_sigmoid,
        log_softmax,
        mish,
        relu,
        relu6,
        selu,
        sigmoid,
        silu,
        soft_shrink,
        softmax,
        softplus,
        softsign,
        sparse_plus,
        sparse_sigmoid,
        sparsemax,
        squareplus,
        tanh,
        tanh_shrink,
    )
} | {"swish": silu, "hard_swish": hard_silu}
"""Every activation that a layer can take, by its Keras name."""


def get(identifier: Any) -> Activation:
    """An activation from its name, its configuration, itself, or a layer without weights; None is linear.

    Raises ConfigError for an unknown name, and for a plain function, which would have no derivative.

    >>> get("relu"), get(None)
    (<activation relu>, <activation linear>)
    """
    if identifier is None:
        return linear
    if identifier is threshold:
        raise ConfigError("activation is threshold, which has no default values; derive a class from Activation")
    if isinstance(identifier, str):
        if identifier in BY_NAME:
            return BY_NAME[identifier]
        if identifier not in registry:
            raise unknown_name("activation", identifier, [*BY_NAME, *registry.classes])
    return layer_activation(identifier) or registry.get(identifier)


def serialize(activation: Activation) -> "str | Config":
    """The name of one of Keras' activations, or the configuration of another.

    >>> serialize(relu)
    'relu'
    """
    if isinstance(activation, LayerActivation):
        return activation.serialized()
    return activation.name if BY_NAME.get(activation.name) is activation else registry.serialize(activation)


__all__ = [
    "BY_NAME",
    "Activation",
    "celu",
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
    "threshold",
]
