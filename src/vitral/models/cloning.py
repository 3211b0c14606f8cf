"""Models of the same layers, with new weights."""

import functools
from collections.abc import Callable
from typing import Any

from vitral.core.symbolic import KerasTensor
from vitral.core.tree import flatten, map_structure
from vitral.errors import ConfigError
from vitral.layers import Input, Layer
from vitral.models.functional import Functional
from vitral.models.model import Model
from vitral.models.replay import replay
from vitral.models.sequential import Sequential


def clone_model(
    model: Model,
    input_tensors: Any = None,
    clone_function: Callable[[Layer], Layer] | None = None,
) -> Model:
    """A model of the same layers with new weights, as Keras makes it.

    `clone_function` makes the layer that takes a layer's place, from its configuration unless given;
    `input_tensors` take the places of the inputs. Raises ConfigError for a model that is neither Sequential nor a
    graph.

    >>> from vitral import layers
    >>> model = Sequential([Input((2,)), layers.Dense(1)])
    >>> clone = clone_model(model)
    >>> clone.layers[0].name == model.layers[0].name, clone.layers[0] is model.layers[0]
    (True, False)
    """
    if not isinstance(model, (Sequential, Functional)):
        raise ConfigError(f"clone_model received a {type(model).__name__}; expected a Sequential or functional model")
    make_layer = clone_function or (lambda layer: type(layer).from_config(layer.get_config()))
    given = [_new_input(tensor) for tensor in model.inputs] if input_tensors is None else flatten(input_tensors)
    if isinstance(model, Functional):
        replacement = functools.cache(make_layer)
        new = dict(zip(model.inputs, given, strict=True))
        outputs = replay(new, model.output, replacement)
        return Functional(map_structure(new.__getitem__, model.input), outputs, name=model.name)
    return Sequential([*given, *map(make_layer, model.layers)], name=model.name)


def _new_input(tensor: KerasTensor) -> KerasTensor:
    batch_size = getattr(tensor.layer, "batch_size", None)
    return Input(tensor.shape[1:], batch_size, tensor.dtype, name=tensor.name)
