"""Any object as plain values, and back, in Keras 3's form."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from vitral.core.custom_objects import custom_object_scope, get_registered_name, get_registered_object
from vitral.core.registry import unknown_name
from vitral.errors import ConfigError
from vitral.models import Model
from vitral.models.description import describe, make
from vitral.saving.rooms import MODELS, ROOMS
from vitral.typing import Config

_PLAIN = (str, int, float, bool, type(None))


def serialize_keras_object(obj: Any) -> Any:
    """A layer, model, optimizer, loss, metric or other part, or a list or dictionary of them, as plain values.

    Raises ConfigError for an object that has no `get_config`, and for a lambda.

    >>> from vitral import regularizers
    >>> serialize_keras_object([regularizers.L2(0.5), np.float32(1)])[0]["config"]
    {'l2': 0.5}
    """
    if isinstance(obj, np.generic):
        return obj.item()
    if isinstance(obj, _PLAIN):
        return obj
    if isinstance(obj, (list, tuple)):
        return [serialize_keras_object(entry) for entry in obj]
    if isinstance(obj, dict):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    if isinstance(obj, np.ndarray):
        return {"class_name": "__numpy__", "config": {"value": obj.tolist(), "dtype": obj.dtype.name}}
    return _described(obj)


def deserialize_keras_object(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True, **kwargs: Any
) -> Any:
    """The object that `serialize_keras_object`, of Vitral or of Keras 3, described.

    `custom_objects` maps names to the user's own classes and functions. Code in the description is never run: a lambda
    is refused, whatever `safe_mode` says. Raises ConfigError for a class that Vitral does not have.

    >>> from vitral import layers
    >>> deserialize_keras_object(serialize_keras_object(layers.Dense(3, name="last")))
    <Dense name=last, built=False>
    """
    for argument in kwargs:
        raise unknown_name("argument of deserialize_keras_object", argument, ["config", "custom_objects", "safe_mode"])
    with custom_object_scope(custom_objects):
        return _object(config)


def _described(obj: Any) -> Config:
    if isinstance(obj, Model):
        return describe(obj)
    for room in ROOMS:
        if room.base is not None and isinstance(obj, room.base):
            return room.serialize(obj)
    name = getattr(obj, "__name__", None)
    if callable(obj) and name is not None and name != "<lambda>":
        return {
            "module": "builtins",
            "class_name": "function",
            "config": name,
            "registered_name": get_registered_name(obj),
        }
    if not hasattr(obj, "get_config"):
        raise ConfigError(f"{obj!r} cannot be described; expected plain values or an object with get_config")
    return {
        "module": type(obj).__module__,
        "class_name": type(obj).__name__,
        "config": obj.get_config(),
        "registered_name": get_registered_name(type(obj)),
    }


def _object(config: Any) -> Any:
    if isinstance(config, (list, tuple)):
        return [_object(entry) for entry in config]
    if not isinstance(config, Mapping):
        return config
    if "class_name" not in config or "config" not in config:
        return {key: _object(value) for key, value in config.items()}
    name, module, inner = str(config["class_name"]), config.get("module"), config["config"]
    if name in ("__numpy__", "__tensor__"):
        return np.array(inner["value"], inner["dtype"])
    if name == "__lambda__":
        raise ConfigError("a lambda holds code, which Vitral does not run; write a function and register it")
    registered = get_registered_object(str(config.get("registered_name") or name))
    if name == "function":
        function = registered or get_registered_object(str(inner))
        if function is None:
            raise ConfigError(f"unknown function {inner!r}; give it in custom_objects, or register it")
        return function
    if name in MODELS and "layers" in inner:
        return make(config)
    room = next((room for room in ROOMS if room.module == module), None) or next(
        (room for room in ROOMS if name in room), None
    )
    if room is not None:
        return room.deserialize(config)
    if registered is None:
        raise unknown_name("class", name, [known for room in ROOMS for known in room.classes])
    return registered.from_config(inner)
