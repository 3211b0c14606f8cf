"""What a configuration that Keras wrote says beyond Vitral's own classes.

Keras writes more arguments than Vitral's classes have. One that says "not used" is dropped; any other would make a
different model. Layers and arguments that Vitral does not have are all collected before anything is refused. Classes
are looked up by name among those that are registered: no module named in a file is ever imported.
"""

import difflib
from collections.abc import Mapping
from typing import Any

from vitral.core.custom_objects import get_registered_object
from vitral.core.registry import Registry, arguments_of
from vitral.errors import ModelFileError
from vitral.layers.layer import registry as layers
from vitral.saving.keras_operators import as_activation, as_rescaling
from vitral.saving.rooms import MODELS, ROOMS
from vitral.typing import Config

_FLOAT_TYPES = ("float32", "float64")
_WITHOUT_EFFECT = ("renorm_momentum",)
"""Arguments of Keras that do nothing unless another one is set, which is refused itself."""


class Survey:
    """Goes through the description of a model, and remembers all that is missing.

    `safe_mode=False` lets a Lambda layer or function pass as far as the user gives a class for it.
    """

    def __init__(self, safe_mode: bool) -> None:
        self.safe_mode = safe_mode
        self._layers: list[str] = []
        self._code: list[str] = []
        self._arguments: list[str] = []

    def raise_if_missing(self) -> None:
        """Raise ModelFileError, in one line, that names everything at once."""
        problems = list(self._arguments)
        if self._layers:
            plural = "s" * (len(self._layers) > 1)
            problems.insert(0, f"unknown layer{plural} {', '.join(self._layers)}")
        if self._code:
            problems.insert(
                0, f"{', '.join(self._code)} holds code, which is not run; replace it, or give safe_mode=False"
            )
        if problems:
            raise ModelFileError("; ".join(problems))

    def model(self, config: Mapping[str, Any]) -> Config:
        """The description of a model without what is not used, down to the last layer."""
        inner = dict(config["config"])
        if not isinstance(inner["layers"], list):
            raise TypeError(f"layers is a {type(inner['layers']).__name__}")
        for name in ("build_input_shape", "batch_input_shape"):
            if inner.get(name) is not None:
                check_shape(inner[name], str(inner.get("name")))
        inner["layers"] = [self.layer(member) for member in inner["layers"]]
        return {**config, "config": inner}

    def layer(self, config: Mapping[str, Any]) -> Config:
        """The description of a layer, or of a model inside the model."""
        config = as_rescaling(config) or as_activation(config) or config
        name = config["class_name"]
        if name in MODELS and isinstance(config.get("config"), Mapping) and "layers" in config["config"]:
            return self.model(config)
        if name == "Lambda" and self.safe_mode:
            self._note(self._code, f'layer "{_name(config)}" (Lambda)')
            return dict(config)
        if own_class(config) is None and name not in layers.classes:
            hints = [f" (did you mean {near!r}?)" for near in difflib.get_close_matches(name, layers.classes, n=1)]
            self._note(self._layers, f"{name!r}" + "".join(hints))
            return dict(config)
        arguments = config.get("config") or {}
        if name == "InputLayer":
            check_shape(arguments.get("batch_shape", arguments.get("batch_input_shape")), _name(config))
        return self._part(config, layers)

    def _part(self, config: Mapping[str, Any], room: Registry[Any] | None) -> Config:
        """The description of any object, without arguments that say "not used"."""
        name = config["class_name"]
        arguments = dict(config.get("config") or {})
        own = own_class(config)
        if isinstance(own, type) and "dtype" not in arguments_of(own) and _is_unused("dtype", arguments.get("dtype")):
            arguments.pop("dtype", None)  # which every layer of Keras' writes
        if room is not None and name in room.classes and own is None:
            known = arguments_of(room.classes[name])
            if name != "InputLayer" and room is layers:
                known = known - {"dtype"}  # an argument that is there to be refused
            for argument in [a for a in arguments if a not in known]:
                value = arguments.pop(argument)
                if not _is_unused(argument, value):
                    owner = f'{name} "{arguments["name"]}"' if "name" in arguments else name
                    self._arguments.append(f"{owner} was saved with {argument}={value!r}, which Vitral does not have")
        return {**config, "config": {key: self._value(value) for key, value in arguments.items()}}

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(entry) for entry in value]
        if not isinstance(value, Mapping) or "class_name" not in value:
            return value
        if value["class_name"] == "__lambda__" and self.safe_mode:
            self._note(self._code, "a lambda function")
            return value
        module = value.get("module")
        if module == layers.module or (module is None and value["class_name"] in layers.classes):
            return self.layer(value)
        room = next((room for room in ROOMS if room.module == module), None)
        if room is None and module is None:
            room = next((room for room in ROOMS if value["class_name"] in room.classes), None)
        return self._part(value, room)

    def _note(self, problems: list[str], problem: str) -> None:
        if problem not in problems:
            problems.append(problem)


def check_shape(shape: Any, name: str) -> None:
    """Raise ModelFileError unless the shape is a list of None and positive whole numbers."""
    fits = isinstance(shape, (list, tuple)) and all(
        size is None or (isinstance(size, int) and not isinstance(size, bool) and size > 0) for size in shape
    )
    if not fits:
        raise ModelFileError(f'"{name}" has the input shape {shape!r}; expected whole numbers above zero, or null')


def own_class(config: Mapping[str, Any]) -> Any:
    """The user's own class for a description, if there is one."""
    for name in (config.get("registered_name"), config["class_name"]):
        found = None if name is None else get_registered_object(name) or get_registered_object(f"Custom>{name}")
        if found is not None:
            return found
    return None


def _name(config: Mapping[str, Any]) -> str:
    return str((config.get("config") or {}).get("name") or config.get("name"))


def _is_unused(argument: str, value: Any) -> bool:
    if argument == "dtype":
        if isinstance(value, Mapping):
            value = value.get("config", {}).get("name")
        return value is None or value in _FLOAT_TYPES
    if argument == "data_format":
        return value in (None, "channels_last")
    return value is None or value is False or argument in _WITHOUT_EFFECT
