"""Turning the descriptions in a `.keras` file into objects, Keras' own files included."""

from collections.abc import Mapping
from typing import Any

from vitral import losses, metrics, optimizers
from vitral.core.custom_objects import get_registered_object
from vitral.core.registry import Registry
from vitral.errors import ModelFileError, VitralError
from vitral.models import Model
from vitral.models.description import make
from vitral.saving.keras_arguments import Survey, check_shape, own_class
from vitral.saving.rooms import MODELS

_DAMAGED = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, MemoryError)
"""What constructors raise for a description that makes no sense."""


def model_from_config(config: Mapping[str, Any], safe_mode: bool = True) -> Model:
    """The model, with new weights and not compiled, that config.json describes.

    Raises ModelFileError, in one line, for a kind of model, a layer or an argument that Vitral does not have.
    """
    try:
        kind, own = config["class_name"], own_class(config)
        if kind not in MODELS and not (isinstance(own, type) and issubclass(own, Model)):
            raise ModelFileError(
                f"holds a model of the kind {kind!r}; expected {', '.join(MODELS)}, or a class that is registered or "
                "given in custom_objects"
            )
        survey = Survey(safe_mode)
        described = survey.layer(config)
        survey.raise_if_missing()
        model = make(described)
        assert isinstance(model, Model), "its kind is among MODELS, or its class is one"
        shape = (config.get("build_config") or {}).get("input_shape")
        if not model.built and shape is not None:
            model.build(_any_batch(shape, model.name))
        return model
    except VitralError as error:
        raise ModelFileError(str(error)) from None
    except _DAMAGED as error:
        raise ModelFileError(f"config.json does not describe a model ({error!r})") from None


def _any_batch(shape: Any, name: str) -> Any:
    """A shape, or a list or dictionary of shapes, for batches of any size; raises ModelFileError for anything else."""
    if isinstance(shape, Mapping):
        return {key: _any_batch(part, name) for key, part in shape.items()}
    if isinstance(shape, list) and shape and all(isinstance(part, (list, Mapping)) for part in shape):
        return [_any_batch(part, name) for part in shape]
    check_shape(shape, name)
    return (None, *shape[1:])


def compile_from_config(model: Model, config: Mapping[str, Any]) -> None:
    """Compile the model as the saved one was; raises ModelFileError if Vitral does not have what it used."""
    try:
        model.compile(
            optimizer=optimizers.deserialize(config["optimizer"]),
            loss=_identifiers(config.get("loss"), losses.registry),
            loss_weights=config.get("loss_weights"),
            metrics=_identifiers(config.get("metrics"), metrics.registry),
            weighted_metrics=_identifiers(config.get("weighted_metrics"), metrics.registry),
        )
    except VitralError as error:
        raise ModelFileError(f"{error}; load with compile=False to leave this out") from None
    except _DAMAGED as error:
        raise ModelFileError(f"compile_config is damaged ({error!r})") from None


def _identifiers(value: Any, registry: Registry[Any]) -> Any:
    """What describes a loss, a metric, or a list or dictionary of them, as `compile` takes it.

    A name stays as it is unless it is that of an object of the user's; a function of Keras' is known by its name.
    """
    if isinstance(value, list):
        return [_identifiers(entry, registry) for entry in value]
    if isinstance(value, str):
        return get_registered_object(value) or value
    if not isinstance(value, Mapping):
        return value
    if "class_name" not in value:
        return {name: _identifiers(entry, registry) for name, entry in value.items()}
    if value["class_name"] == "function":
        return get_registered_object(value.get("registered_name") or "") or _identifiers(value["config"], registry)
    return registry.deserialize(value)
