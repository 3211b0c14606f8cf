"""Activations as ONNX nodes: one line per activation, by its Keras name."""

from collections.abc import Callable
from typing import Any

from vitral.activations import Activation
from vitral.activations.layer_activation import LayerActivation
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.typing import Shape

_SELU = {"alpha": 1.6732632423543772, "gamma": 1.0507009873554805}

Draw = Callable[[Drawing, str], str]


def _sparse_plus(g: Drawing, x: str) -> str:
    # ((x + 1) / 2)^2 from -1 to 1, then x.
    raised = g.node(
        "Clip", g.node("Mul", g.node("Add", x, g.constant(1)), g.constant(0.5)), g.constant(0), g.constant(1)
    )
    return g.node("Add", g.node("Mul", raised, raised), g.node("Relu", g.node("Sub", x, g.constant(1))))


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
    "sparse_plus": _sparse_plus,
}
"""Entry by entry, in whichever order the axes are."""


def _glu(g: Drawing, x: str) -> str:
    value, gate = g.results_of("Split", 2, x, axis=-1, num_outputs=2)
    return g.node("Mul", value, g.node("Sigmoid", gate))


def _sparsemax(g: Drawing, x: str) -> str:
    # The entries above a threshold, less the threshold, have the sum 1 (Martins and Astudillo, ICML 2016): from the
    # largest on, they are those with 1 + k z_k > z_1 + ... + z_k.
    last, axis = g.constant([-1], "int64"), g.constant(-1, "int64")
    length = g.node("Slice", g.node("Shape", x), last, g.constant([1 << 31], "int64"))
    largest, _ = g.results_of("TopK", 2, x, length, axis=-1)
    place = g.node("CumSum", g.node("Add", g.node("Mul", largest, g.constant(0)), g.constant(1)), axis)
    running = g.node("CumSum", largest, axis)
    enters = g.node("Greater", g.node("Add", g.node("Mul", place, largest), g.constant(1)), running)
    kept = g.node("Cast", enters, to=g.onnx.TensorProto.FLOAT)
    surplus = g.node("Sub", g.node("ReduceSum", g.node("Mul", largest, kept), last), g.constant(1))
    return g.node("Relu", g.node("Sub", x, g.node("Div", surplus, g.node("ReduceSum", kept, last))))


ALONG_LAST_AXIS: dict[str, Draw] = {
    "softmax": lambda g, x: g.node("Softmax", x, axis=-1),
    "log_softmax": lambda g, x: g.node("LogSoftmax", x, axis=-1),
    "glu": _glu,
    "sparsemax": _sparsemax,
}
"""Of the vectors along the last axis."""


def can_draw_activation(activation: Activation, can_draw: Callable[[Any], bool]) -> bool:
    """Whether `activate` knows this activation; `can_draw` tells it for a layer in the place of one."""
    if isinstance(activation, LayerActivation):
        return can_draw(activation.layer)
    return activation.name in ACTIVATIONS or activation.name in ALONG_LAST_AXIS


def activate(
    drawing: Drawing, x: Value, activation: Activation, shape: Shape, draw_layer: Callable[[Any, Value], Value]
) -> Value:
    """The value, of this shape, behind an activation."""
    if isinstance(activation, LayerActivation):
        return draw_layer(activation.layer, x)
    if activation.name in ALONG_LAST_AXIS:
        return Value(shape, last=ALONG_LAST_AXIS[activation.name](drawing, drawing.last(x)))
    if activation.name == "linear":
        return x
    return drawing.each([x], shape, lambda name: ACTIVATIONS[activation.name](drawing, name))
