"""`keras.utils` as far as image classification uses it."""

import random

import numpy as np

from vitral.callbacks import Progbar
from vitral.config import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from vitral.core.custom_objects import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from vitral.core.naming import clear_session
from vitral.core.rng import set_seed
from vitral.core.symbolic import is_keras_tensor
from vitral.preprocessing import to_categorical
from vitral.saving import CustomObjectScope, deserialize_keras_object, serialize_keras_object
from vitral.training import PyDataset
from vitral.typing import Array
from vitral.utils.columns import pack_x_y_sample_weight, unpack_x_y_sample_weight
from vitral.utils.dot import model_to_dot
from vitral.utils.get_file import get_file
from vitral.utils.image_dataset import image_dataset_from_directory
from vitral.utils.pictures import array_to_img, img_to_array, load_img, save_img
from vitral.utils.plot import plot_model
from vitral.utils.split import split_dataset


def set_random_seed(seed: int) -> None:
    """Fix the randomness of Vitral, of Python's `random` and of NumPy's global functions, as Keras does.

    `vitral.set_seed` fixes Vitral's alone.
    """
    set_seed(seed)
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  the global state is what a script's np.random calls use


def normalize(x: Array, axis: int = -1, order: int = 2) -> Array:
    """x divided by its norm of the given order along an axis; zeros stay zeros.

    >>> normalize(np.array([[3.0, 4.0]])).tolist()
    [[0.6, 0.8]]
    """
    x = np.asarray(x)
    norm = np.atleast_1d(np.linalg.norm(x, order, axis))
    norm[norm == 0] = 1
    result: Array = x / np.expand_dims(norm, axis)
    return result


Sequence = PyDataset

__all__ = [
    "CustomObjectScope",
    "Progbar",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "image_dataset_from_directory",
    "img_to_array",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
    "load_img",
    "model_to_dot",
    "normalize",
    "pack_x_y_sample_weight",
    "plot_model",
    "register_keras_serializable",
    "save_img",
    "serialize_keras_object",
    "set_random_seed",
    "split_dataset",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
