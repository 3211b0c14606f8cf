"""Weights from PyTorch and back, without PyTorch: a state dictionary holds arrays, or tensors that can become some.

PyTorch keeps images as (channels, height, width), kernels with the outputs first, and so flattens an image in another
order: a Dense layer behind a Flatten gets its inputs rearranged.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from vitral import layers
from vitral.core.symbolic import KerasTensor
from vitral.errors import ConfigError, ModelFileError
from vitral.layers import Layer
from vitral.models import Model
from vitral.models.graph import Graph
from vitral.saving.flattening import channels_first_order
from vitral.saving.torch_layouts import LAYOUTS, Weight, Weights
from vitral.typing import Array, Shape

_COUNTER = "num_batches_tracked"
"""Batch normalization's, in PyTorch: used only where momentum is None there."""


def from_torch(state_dict: Mapping[str, Any], model: Model, names: Mapping[str, str] | None = None) -> None:
    """Copy the weights of a PyTorch `state_dict` into a built model of the same architecture.

    Modules and layers are matched in their order, or by `names`, which maps each layer's name to its module's:
    {"conv2d": "features.0"}. Values may be tensors or arrays, also those of a safetensors file. What the weights do not
    say must agree already: paddings, and batch normalization's epsilon, 1e-5 in PyTorch and 1e-3 here.

    Raises ModelFileError, in one line that names everything, if weights are missing, left over or of another shape;
    the model is unchanged then. Raises ConfigError for a layer whose arrangement in PyTorch is not known.
    """
    ours = _weights(model)
    prefixes = _prefixes(state_dict, list(ours), names)
    found: list[tuple[Weight, Array]] = []
    problems: list[str] = []
    expected: set[str] = set()
    for name, weights in ours.items():
        for key, weight in weights.items():
            full = _joined(prefixes[name], key)
            expected.add(full)
            want = weight.to_torch(weight.variable.value).shape
            if full not in state_dict:
                problems.append(f'{full} is missing for layer "{name}"')
            elif np.shape(value := _array(state_dict[full])) != want:
                problems.append(f'{full} has shape {np.shape(value)}; layer "{name}" expects {want}')
            else:
                found.append((weight, value))
    left = [key for key in state_dict if key not in expected and key.rpartition(".")[2] != _COUNTER]
    if left:
        problems.append(f"{', '.join(left)} have no layer in the model")
    if problems:
        raise ModelFileError(f"the state_dict does not fit: {'; '.join(problems)}")
    for weight, value in found:
        weight.variable.assign(weight.from_torch(value))


def to_torch(model: Model, names: Mapping[str, str] | None = None) -> dict[str, Array]:
    """The weights as PyTorch arranges them, as arrays under "layer.weight", "layer.bias" and so on.

    `names` maps a layer's name to that of its module: {"conv2d": "features.0"}. In PyTorch:
    `module.load_state_dict({key: torch.from_numpy(value) for key, value in to_torch(model).items()})`.
    Raises ConfigError for a layer whose arrangement in PyTorch is not known.

    >>> from vitral import Sequential
    >>> model = Sequential([layers.Input((8, 8, 3)), layers.Conv2D(4, 5, name="first")])
    >>> {key: value.shape for key, value in to_torch(model, {"first": "0"}).items()}
    {'0.weight': (4, 3, 5, 5), '0.bias': (4,)}
    """
    ours = _weights(model)
    prefixes = _checked_names(names, list(ours))
    arrays: dict[str, Array] = {}
    for name, weights in ours.items():
        prefix = prefixes.get(name, name)
        for key, weight in weights.items():
            arrays[_joined(prefix, key)] = np.ascontiguousarray(weight.to_torch(weight.variable.value))
        if "running_mean" in weights:
            arrays[_joined(prefix, _COUNTER)] = np.array(0, np.int64)
    return arrays


def _weights(model: Model) -> dict[str, Weights]:
    """PyTorch's arrangement of the weights of each layer that has some, by the layer's name."""
    if not model.built:
        raise ConfigError("a model that is not built has no weights: call model.build(shape) or fit first")
    found = dict(_layers(model, ""))
    unknown = [f'"{name}" ({type(layer).__name__})' for name, layer in found.items() if type(layer) not in LAYOUTS]
    if unknown:
        raise ConfigError(f"how PyTorch arranges the weights of {', '.join(unknown)} is not known")
    images: dict[Layer, Shape | None] = {}
    _follow(model, [None] * len(model.inputs), images)
    return {name: _rearranged(LAYOUTS[type(layer)](layer), images[layer]) for name, layer in found.items()}


def _layers(model: Model, prefix: str) -> Iterator[tuple[str, Layer]]:
    """The layers with weights by their names, those of a model inside the model behind its own."""
    for layer in model.layers:
        if isinstance(layer, Model):
            yield from _layers(layer, f"{prefix}{layer.name}.")
        elif layer.weights:
            yield f"{prefix}{layer.name}", layer


def _follow(model: Model, given: list[Shape | None], images: dict[Layer, Shape | None]) -> list[Shape | None]:
    """Note for each layer the image whose values it receives flattened, if it does; returns those of the outputs."""
    known: dict[KerasTensor, Shape | None] = dict(zip(model.inputs, given, strict=True))
    for node in Graph(model.inputs, model.outputs).nodes:
        if node.is_input:
            continue
        received, layer = [known[tensor] for tensor in node.inputs], node.operation
        if isinstance(layer, Model):
            made = _follow(layer, received, images)
        else:
            images.setdefault(layer, received[0])
            made = [_image_behind(layer, node.inputs[0], received, node.outputs[0])] * len(node.outputs)
        known.update(zip(node.outputs, made, strict=True))
    return [known[tensor] for tensor in model.outputs]


def _image_behind(layer: Layer, x: KerasTensor, images: list[Shape | None], y: KerasTensor) -> Shape | None:
    """The image whose values a layer gives flattened, if it does."""
    if len(x.shape) == 4 and len(y.shape) == 2 and layer.keeps_values:
        return x.shape[1:]
    if any(image != images[0] for image in images) or (len(images) > 1 and images[0] and x.shape != y.shape):
        raise ConfigError(f'layer "{layer.name}" joins flattened images, whose order in PyTorch is not known')
    return None if x.shape != y.shape or isinstance(layer, layers.Dense) else images[0]


def _rearranged(weights: Weights, image: Shape | None) -> Weights:
    """The same for a layer whose inputs are the values of an image, in another order in PyTorch."""
    if image is None:
        return weights
    theirs = channels_first_order(image)
    ours = np.argsort(theirs)

    def turned(weight: Weight) -> Weight:
        axis = weight.to_torch(weight.variable.value).ndim - 1
        if weight.to_torch(weight.variable.value).shape[axis] != theirs.size:
            return weight
        return Weight(
            weight.variable,
            lambda value: weight.to_torch(value).take(theirs, axis),
            lambda value: weight.from_torch(np.take(value, ours, axis)),
        )

    return {
        key: weight if key == "bias" and "running_mean" not in weights else turned(weight)
        for key, weight in weights.items()
    }


def _prefixes(state_dict: Mapping[str, Any], ours: list[str], names: Mapping[str, str] | None) -> dict[str, str]:
    """The module of each layer."""
    modules = list(dict.fromkeys(key.rpartition(".")[0] for key in state_dict))
    if names is not None:
        given = _checked_names(names, ours)
        missing = [name for name in ours if name not in given]
        if missing:
            raise ConfigError(f"names has no module for {', '.join(missing)}")
        return given
    if len(modules) != len(ours):
        raise ModelFileError(
            f"the state_dict has {len(modules)} modules with weights ({', '.join(modules)}); "
            f"the model has {len(ours)} layers with weights ({', '.join(ours)})"
        )
    return dict(zip(ours, modules, strict=True))


def _checked_names(names: Mapping[str, str] | None, ours: list[str]) -> dict[str, str]:
    unknown = [name for name in names or {} if name not in ours]
    if unknown:
        raise ConfigError(f"names has {', '.join(unknown)}; the layers with weights are {', '.join(ours)}")
    return dict(names or {})


def _joined(prefix: str, key: str) -> str:
    return f"{prefix}.{key}" if prefix else key


def _array(value: Any) -> Array:
    """An array, or a tensor of PyTorch as one."""
    return np.asarray(value.detach().cpu().numpy() if hasattr(value, "detach") else value)
