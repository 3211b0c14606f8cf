"""Saved models, in Keras 3's formats: `.keras` for all of a model, `.weights.h5` for its weights.

Weights also go to safetensors files and to PyTorch, and come from there; whole models go to ONNX and come
from there.
"""

from vitral.core.custom_objects import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from vitral.saving.files import load_model, load_weights, model_from_json, save_model, save_weights
from vitral.saving.keras_config import compile_from_config
from vitral.saving.onnx import from_onnx, to_onnx
from vitral.saving.pytorch import from_torch, to_torch
from vitral.saving.safetensors import load_safetensors, save_safetensors
from vitral.saving.serialization import deserialize_keras_object, serialize_keras_object

CustomObjectScope = custom_object_scope

__all__ = [
    "CustomObjectScope",
    "compile_from_config",
    "custom_object_scope",
    "deserialize_keras_object",
    "from_onnx",
    "from_torch",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_safetensors",
    "load_weights",
    "model_from_json",
    "register_keras_serializable",
    "save_model",
    "save_safetensors",
    "save_weights",
    "serialize_keras_object",
    "to_onnx",
    "to_torch",
]
