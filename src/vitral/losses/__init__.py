"""Losses: Keras 3's names, defaults and reductions, each with its derivative."""

from collections.abc import Callable, Mapping
from typing import Any

from vitral.errors import ConfigError
from vitral.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from vitral.losses.focal import (
    BinaryFocalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
)
from vitral.losses.functions import (
    CLASSES,
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_generalized_cross_entropy,
    categorical_hinge,
    cosine_similarity,
    dice,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
    tversky,
)
from vitral.losses.hinge import CategoricalHinge, Hinge, SquaredHinge
from vitral.losses.loss import Loss, registry
from vitral.losses.overlap import Dice, Tversky
from vitral.losses.regression import (
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
)
from vitral.losses.similarity import CosineSimilarity, KLDivergence
from vitral.typing import Config


def serialize(loss: Loss) -> Config:
    """The plain configuration of a loss, as Keras 3 writes it."""
    return registry.serialize(loss)


def deserialize(name: Mapping[str, Any], custom_objects: Mapping[str, type] | None = None) -> Loss:
    """The loss that `serialize` described; `name` is the description, as Keras calls it.

    Raises ConfigError if its class is not known.
    """
    return registry.deserialize(name, custom_objects)


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
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "Dice",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Tversky",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "categorical_hinge",
    "cosine_similarity",
    "deserialize",
    "dice",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "registry",
    "serialize",
    "sparse_categorical_crossentropy",
    "squared_hinge",
    "tversky",
]
