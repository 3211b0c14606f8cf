"""Limits for the values of weights, under Keras' names; an optimizer applies them after every update."""

from vitral.constraints.constraint import Constraint, registry
from vitral.constraints.norms import MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from vitral.typing import Config

max_norm = MaxNorm
min_max_norm = MinMaxNorm
non_neg = NonNeg
unit_norm = UnitNorm
deserialize = registry.deserialize


def get(identifier: "str | Config | type[Constraint] | Constraint | None") -> Constraint | None:
    """A constraint from its name, its configuration, its class or itself; None stays None.

    >>> get("max_norm").get_config(), get(None)
    ({'max_value': 2, 'axis': 0}, None)
    """
    return None if identifier is None else registry.get(identifier)


def serialize(constraint: Constraint | None) -> Config | None:
    """The configuration of a constraint; None stays None."""
    return None if constraint is None else registry.serialize(constraint)


__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "registry",
    "serialize",
    "unit_norm",
]
