"""Keras' activation functions: each is an operation and the operation that is its derivative."""

from collections.abc import Callable
from functools import partial

from vitral import ops
from vitral.activations.activation import Activation
from vitral.typing import Array, Cache


class BuiltIn(Activation):
    """An activation that dense and conv2d can apply themselves, under its name."""

    def __init__(
        self,
        name: str,
        formula: str,
        function: Callable[[Array], tuple[Array, Cache]],
        derivative: Callable[[Array, Cache], Array],
    ) -> None:
        self.fused_name = name
        self.__doc__ = formula
        self.function = function
        self.derivative = derivative

    def forward(self, x: Array) -> tuple[Array, Cache]:
        return self.function(x)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return self.derivative(dy, cache)


linear = BuiltIn("linear", "y = x.", ops.linear, ops.linear_backward)
relu = BuiltIn("relu", "y = max(x, 0).", ops.relu, ops.relu_backward)
leaky_relu = BuiltIn(
    "leaky_relu", "y = x where x > 0, 0.2 x elsewhere.", partial(ops.relu, negative_slope=0.2), ops.relu_backward
)
elu = BuiltIn("elu", "y = x where x > 0, e^x - 1 elsewhere.", ops.elu, ops.elu_backward)
gelu = BuiltIn("gelu", "y = x Phi(x), Phi the normal distribution function.", ops.gelu, ops.gelu_backward)
silu = BuiltIn("silu", "y = x sigmoid(x), also called swish.", ops.silu, ops.silu_backward)
sigmoid = BuiltIn("sigmoid", "y = 1 / (1 + e^-x), between 0 and 1.", ops.sigmoid, ops.sigmoid_backward)
tanh = BuiltIn("tanh", "y = tanh(x), between -1 and 1.", ops.tanh, ops.tanh_backward)
softplus = BuiltIn("softplus", "y = log(1 + e^x).", ops.softplus, ops.softplus_backward)
softmax = BuiltIn(
    "softmax", "Probabilities along the last axis: y_i = e^x_i / sum_j e^x_j.", ops.softmax, ops.softmax_backward
)
log_softmax = BuiltIn(
    "log_softmax", "Logarithms of softmax's probabilities.", ops.log_softmax, ops.log_softmax_backward
)

BY_NAME = {
    str(activation.fused_name): activation
    for activation in (
        linear,
        relu,
        leaky_relu,
        elu,
        gelu,
        silu,
        sigmoid,
        tanh,
        softplus,
        softmax,
        log_softmax,
    )
} | {"swish": silu}
"""Every activation of this file by its Keras name."""
