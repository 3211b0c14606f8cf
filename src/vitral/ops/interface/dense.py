"""Fully connected: every output is a weighted sum of all inputs."""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def dense(x: Array, kernel: Array, bias: Array | None, *, activation: str = "linear") -> tuple[Array, Cache]:
    """y = activation(x W + b).

    x (..., inputs), kernel W (inputs, units), bias (units,) or None; y (..., units).
    """
    raise NotImplementedError


@operation
def dense_backward(
    dy: Array,
    cache: Cache,
    *,
    through_activation: bool = True,
    input_gradient: bool = True,
    input_activation: str = "linear",
) -> tuple[Array | None, Array, Array | None]:
    """dz = dy * activation'(z), dW = x^T dz, db = sum of dz over samples, dx = dz W^T; returns (dx, dW, db).

    `through_activation=False` says that `dy` is already dz, the gradient before the activation.
    `input_gradient=False` leaves dx out (None): a first layer has nobody to give it to.
    `input_activation` says of which activation, linear, relu, sigmoid or tanh, x is the output; dx is then the gradient
    before that activation, which takes no pass over the arrays of its own.
    db is None where there was no bias.
    """
    raise NotImplementedError
