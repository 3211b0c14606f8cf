"""Whole models and weights in the HDF5 format from before `.keras`, which Keras 3 still writes for names in `.h5`.

attributes model_config, training_config    what the model is, and what it was compiled with, in JSON
model_weights/dense/...                      a layer by its name; the attribute weight_names gives the order
optimizer_weights/adam/...                   the optimizer's state, in the same way

A file of weights alone has the layers at its root. Layers are told apart by their order, not by their names.
"""

import json
from collections.abc import Mapping
from typing import Any

from vitral.core.variable import Variable
from vitral.errors import ModelFileError
from vitral.layers import Layer
from vitral.models import Model
from vitral.optimizers import Optimizer
from vitral.saving import hdf5
from vitral.typing import Array, Config


def is_legacy(file: Any) -> bool:
    """Whether an open HDF5 file is of this format."""
    return "model_weights" in file or _has_names(file, "layer_names")


def model_config(file: Any) -> Config:
    """The description of the model, as `.keras` files have it; raises ModelFileError if the file has none."""
    config = _json(file, "model_config")
    if config is None:
        raise ModelFileError("holds weights and no model; build the model and call model.load_weights")
    _modernize(config)
    return config


def compile_config(file: Any) -> Config | None:
    """What the model was compiled with, as `.keras` files have it; None if it was not."""
    config = _json(file, "training_config")
    return None if config is None else {**config, "optimizer": config.get("optimizer_config")}


def find_weights(file: Any, model: Model) -> list[tuple[Variable, Array]]:
    """The values for all variables of a built model; raises ModelFileError if they are another model's."""
    root = hdf5.member(file, "model_weights", "model_weights") or file
    names = [name for name in _names(root, "layer_names") if _names(_group(root, name), "weight_names")]
    layers = [layer for layer in model.layers if layer.weights]
    if len(names) != len(layers):
        raise ModelFileError(f"has weights for {len(names)} layers; the model has {len(layers)} with weights")
    found = []
    for name, layer in zip(names, layers, strict=True):
        found += _values(_group(root, name), _in_legacy_order(layer), f'layer "{name}"')
    return found


def find_optimizer_state(file: Any, optimizer: Optimizer) -> list[tuple[Variable, Array]]:
    """The values for the state of a built optimizer; none if the file has none."""
    if "optimizer_weights" not in file:
        return []
    return _values(_group(file, "optimizer_weights"), optimizer.variables, "the optimizer")


def _in_legacy_order(layer: Layer) -> list[Variable]:
    return layer.trainable_weights + layer.non_trainable_weights


def _values(group: Any, variables: list[Variable], owner: str) -> list[tuple[Variable, Array]]:
    names = _names(group, "weight_names")
    if len(names) != len(variables):
        raise ModelFileError(f"{owner} has {len(names)} variables in the file; the model has {len(variables)}")
    found = []
    for name, variable in zip(names, variables, strict=True):
        what = f"variable {name} of {owner}"
        dataset = hdf5.member(group, name, what)
        if dataset is None:
            raise ModelFileError(f"{what} is missing")
        found.append((variable, hdf5.values(dataset, variable.shape, what)))
    return found


def _group(file: Any, name: str) -> Any:
    group = hdf5.member(file, name, name)
    if group is None:
        raise ModelFileError(f"{name} is missing")
    return group


def _has_names(group: Any, attribute: str) -> bool:
    return attribute in group.attrs or f"{attribute}0" in group.attrs


def _names(group: Any, attribute: str) -> list[str]:
    """A list of names; where it is too long for one attribute it goes on in attributes that are numbered."""
    entries = list(group.attrs.get(attribute, []))
    part = 0
    while f"{attribute}{part}" in group.attrs:
        entries += list(group.attrs[f"{attribute}{part}"])
        part += 1
    return [entry.decode() if isinstance(entry, bytes) else str(entry) for entry in entries]


def _json(file: Any, attribute: str) -> Config | None:
    text = file.attrs.get(attribute)
    if text is None:
        return None
    try:
        content = json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise ModelFileError(f"{attribute} is not JSON ({error})") from None
    if not isinstance(content, dict):
        raise ModelFileError(f"{attribute} holds a {type(content).__name__}; expected an object")
    return content


def _modernize(config: Mapping[str, Any]) -> None:
    """Put the shapes of Keras 2 where Keras 3 has them."""
    inner = config.get("config")
    if not isinstance(inner, dict):
        return
    if "batch_input_shape" in inner:
        shape = inner.pop("batch_input_shape")
        name, shape = ("batch_shape", shape) if config.get("class_name") == "InputLayer" else ("input_shape", shape[1:])
        inner[name] = shape
    for layer in inner.get("layers") or ():
        _modernize(layer)
