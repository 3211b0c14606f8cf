"""Learning rates that change with the number of steps taken."""

from vitral.optimizers.schedules.decay import CosineDecay, ExponentialDecay, PiecewiseConstantDecay
from vitral.optimizers.schedules.schedule import LearningRateSchedule, registry

get = registry.get
serialize = registry.serialize
deserialize = registry.deserialize

__all__ = [
    "CosineDecay",
    "ExponentialDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "deserialize",
    "get",
    "registry",
    "serialize",
]
