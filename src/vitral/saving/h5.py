"""Weights in HDF5, laid out as Keras 3 lays them out.

layers/conv2d/vars/0, 1 ...             a layer, by the snake case of its class: conv2d, conv2d_1 ...
layers/dropout/seed_generator/vars/0    the position of a random stream
layers/sequential/layers/dense/vars/0   a model inside the model
optimizer/vars/0, 1 ...                 iteration, learning rate, then the state of each variable
"""

import io
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from vitral.core.naming import snake_case
from vitral.core.variable import Variable
from vitral.errors import MissingExtraError, ModelFileError, ModelWarning
from vitral.layers import Layer
from vitral.models import Model
from vitral.typing import Array


def write_weights(model: Model) -> bytes:
    """The HDF5 file with all variables of the model and, if it has state, of its optimizer."""
    buffer = io.BytesIO()
    with _h5py("saving a model").File(buffer, "w") as file:
        file.create_group("vars").attrs["name"] = model.name
        for path, name, variables in _groups(model):
            group = file.create_group(path)
            group.attrs["name"] = name
            for number, variable in enumerate(variables):
                group[str(number)] = variable.value
    return buffer.getvalue()


def read_weights(model: Model, content: bytes, source: Path) -> None:
    """Copy the variables of an HDF5 file into a built model, all of them or, after an error, none.

    Raises ModelFileError, in one line, if the file is damaged or is another model's.
    """
    found: list[tuple[Variable, Array]] = []
    h5py = _h5py("loading a model")
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            groups = list(_layer_groups(model, "layers"))
            for path, name, variables in groups:
                found += _read_group(file, path, name, variables, source)
            _check_nothing_is_left(file, {path for path, _, _ in groups}, source)
            found += _read_optimizer(file, model, source)
    except (OSError, RuntimeError, KeyError, TypeError) as error:
        raise ModelFileError(f"{source}: the weights are damaged ({error})") from None
    for variable, value in found:
        variable.assign(value)


def _groups(model: Model) -> Iterator[tuple[str, str, list[Variable]]]:
    """Path, name and variables of every group."""
    yield from _layer_groups(model, "layers")
    if model.compiled and model.optimizer.built:
        yield "optimizer/vars", model.optimizer.name, model.optimizer.variables


def _layer_groups(model: Model, root: str) -> Iterator[tuple[str, str, list[Variable]]]:
    used: Counter[str] = Counter()
    for layer in model.layers:
        stem = snake_case(type(layer).__name__)
        path = f"{root}/{stem}" if used[stem] == 0 else f"{root}/{stem}_{used[stem]}"
        used[stem] += 1
        if isinstance(layer, Model):
            yield f"{path}/vars", layer.name, []
            yield from _layer_groups(layer, f"{path}/layers")
            continue
        yield f"{path}/vars", layer.name, layer.weights
        streams = _streams(layer)
        if streams:
            yield f"{path}/seed_generator/vars", "seed_generator", streams


def _streams(layer: Layer) -> list[Variable]:
    weights = {id(variable) for variable in layer.weights}
    return [variable for variable in layer.variables if id(variable) not in weights]


def _read_group(
    file: Any, path: str, name: str, variables: list[Variable], source: Path
) -> list[tuple[Variable, Array]]:
    """The values for a group's variables; a random stream that the file does not have stays as it is."""
    group = _follow(file, path, source)
    count = 0 if group is None else len(group)
    if path.endswith("seed_generator/vars") and count == 0:
        return []
    if count != len(variables):
        raise ModelFileError(
            f'{source}: layer "{name}" has {count} variables in the file; the model has {len(variables)}'
        )
    return [
        (variable, _read(group, number, variable, f'layer "{name}"', source))
        for number, variable in enumerate(variables)
    ]


def _check_nothing_is_left(file: Any, read: set[str], source: Path) -> None:
    """Raise ModelFileError if a layer of the file, one with weights, has no counterpart in the model."""
    left: list[str] = []

    def look(path: str, item: Any) -> None:
        is_weights = path.startswith("layers/") and path.endswith("/vars") and "seed_generator" not in path
        if is_weights and path not in read and len(item):
            left.append(path.removesuffix("/vars"))

    file.visititems(look)
    if left:
        raise ModelFileError(f"{source}: has weights for {', '.join(left)}, which the model does not have")


def _read_optimizer(file: Any, model: Model, source: Path) -> list[tuple[Variable, Array]]:
    """The values for the optimizer; none if the file has none, or, with a warning, those of another optimizer."""
    group = _follow(file, "optimizer/vars", source)
    if group is None or not model.compiled:
        return []
    optimizer = model.optimizer
    if len(group) > len(optimizer.variables):
        optimizer.build(model.trainable_weights)
    if len(group) != len(optimizer.variables):
        warnings.warn(
            f"{source}: the state of the optimizer is left out: the file has {len(group)} variables for it, "
            f'"{optimizer.name}" has {len(optimizer.variables)}',
            ModelWarning,
            stacklevel=4,
        )
        return []
    return [
        (variable, _read(group, number, variable, "the optimizer", source))
        for number, variable in enumerate(optimizer.variables)
    ]


def _follow(file: Any, path: str, source: Path) -> Any:
    """The group at a path, or None; links that lead elsewhere are refused."""
    group = file
    for part in path.split("/"):
        link = group.get(part, getlink=True)
        if link is None:
            return None
        if type(link).__name__ != "HardLink":
            raise ModelFileError(f"{source}: {path} is a link to another place; expected the weights themselves")
        group = group[part]
    return group


def _read(group: Any, number: int, variable: Variable, owner: str, source: Path) -> Array:
    link = group.get(str(number), getlink=True)
    if type(link).__name__ != "HardLink":
        raise ModelFileError(f"{source}: variable {number} of {owner} is missing")
    dataset = group[str(number)]
    if dataset.is_virtual or dataset.external:
        raise ModelFileError(f"{source}: variable {number} of {owner} is kept in another file")
    if dataset.shape != variable.shape:
        raise ModelFileError(
            f"{source}: variable {number} of {owner} has shape {dataset.shape} in the file; "
            f"the model's has {variable.shape}"
        )
    return np.asarray(dataset[()])


def _h5py(purpose: str) -> ModuleType:
    try:
        import h5py
    except ImportError:
        raise MissingExtraError("h5py", needed_for=purpose) from None
    module: ModuleType = h5py
    return module
