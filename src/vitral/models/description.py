"""Models and layers as plain values, and back, in Keras 3's form."""

from collections.abc import Mapping
from typing import Any

from vitral import layers
from vitral.core.custom_objects import get_registered_object
from vitral.layers import Layer
from vitral.typing import Config


def kinds() -> dict[str, Any]:
    """The kinds of models by the names that Keras' files have for them."""
    from vitral.models.functional import Functional
    from vitral.models.sequential import Sequential

    return {"Sequential": Sequential, "Functional": Functional, "Model": Functional}


def describe(layer: Layer) -> Config:
    """A layer, or a model, as Keras describes it."""
    kind = next((name for name, cls in kinds().items() if isinstance(layer, cls)), None)
    if kind is None:
        return layers.serialize(layer)
    functional = kind == "Functional"
    return {
        "module": "keras.src.models.functional" if functional else "keras",
        "class_name": kind,
        "config": layer.get_config(),
        "registered_name": "Functional" if functional else None,
    }


def make(description: Mapping[str, Any]) -> Layer:
    """The layer or the model, with new weights, that was described."""
    kind = str(description["class_name"])
    is_model = kind in kinds() and "layers" in (description.get("config") or {})
    if is_model and get_registered_object(str(description.get("registered_name") or kind)) is None:
        made: Layer = kinds()[kind].from_config(description["config"])
        return made
    return layers.deserialize(description)
