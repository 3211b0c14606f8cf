"""Activations as ONNX nodes: one line per activation, by its Keras name."""

from collections.abc import Callable
from typing import Any

from vitral.activations import Activation
from vitral.activations.layer_activation import LayerActivation
from vitral.saving.onnx.drawing import Drawing, Value

_SELU = {"alpha": 1.6732632423543772, "gamma": 1.0507009873554805}

Draw = Callable[[Drawing, str], str]

ACTIVATIONS: dict[str, Draw] = {
    "linear": lambda g, x: x,
    "relu": lambda g, x: g.node("Relu", x),
    "relu6": lambda g, x: g.node("Clip", x, g.constant(0), g.constant(6)),
    "leaky_relu": lambda g, x: g.node("LeakyRelu", x, alpha=0.2),
    "elu": lambda g, x: g.node("Elu", x, alpha=1.0),
    "celu": lambda g, x: g.node("Celu", x, alpha=1.0),
    "selu": lambda g, x: g.node("Selu", x, **_SELU),
    "gelu": lambda g, x: g.node("Gelu", x, approximate="none"),
    "silu": lambda g, x: g.node("Mul", x, g.node("Sigmoid", x)),
    "mish": lambda g, x: g.node("Mish", x),
    "sigmoid": lambda g, x: g.node("Sigmoid", x),
    "log_sigmoid": lambda g, x: g.node("Neg", g.node("Softplus", g.node("Neg", x))),
    "tanh": lambda g, x: g.node("Tanh", x),
    "tanh_shrink": lambda g, x: g.node("Sub", x, g.node("Tanh", x)),
    "softplus": lambda g, x: g.node("Softplus", x),
    "softsign": lambda g, x: g.node("Softsign", x),
    "exponential": lambda g, x: g.node("Exp", x),
    "squareplus": lambda g, x: g.node(
        "Mul", g.node("Add", x, g.node("Sqrt", g.node("Add", g.node("Mul", x, x), g.constant(4)))), g.constant(0.5)
    ),
    "hard_sigmoid": lambda g, x: g.node("HardSigmoid", x, alpha=1 / 6, beta=0.5),
    "sparse_sigmoid": lambda g, x: g.node("HardSigmoid", x, alpha=0.5, beta=0.5),
    "hard_silu": lambda g, x: g.node("HardSwish", x),
    "hard_tanh": lambda g, x: g.node("Clip", x, g.constant(-1), g.constant(1)),
    "hard_shrink": lambda g, x: g.node("Shrink", x, lambd=0.5, bias=0.0),
    "soft_shrink": lambda g, x: g.node("Shrink", x, lambd=0.5, bias=0.5),
}
"""Entry by entry, in whichever order the axes are."""

ALONG_LAST_AXIS: dict[str, str] = {"softmax": "Softmax", "log_softmax": "LogSoftmax"}


def can_draw_activation(activation: Activation, can_draw: Callable[[Any], bool]) -> bool:
    """Whether `activate` knows this activation; `can_draw` tells it for a layer in the place of one."""
    if isinstance(activation, LayerActivation):
        return can_draw(activation.layer)
    return activation.name in ACTIVATIONS or activation.name in ALONG_LAST_AXIS


def activate(drawing: Drawing, x: Value, activation: Activation, draw_layer: Callable[..., Value]) -> Value:
    """The value behind an activation."""
    if isinstance(activation, LayerActivation):
        return draw_layer(activation.layer, [x], x.shape)
    if activation.name in ALONG_LAST_AXIS:
        return Value(x.shape, last=drawing.node(ALONG_LAST_AXIS[activation.name], drawing.last(x), axis=-1))
    if activation.name == "linear":
        return x
    return drawing.each([x], x.shape, lambda name: ACTIVATIONS[activation.name](drawing, name))
