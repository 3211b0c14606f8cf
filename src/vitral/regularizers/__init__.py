"""Penalties on weights, under Keras' names."""

from vitral.regularizers.orthogonal import OrthogonalRegularizer
from vitral.regularizers.regularizer import L1, L1L2, L2, Regularizer, registry
from vitral.typing import Config

l1 = L1
l2 = L2
l1_l2 = L1L2
orthogonal_regularizer = OrthogonalRegularizer
deserialize = registry.deserialize


def serialize(regularizer: Regularizer) -> Config:
    """The plain configuration of a regularizer, as Keras 3 writes it."""
    return registry.serialize(regularizer)


def get(identifier: "str | Config | Regularizer | None") -> Regularizer | None:
    """A regularizer from its name ("l1", "l2", "l1_l2"), its configuration or itself; None stays None.

    >>> get("l2").get_config(), get(None)
    ({'l2': 0.01}, None)
    """
    return None if identifier is None else registry.get(identifier)


__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
    "serialize",
]
