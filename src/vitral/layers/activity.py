"""Penalties on what a layer gives out: what they add to the loss, and to the output's gradient."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from vitral.core.tree import flatten, pack
from vitral.regularizers import Regularizer
from vitral.typing import Array, Cache

if TYPE_CHECKING:
    from vitral.layers.layer import Layer


class Watched(NamedTuple):
    """The cache of a layer that has an activity regularizer, with the output on which there is a penalty."""

    inner: Cache
    output: Any


def watched_forward(layer: "Layer", x: Any, training: bool) -> tuple[Any, Cache]:
    """A layer's pass, and what the two functions below need: for a layer that calls others."""
    y, cache = layer.forward(x, training)
    return y, cache if layer.activity_regularizer is None else Watched(cache, y)


def watched_backward(layer: "Layer", dy: Any, cache: Cache) -> Any:
    """The layer's pass back, with the gradient of its penalty."""
    if layer.activity_regularizer is None:
        return layer.backward(dy, cache)
    return layer.backward(add_activity_gradient(layer.activity_regularizer, dy, cache.output), cache.inner)


def watched_penalty(layer: "Layer", cache: Cache) -> float:
    """What the layer and those inside it add to the loss."""
    if layer.activity_regularizer is None:
        return layer.activity_penalty(cache)
    return activity_penalty(layer.activity_regularizer, cache.output) + layer.activity_penalty(cache.inner)


def activity_penalty(regularizer: Regularizer, output: Any) -> float:
    """The penalty on a batch divided by its number of samples; of several outputs, the sum.

    >>> import numpy as np
    >>> from vitral.regularizers import L2
    >>> activity_penalty(L2(0.1), np.array([[1.0], [3.0]]))
    0.5
    """
    return sum(float(regularizer(y)) / len(y) for y in flatten(output))


def add_activity_gradient(regularizer: Regularizer, dy: Any, output: Any) -> Any:
    """`dy`, the gradient of the output, with that of the penalty."""

    def added(gradient: Array, y: Array) -> Array:
        of_penalty = regularizer.gradient(y) / len(y)
        return np.add(gradient, of_penalty, dtype=gradient.dtype, casting="same_kind")

    return pack(output, [added(*pair) for pair in zip(flatten(dy), flatten(output), strict=True)])


def holds_penalties(value: Any) -> bool:
    """Whether this is a layer with a penalty, or a structure with one in it."""
    return any(getattr(thing, "penalizes", False) is True for thing in flatten(value))
