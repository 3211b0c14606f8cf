"""Learning rates that change with the number of steps taken."""

from vitral.optimizers.schedules.cycles import CosineDecayRestarts, OneCycle
from vitral.optimizers.schedules.decay import CosineDecay, ExponentialDecay, PiecewiseConstantDecay
from vitral.optimizers.schedules.powers import InverseTimeDecay, PolynomialDecay
from vitral.optimizers.schedules.schedule import LearningRateSchedule, registry
from vitral.typing import Config

get = registry.get
deserialize = registry.deserialize


def serialize(learning_rate_schedule: LearningRateSchedule) -> Config:
    """The plain configuration of a schedule, as Keras 3 writes it."""
    return registry.serialize(learning_rate_schedule)


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
