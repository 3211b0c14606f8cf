"""Writing the HDF5 format from before `.keras`, for names in `.h5`; `legacy_h5` says what it is made of."""

import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.models import Model, Sequential
from vitral.models.functional import Functional
from vitral.saving import hdf5
from vitral.saving.archive import FORMAT_OF, plain

_ATTRIBUTE_BYTES = 64000
"""HDF5 takes no attribute of more than 64 KiB; longer lists of names go on in attributes that are numbered."""


def write_legacy(model: Model) -> bytes:
    """The HDF5 file with the model, its weights and, if it is compiled, its optimizer's state.

    Raises ConfigError for a subclass of Model, which such a file cannot describe.
    """
    if not isinstance(model, (Functional, Sequential)):
        raise ConfigError(
            f"a {type(model).__name__} cannot be described in the older .h5 format; expected a name that ends in .keras"
        )
    buffer = io.BytesIO()
    with hdf5.import_h5py("saving a model").File(buffer, "w") as file:
        about = {"keras_version": FORMAT_OF, "backend": "vitral"}
        file.attrs.update(about)
        file.attrs["model_config"] = _json({"class_name": type(model).__name__, "config": model.get_config()})
        weights = file.create_group("model_weights")
        weights.attrs.update(about)
        _put_names(weights, "layer_names", [layer.name for layer in model.layers])
        for layer in model.layers:
            _put(weights.create_group(layer.name), layer.trainable_weights + layer.non_trainable_weights)
        _put(weights.create_group("top_level_model_weights"), [])
        if model.compiled:
            config = model.get_compile_config()
            optimizer = config.pop("optimizer")
            file.attrs["training_config"] = _json({**config, "optimizer_config": optimizer})
            if model.optimizer.built:
                _put(file.create_group("optimizer_weights"), model.optimizer.variables)
    return buffer.getvalue()


def _json(content: Any) -> str:
    return json.dumps(content, default=plain)


def _put(group: Any, variables: Sequence[Variable]) -> None:
    """Put the variables into a group, in their order, which only the names tell."""
    names: list[str] = []
    for variable in variables:
        name = variable.path if variable.path not in names else f"{variable.path}_{len(names)}"
        names.append(name)
        group[name] = variable.value
    _put_names(group, "weight_names", names)


def _put_names(group: Any, attribute: str, names: Sequence[str]) -> None:
    parts = list(_parts([name.encode() for name in names]))
    for number, part in enumerate(parts):
        group.attrs[attribute if len(parts) == 1 else f"{attribute}{number}"] = np.array(part, dtype="S")


def _parts(names: list[bytes]) -> Iterator[list[bytes]]:
    """The names in lists of which each fits into an attribute, where all names take the room of the longest."""
    at_once = _ATTRIBUTE_BYTES // max(map(len, names), default=1)
    for first in range(0, max(len(names), 1), at_once):
        yield names[first : first + at_once]
