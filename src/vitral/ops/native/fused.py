"""The activation that a dense layer or a convolution applies to its own result."""

from collections.abc import Callable
from typing import Any, NamedTuple

from vitral import _native
from vitral.ops.native import activation as native
from vitral.ops.native.module import IN_PLACE, empty, gradient
from vitral.typing import Array


def _leaky_relu(z: Array) -> tuple[Array, Any]:
    return native.relu(z, negative_slope=0.2)


AFTERWARDS: dict[str, tuple[Callable[[Array], tuple[Array, Any]], Callable[[Array, Any], Array]]] = {
    "leaky_relu": (_leaky_relu, native.relu_backward),
    "elu": (native.elu, native.elu_backward),
    "gelu": (native.gelu, native.gelu_backward),
    "silu": (native.silu, native.silu_backward),
    "softmax": (native.softmax, native.softmax_backward),
    "log_softmax": (native.log_softmax, native.log_softmax_backward),
    "softplus": (native.softplus, native.softplus_backward),
}
"""All others, which take a pass of their own."""


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


def after_activation(activation: str, z: Array) -> tuple[Array, Any]:
    """y and the activation's cache from z, to which an activation that is IN_PLACE has been applied already."""
    return (z, z) if activation in IN_PLACE else AFTERWARDS[activation][0](z)


def before_activation(dy: Array, cache: Affine, through_activation: bool) -> Array:
    """dz, the gradient before the activation, as a contiguous float32 array."""
    dy = gradient(dy)
    if not through_activation or cache.activation == "linear":
        return dy
    if cache.activation in AFTERWARDS:
        return AFTERWARDS[cache.activation][1](dy, cache.activation_cache)
    dz = empty(dy.shape)
    _native.activation_backward_from_output(cache.activation, dy, cache.activation_cache, dz)
    return dz
