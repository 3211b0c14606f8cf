"""Saved models, in Keras 3's formats: `.keras` for all of a model, `.weights.h5` for its weights."""

from vitral.core.registry import get_registered_name, register_keras_serializable
from vitral.saving.files import load_model, load_weights, save_model, save_weights

__all__ = [
    "get_registered_name",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
]
