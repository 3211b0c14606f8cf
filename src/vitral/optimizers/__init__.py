"""Optimizers: Keras 3's names, defaults and update rules, with the formulas in `vitral.ops`."""

from vitral.optimizers import schedules
from vitral.optimizers.adadelta import Adadelta
from vitral.optimizers.adafactor import Adafactor
from vitral.optimizers.adagrad import Adagrad
from vitral.optimizers.adam import Adam, AdamW
from vitral.optimizers.adamax import Adamax
from vitral.optimizers.ftrl import Ftrl
from vitral.optimizers.lamb import Lamb
from vitral.optimizers.lion import Lion
from vitral.optimizers.muon import Muon
from vitral.optimizers.nadam import Nadam
from vitral.optimizers.optimizer import Optimizer, registry
from vitral.optimizers.rmsprop import RMSprop
from vitral.optimizers.schedule_free_adamw import ScheduleFreeAdamW
from vitral.optimizers.sgd import SGD
from vitral.typing import Config

deserialize = registry.deserialize


def serialize(optimizer: Optimizer) -> Config:
    """The plain configuration of an optimizer, as Keras 3 writes it."""
    return registry.serialize(optimizer)


def get(identifier: str | Config | type[Optimizer] | Optimizer) -> Optimizer:
    """An optimizer from its name (in any case), its configuration, its class, or itself.

    >>> get("RMSprop").learning_rate, get({"class_name": "SGD", "config": {"momentum": 0.9}}).momentum
    (0.001, 0.9)
    """
    if isinstance(identifier, str) and identifier not in registry.classes:
        identifier = identifier.lower()
    return registry.get(identifier)


__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "Muon",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "ScheduleFreeAdamW",
    "deserialize",
    "get",
    "registry",
    "schedules",
    "serialize",
]
