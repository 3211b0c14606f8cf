"""Weights out of a state dictionary, and into one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from vitral.core.variable import Variable
from vitral.errors import ConfigError, ModelFileError
from vitral.layers import Layer
from vitral.models import Model
from vitral.saving.pytorch.flattened import follow_images, rearranged
from vitral.saving.pytorch.layouts import LAYOUTS, Weights
from vitral.saving.pytorch.modules import Names, key_of, modules_of, named_modules
from vitral.typing import Array, Shape

_COUNTER = "num_batches_tracked"
"""Batch normalization's, in PyTorch: used only where momentum is None there."""


def from_torch(state_dict: Mapping[str, Any], model: Model, names: Names | None = None) -> None:
    """Copy the weights of a PyTorch `state_dict` into a built model of the same architecture.

    Modules and layers are matched in their order, or by `names`, which maps a layer's name to its module's,
    {"conv2d": "features.0"}; layers that it does not have are then matched by their own name. A layer that is several
    modules in PyTorch has a sequence of names there, unless they all stand in one module under the names that
    `to_torch` gives. Values may be tensors or arrays, also those of a safetensors file. What the weights do not say
    must agree already: paddings, activations, and batch normalization's epsilon, 1e-5 in PyTorch and 1e-3 here.

    Raises ModelFileError, in one line that names everything, if weights are missing, left over or of another shape;
    the model is unchanged then. Raises ConfigError for a layer whose arrangement in PyTorch is not known.
    """
    ours = _weights(model)
    modules = modules_of(state_dict, ours, names)
    values: list[tuple[Variable, Array]] = []
    problems: list[str] = []
    expected: set[str] = set()
    for name, of_layer in ours.items():
        for weights in of_layer:
            keys = [key_of(modules[name], key) for key in weights.names]
            expected.update(keys)
            found = [_array(state_dict[key]) for key in keys if key in state_dict]
            problems += [f'{key} is missing for layer "{name}"' for key in keys if key not in state_dict]
            if len(found) == len(keys):
                wrong = list(_wrong_shapes(keys, found, weights.arrays(), name))
                problems += wrong
                values += [] if wrong else zip(weights.variables, weights.from_torch(*found), strict=True)
    left = [key for key in state_dict if key not in expected and key.rpartition(".")[2] != _COUNTER]
    if left:
        problems.append(f"{', '.join(left)} have no layer in the model")
    if problems:
        raise ModelFileError(f"the state_dict does not fit: {'; '.join(problems)}")
    for variable, value in values:
        variable.assign(value)


def to_torch(model: Model, names: Names | None = None) -> dict[str, Array]:
    """The weights as PyTorch arranges them, as arrays under "layer.weight", "layer.bias" and so on.

    `names` maps a layer's name to that of its module: {"conv2d": "features.0"}; see from_torch. In PyTorch:
    `module.load_state_dict({key: torch.from_numpy(value) for key, value in to_torch(model).items()})`.
    Raises ConfigError for a layer whose arrangement in PyTorch is not known.

    >>> from vitral import Sequential, layers
    >>> model = Sequential([layers.Input((8, 8, 3)), layers.Conv2D(4, 5, name="first")])
    >>> {key: value.shape for key, value in to_torch(model, {"first": "0"}).items()}
    {'0.weight': (4, 3, 5, 5), '0.bias': (4,)}
    """
    ours = _weights(model)
    modules = named_modules(ours, names)
    arrays: dict[str, Array] = {}
    for name, of_layer in ours.items():
        for weights in of_layer:
            keys = [key_of(modules[name], key) for key in weights.names]
            arrays |= zip(keys, map(np.ascontiguousarray, weights.arrays()), strict=True)
            if "running_var" in weights.names:
                arrays[key_of(modules[name], _COUNTER)] = np.array(0, np.int64)
    return arrays


def _wrong_shapes(keys: list[str], found: list[Array], expected: Sequence[Array], layer: str) -> Iterator[str]:
    for key, value, want in zip(keys, found, expected, strict=True):
        if value.shape != want.shape:
            yield f'{key} has shape {value.shape}; layer "{layer}" expects {want.shape}'


def _weights(model: Model) -> dict[str, list[Weights]]:
    """PyTorch's arrangement of the weights of each layer that has some, by the layer's name."""
    if not model.built:
        raise ConfigError("a model that is not built has no weights: call model.build(shape) or fit first")
    if not model.inputs:
        raise ConfigError(f"{type(model).__name__} writes its passes itself; expected layers, or a call made of them")
    found = dict(_layers(model, ""))
    unknown = [f'"{name}" ({type(layer).__name__})' for name, layer in found.items() if type(layer) not in LAYOUTS]
    if unknown:
        raise ConfigError(f"how PyTorch arranges the weights of {', '.join(unknown)} is not known")
    images: dict[Layer, Shape | None] = {}
    follow_images(model, [None] * len(model.inputs), images)
    return {name: rearranged(LAYOUTS[type(layer)](layer), images.get(layer)) for name, layer in found.items()}


def _layers(model: Layer, prefix: str) -> Iterator[tuple[str, Layer]]:
    """The layers with weights by their names, those inside a model or a layer with a `call` behind its own."""
    for layer in model.inner_layers():
        if isinstance(layer, Model) or (layer.draws and layer.weights and not layer.own_storage()[""]):
            yield from _layers(layer, f"{prefix}{layer.name}.")
        elif layer.weights:
            yield f"{prefix}{layer.name}", layer


def _array(value: Any) -> Array:
    """An array, or a tensor of PyTorch as one."""
    return np.asarray(value.detach().cpu().numpy() if hasattr(value, "detach") else value)
