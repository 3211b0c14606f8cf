"""Losses: Keras 3's names, defaults and reductions, each with its derivative."""

from collections.abc import Callable
from typing import Any

from vitral.errors import ConfigError
from vitral.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from vitral.losses.functions import (
    CLASSES,
    binary_crossentropy,
    categorical_crossentropy,
    huber,
    mean_absolute_error,
    mean_squared_error,
    sparse_categorical_crossentropy,
)
from vitral.losses.loss import Loss, registry
from vitral.losses.regression import Huber, MeanAbsoluteError, MeanSquaredError
from vitral.typing import Config

serialize = registry.serialize
deserialize = registry.deserialize


def get(identifier: str | Config | type[Loss] | Loss | Callable[..., Any]) -> Loss:
    """A loss from its name, its configuration, its class, one of the functions of this room, or itself.

    Raises ConfigError for an unknown name, and for a function whose derivative is not known.

    >>> get("mse"), get(sparse_categorical_crossentropy).name
    (<MeanSquaredError name=mean_squared_error, reduction=sum_over_batch_size>, 'sparse_categorical_crossentropy')
    """
    if isinstance(identifier, (str, dict, type, Loss)):
        return registry.get(identifier)
    if callable(identifier) and identifier in CLASSES:
        return CLASSES[identifier]()
    raise ConfigError(
        f"loss is {identifier!r}; expected a name or a Loss: a loss of your own is a subclass of losses.Loss with "
        "call(y_true, y_pred) and gradient(y_true, y_pred)"
    )


__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Huber",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "huber",
    "mean_absolute_error",
    "mean_squared_error",
    "registry",
    "serialize",
    "sparse_categorical_crossentropy",
]
