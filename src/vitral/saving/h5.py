"""Weights in HDF5, laid out as Keras 3 lays them out.

layers/conv2d/vars/0, 1 ...             a layer, by the snake case of its class: conv2d, conv2d_1 ...
layers/dropout/seed_generator/vars/0    the position of a random stream
layers/sequential/layers/dense/vars/0   a model inside the model
hidden/vars/0, blocks/dense/vars/0      a subclass of Model: attributes, and layers in lists that are attributes
optimizer/vars/0, 1 ...                 iteration, learning rate, then the state of each variable
"""

import io
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

from vitral.core.naming import snake_case
from vitral.core.variable import Variable
from vitral.errors import ModelFileError, ModelWarning
from vitral.layers import Layer
from vitral.layers.composite import Composite
from vitral.models import Model
from vitral.saving import hdf5
from vitral.saving.rooms import MODELS
from vitral.typing import Array

Found = list[tuple[Variable, Array]]

_OWN_ATTRIBUTES = vars(Layer(name="any")).keys()
"""What is no attribute of the user's."""


def write_weights(model: Model) -> bytes:
    """The HDF5 file with all variables of the model and, if it has state, of its optimizer."""
    buffer = io.BytesIO()
    with hdf5.import_h5py("saving a model").File(buffer, "w") as file:
        for path, name, variables in _groups(model):
            group = file.create_group(path)
            group.attrs["name"] = name
            for number, variable in enumerate(variables):
                group[str(number)] = variable.value
    return buffer.getvalue()


def find_weights(file: Any, model: Model, skip_mismatch: bool = False) -> Found:
    """The values for the variables of a built model and of its optimizer, from an open HDF5 file.

    With `skip_mismatch` a layer that does not fit is left out, with a ModelWarning. Raises ModelFileError, in one line,
    if the file is another model's.
    """
    found: Found = []
    problems: list[str] = []
    groups = [("vars", model.name, model.own_storage()[""]), *_layer_groups(model, "", set())]
    for path, name, variables in groups:
        try:
            found += _read_group(file, path, f'layer "{name}"', variables)
        except ModelFileError as error:
            problems.append(str(error))
    if not skip_mismatch:
        if problems:
            raise ModelFileError("; ".join(problems))
        _check_nothing_is_left(file, {path for path, _, _ in groups})
        return found + _find_optimizer_state(file, model)
    if problems:
        warnings.warn(f"left out what does not fit: {'; '.join(problems)}", ModelWarning, stacklevel=4)
    return found


def _groups(model: Model) -> Iterator[tuple[str, str, list[Variable]]]:
    """Path, name and variables of every group."""
    yield "vars", model.name, model.own_storage()[""]
    yield from _layer_groups(model, "", set())
    if model.compiled and model.optimizer.built:
        yield "optimizer/vars", model.optimizer.name, model.optimizer.variables


def _layer_groups(model: Layer, root: str, seen: set[int]) -> Iterator[tuple[str, str, list[Variable]]]:
    for path, layer in _members(model, root):
        if id(layer) in seen:
            continue  # it stands in two models, and is kept with the first
        seen.add(id(layer))
        inside = isinstance(layer, Model) or _by_attributes(layer) or type(layer).storage is Composite.storage
        for part, variables in (layer.own_storage() if inside else layer.storage()).items():
            if part == "":
                yield f"{path}/vars", layer.name, variables
            elif variables:
                yield f"{path}/{part}/vars", part.rpartition("/")[2], variables
        if inside:
            yield from _layer_groups(layer, f"{path}/", seen)


def _by_attributes(layer: Layer) -> bool:
    """Whether the layers inside are kept by the names of the attributes that hold them, as the user wrote them."""
    if isinstance(layer, Model):
        return not isinstance(layer, tuple(MODELS.values()))
    return type(layer).storage is Layer.storage and bool(layer.inner_layers())


def _members(model: Layer, root: str) -> Iterator[tuple[str, Layer]]:
    """The layers of a model, or of a layer that is made of others, with their paths.

    Keras goes through the attributes in alphabetical order, those that begin with an underscore last. A subclass of
    Model has `layers`, the list of all, among them.
    """
    if isinstance(model, Composite):
        yield from ((f"{root}{name}", part) for name, part in model.parts.items())
        return
    if isinstance(model, Model) and not _by_attributes(model):
        yield from _in_container(model.layers, f"{root}layers")
        return
    attributes = {name: value for name, value in vars(model).items() if name not in _OWN_ATTRIBUTES}
    if isinstance(model, Model):
        attributes["layers"] = model.layers
    for name in sorted(attributes, key=lambda name: f"~{name}" if name.startswith("_") else name):
        value = attributes[name]
        if isinstance(value, Layer):
            yield f"{root}{name}", value
        elif isinstance(value, (list, tuple, dict)):
            yield from _in_container(value, f"{root}{name}")


def _in_container(container: Any, path: str) -> Iterator[tuple[str, Layer]]:
    used: Counter[str] = Counter()
    for value in container.values() if isinstance(container, dict) else container:
        if isinstance(value, Layer):
            stem = snake_case(type(value).__name__)
        elif isinstance(value, (list, tuple, dict)):
            stem = "container"
        else:
            continue
        place = f"{path}/{stem}" if used[stem] == 0 else f"{path}/{stem}_{used[stem]}"
        used[stem] += 1
        if isinstance(value, Layer):
            yield place, value
        else:
            yield from _in_container(value, place)


def _read_group(file: Any, path: str, owner: str, variables: list[Variable]) -> Found:
    """The values for a group's variables; a random stream that the file does not have stays as it is."""
    group = hdf5.member(file, path, path)
    count = 0 if group is None else len(group)
    if path.endswith("seed_generator/vars") and count == 0:
        return []
    if count != len(variables):
        raise ModelFileError(f"{owner} has {count} variables in the file; the model has {len(variables)}")
    return [
        (variable, _read(group, number, variable, f"variable {number} of {owner}"))
        for number, variable in enumerate(variables)
    ]


def _read(group: Any, number: int, variable: Variable, what: str) -> Array:
    dataset = hdf5.member(group, str(number), what)
    if dataset is None:
        raise ModelFileError(f"{what} is missing")
    return hdf5.values(dataset, variable.shape, what)


def _check_nothing_is_left(file: Any, read: set[str]) -> None:
    """Raise ModelFileError if a layer of the file, one with weights, has no counterpart in the model."""
    left: list[str] = []

    def look(path: str, item: Any) -> None:
        is_weights = path.endswith("/vars") and "seed_generator" not in path and not path.startswith("optimizer/")
        if is_weights and path not in read and len(item):
            left.append(path.removesuffix("/vars"))

    file.visititems(look)
    if left:
        raise ModelFileError(f"has weights for {', '.join(left)}, which the model does not have")


def _find_optimizer_state(file: Any, model: Model) -> Found:
    """The values for the optimizer; none if the file has none, or, with a warning, those of another optimizer."""
    group = hdf5.member(file, "optimizer/vars", "optimizer/vars")
    if group is None or not model.compiled:
        return []
    optimizer = model.optimizer
    if len(group) > len(optimizer.variables):
        optimizer.build(model.trainable_weights)
    if len(group) != len(optimizer.variables):
        warnings.warn(
            f"the state of the optimizer is left out: the file has {len(group)} variables for it, "
            f'"{optimizer.name}" has {len(optimizer.variables)}',
            ModelWarning,
            stacklevel=5,
        )
        return []
    return [
        (variable, _read(group, number, variable, f"variable {number} of the optimizer"))
        for number, variable in enumerate(optimizer.variables)
    ]
