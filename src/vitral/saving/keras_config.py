"""Turning the descriptions in a `.keras` file into objects, Keras' own files included.

Keras writes more arguments than Vitral's classes have. One that says "not used" is dropped; any other would make a
different model, so it is refused by name. Classes are looked up by name among those that are registered: no module
named in a file is ever imported.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitral import losses, metrics, optimizers
from vitral.core.registry import Registry, arguments_of
from vitral.errors import ModelFileError, VitralError
from vitral.initializers.initializer import registry as initializers
from vitral.layers import Layer
from vitral.layers.layer import registry as layers
from vitral.models import Model, Sequential
from vitral.regularizers.regularizer import registry as regularizers
from vitral.typing import Config

_FLOAT_TYPES = ("float32", "float64")
_WITHOUT_EFFECT = ("renorm_momentum",)
"""Arguments of Keras that do nothing unless another one is set, which is refused itself."""

_REGISTRIES: tuple[Registry[Any], ...] = (
    layers,
    initializers,
    regularizers,
)


def model_from_config(config: Mapping[str, Any], custom_objects: Mapping[str, Any], source: Path) -> Model:
    """The model, with new weights and not compiled, that config.json describes.

    Raises ModelFileError, in one line, for a kind of model, a layer or an argument that Vitral does not have.
    """
    try:
        if config["class_name"] != "Sequential":
            raise ModelFileError(
                f"{source}: holds a model of the kind {config['class_name']!r}; Vitral reads Sequential models"
            )
        return _sequential(config["config"], custom_objects, source)
    except ModelFileError:
        raise
    except VitralError as error:
        raise ModelFileError(f"{source}: {error}") from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ModelFileError(f"{source}: config.json does not describe a model ({error!r})") from None


def compile_from_config(
    model: Model, config: Mapping[str, Any], custom_objects: Mapping[str, Any], source: Path
) -> None:
    """Compile the model as the saved one was; raises ModelFileError if Vitral does not have what it used."""
    try:
        model.compile(
            optimizer=optimizers.deserialize(config["optimizer"], custom_objects),
            loss=_identifier(config.get("loss"), losses.registry, custom_objects),
            metrics=_identifiers(config.get("metrics"), custom_objects),
            weighted_metrics=_identifiers(config.get("weighted_metrics"), custom_objects),
        )
    except VitralError as error:
        raise ModelFileError(f"{source}: {error}; load with compile=False to leave this out") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelFileError(f"{source}: compile_config is damaged ({error!r})") from None


def _sequential(config: Mapping[str, Any], custom_objects: Mapping[str, Any], source: Path) -> Sequential:
    members = [_layer(member, custom_objects, source) for member in config["layers"]]
    return Sequential.from_config({**config, "layers": members})


def _layer(config: Config, custom_objects: Mapping[str, Any], source: Path) -> Layer:
    if config["class_name"] == "Sequential":
        return _sequential(config["config"], custom_objects, source)
    return layers.deserialize(without_unused(config, custom_objects, source), custom_objects)


def without_unused(config: Config, custom_objects: Mapping[str, Any], source: Path) -> Config:
    """The configuration of an object, and of those inside it, without arguments that say "not used"."""
    name = config["class_name"]
    cls = next((registry.classes[name] for registry in _REGISTRIES if name in registry.classes), None)
    arguments = dict(config.get("config") or {})
    if cls is not None and config.get("registered_name") in (None, name):
        known = arguments_of(cls)
        for argument in [a for a in arguments if a not in known]:
            value = arguments.pop(argument)
            if not _is_unused(argument, value):
                owner = f'{name} "{arguments["name"]}"' if "name" in arguments else name
                raise ModelFileError(
                    f"{source}: {owner} was saved with {argument}={value!r}, which Vitral does not have"
                )
    inside = {key: _inside(value, custom_objects, source) for key, value in arguments.items()}
    return {**config, "config": inside}


def _inside(value: Any, custom_objects: Mapping[str, Any], source: Path) -> Any:
    """An argument: the object itself if it is of a class of the user's, or what it is described by."""
    if not isinstance(value, dict) or "class_name" not in value:
        return value
    described = without_unused(value, custom_objects, source)
    cls = custom_objects.get(value.get("registered_name") or "") or custom_objects.get(value["class_name"])
    return described if cls is None else cls.from_config(described["config"])


def _is_unused(argument: str, value: Any) -> bool:
    if argument == "dtype":
        if isinstance(value, Mapping):
            value = value.get("config", {}).get("name")
        return value is None or value in _FLOAT_TYPES
    if argument == "data_format":
        return value in (None, "channels_last")
    return value is None or value is False or argument in _WITHOUT_EFFECT


def _identifiers(values: list[Any] | None, custom_objects: Mapping[str, Any]) -> list[Any] | None:
    if values is None:
        return None
    return [_identifier(value, metrics.registry, custom_objects) for value in values]


def _identifier(value: Any, registry: Registry[Any], custom_objects: Mapping[str, Any]) -> Any:
    """A name as it is; the name of one of Keras' functions; or the object that is described."""
    if isinstance(value, str) and value in custom_objects:
        return custom_objects[value]
    if not isinstance(value, Mapping):
        return value
    if value.get("class_name") == "function":
        return _identifier(value["config"], registry, custom_objects)
    return registry.deserialize(value, custom_objects)
