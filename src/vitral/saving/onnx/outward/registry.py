"""How a layer becomes ONNX nodes: one small function per layer, registered by its class.

A function gets the drawing, the layer, the shape of its output and the values that the layer is called on, and returns
the value that comes out, as `predict` gives it.
"""

from collections.abc import Callable
from typing import Any

from vitral.layers import Layer
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.activations import activate, can_draw_activation
from vitral.typing import Shape

Draw = Callable[..., Value]
DRAWN: dict[type[Layer], Draw] = {}
_ONLY_IF: dict[type[Layer], Callable[[Any], bool]] = {}


def draws(*classes: type[Layer], only_if: Callable[[Any], bool] = lambda layer: True) -> Callable[[Draw], Draw]:
    """Decorator: draw layers of these classes with the function, `only_if` their arguments are such as it knows."""

    def decorator(function: Draw) -> Draw:
        DRAWN.update(dict.fromkeys(classes, function))
        _ONLY_IF.update(dict.fromkeys(classes, only_if))
        return function

    return decorator


def can_draw(layer: Layer) -> bool:
    """Whether `draw` knows the layer and its activation."""
    if type(layer) not in DRAWN or not _ONLY_IF.get(type(layer), lambda layer: True)(layer):
        return False
    activation = getattr(layer, "activation", None)
    return bool(activation is None or can_draw_activation(activation, can_draw))


def draw(drawing: Drawing, layer: Layer, values: list[Value], shape: Shape) -> Value:
    """The value that a layer makes of others; its activation is drawn behind it."""
    drawing.owner = layer.name
    y = DRAWN[type(layer)](drawing, layer, shape, *values)
    activation = getattr(layer, "activation", None)
    if activation is None:
        return y
    return activate(drawing, y, activation, lambda inner, xs, its_shape: draw(drawing, inner, xs, its_shape))
