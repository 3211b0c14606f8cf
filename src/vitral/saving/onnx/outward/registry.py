"""How a layer becomes ONNX nodes: one small function per layer, registered by its class.

A function gets the drawing, the layer, the shape of its output and the values that the layer is called on, and returns
the value that comes out, as `predict` gives it. For a layer of several outputs, it gets a list of shapes and returns a
list of values.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from vitral.layers import Layer
from vitral.layers.drawn import unfolded
from vitral.layers.graphs.graph import Graph
from vitral.layers.graphs.graph_layer import GraphLayer
from vitral.models import Model
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.activations import activate, can_draw_activation
from vitral.typing import Shape

Draw = Callable[..., Value | list[Value]]
AnyDraw = TypeVar("AnyDraw", bound=Draw)
DRAWN: dict[type[Layer], Draw] = {}
_ONLY_IF: dict[type[Layer], Callable[[Any], bool]] = {}


def draws(*classes: type[Layer], only_if: Callable[[Any], bool] = lambda layer: True) -> Callable[[AnyDraw], AnyDraw]:
    """Decorator: draw layers of these classes with the function, `only_if` their arguments are such as it knows."""

    def decorator(function: AnyDraw) -> AnyDraw:
        DRAWN.update(dict.fromkeys(classes, function))
        _ONLY_IF.update(dict.fromkeys(classes, only_if))
        return function

    return decorator


def layers_of(model: Model | GraphLayer) -> list[Layer]:
    """The layers that lead from a model's inputs to its outputs."""
    return Graph(model.inputs, model.outputs).layers


def can_draw(layer: Layer) -> bool:
    """Whether `draw` knows the layer and its activation."""
    layer = unfolded(layer)
    kind = type(layer)
    if kind not in DRAWN or not _ONLY_IF.get(kind, lambda layer: True)(layer):
        return False
    activation = getattr(layer, "activation", None)
    return bool(activation is None or can_draw_activation(activation, can_draw))


def draw(drawing: Drawing, layer: Layer, values: list[Value], shapes: list[Shape]) -> list[Value]:
    """The values, of these shapes, that a layer makes of others; its activation is drawn behind it."""
    drawing.owner = layer.name
    layer = unfolded(layer)
    y = DRAWN[type(layer)](drawing, layer, shapes if len(shapes) > 1 else shapes[0], *values)
    if isinstance(y, list):
        return y
    activation = getattr(layer, "activation", None)
    if activation is not None:
        y = activate(drawing, y, activation, shapes[0], lambda inner, x: draw(drawing, inner, [x], shapes)[0])
    return [y]
