"""All rooms whose classes can be named in a file."""

from collections.abc import Mapping
from typing import Any

from vitral.activations.activation import registry as activations
from vitral.constraints.constraint import registry as constraints
from vitral.core.registry import Registry
from vitral.initializers.initializer import registry as initializers
from vitral.layers.layer import registry as layers
from vitral.losses.loss import registry as losses
from vitral.metrics.metric import registry as metrics
from vitral.models import Model
from vitral.models.description import kinds
from vitral.optimizers.optimizer import registry as optimizers
from vitral.optimizers.schedules.schedule import registry as schedules
from vitral.regularizers.regularizer import registry as regularizers

ROOMS: tuple[Registry[Any], ...] = (
    layers,
    initializers,
    regularizers,
    constraints,
    activations,
    optimizers,
    schedules,
    losses,
    metrics,
)
"""Where a name could stand in several of them, the module that is written beside it decides, or else this order."""

MODELS: Mapping[str, type[Model]] = kinds()
"""The kinds of models by Keras' names for them."""
