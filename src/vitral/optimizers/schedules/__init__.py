"""Learning rates that change with the number of steps taken."""

from vitral.optimizers.schedules.cycles import CosineDecayRestarts, OneCycle
from vitral.optimizers.schedules.decay import CosineDecay, ExponentialDecay, PiecewiseConstantDecay
from vitral.optimizers.schedules.powers import InverseTimeDecay, PolynomialDecay
from vitral.optimizers.schedules.schedule import LearningRateSchedule, registry

get = registry.get
serialize = registry.serialize
deserialize = registry.deserialize

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "OneCycle",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "get",
    "registry",
    "serialize",
]
