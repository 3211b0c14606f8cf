"""The activation that a dense layer or a convolution applies to its own result."""

from typing import Any, NamedTuple

import numpy as np

from vitral.ops.native.module import FLOAT32
from vitral.ops.reference.activation import FROM_OUTPUT, FUSED
from vitral.typing import Array

IN_PLACE = {"linear": 0, "relu": 1, "sigmoid": 2, "tanh": 3}
"""Activations that the kernels apply while the result is in the cache, and whose derivative their output tells."""


class Affine(NamedTuple):
    """What the backward pass of y = activation(linear in x) needs; its type tells that the kernels made it.

    `activation_cache` is y for activations that are IN_PLACE.
    """

    x: Array
    kernel: Array
    has_bias: bool
    activation: str
    activation_cache: Any
    geometry: Any = None


def before_activation(dy: Array, cache: Affine, through_activation: bool) -> Array:
    """dz, the gradient before the activation, as a contiguous float32 array."""
    dy = np.ascontiguousarray(dy, FLOAT32)
    if not through_activation or cache.activation == "linear":
        return dy
    if cache.activation in FROM_OUTPUT:
        return FROM_OUTPUT[cache.activation](dy, cache.activation_cache)
    return FUSED[cache.activation][1](dy, cache.activation_cache)
