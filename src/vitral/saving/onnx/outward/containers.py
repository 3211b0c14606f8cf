"""Layers that are made of other layers, models among them, as ONNX nodes."""

from typing import Any

from vitral import layers
from vitral.core.symbolic import KerasTensor
from vitral.layers.graphs.graph import Graph
from vitral.layers.graphs.graph_layer import GraphLayer
from vitral.models import Model, Sequential
from vitral.models.functional import Functional
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.registry import can_draw, draw, draws, layers_of
from vitral.typing import Shape


@draws(Sequential, Functional, GraphLayer, only_if=lambda model: all(map(can_draw, layers_of(model))))
def through(drawing: Drawing, model: Model | GraphLayer, shape: Any, *given: Value) -> list[Value]:
    """The values of a model's outputs, from those of its inputs."""
    values: dict[KerasTensor, Value] = dict(zip(model.inputs, given, strict=True))
    for node in Graph(model.inputs, model.outputs).nodes:
        if node.arguments is not None:
            made = draw(drawing, node.operation, [values[x] for x in node.inputs], [y.shape for y in node.outputs])
            values.update(zip(node.outputs, made, strict=True))
    return [values[tensor] for tensor in model.outputs]


@draws(layers.TimeDistributed, only_if=lambda layer: can_draw(layer.layer))
def _time_distributed(drawing: Drawing, layer: layers.TimeDistributed, shape: Shape, x: Value) -> Value:
    # The steps of all samples are one large batch.
    steps, *sample = x.sizes()
    flat = drawing.node("Reshape", drawing.last(x), drawing.constant([-1, *sample], "int64"))
    inner = (None, *shape[2:])
    (y,) = draw(drawing, layer.layer, [Value((None, *sample), last=flat)], [inner])
    back = drawing.constant([-1, steps, *Value(inner).sizes()], "int64")
    return Value(shape, last=drawing.node("Reshape", drawing.last(y), back))


@draws(layers.SpectralNormalization, only_if=lambda layer: can_draw(layer.layer))
def _spectral_normalization(
    drawing: Drawing, layer: layers.SpectralNormalization, shape: Shape, x: Value
) -> list[Value]:
    # The kernel was normalized in training.
    return draw(drawing, layer.layer, [x], [shape])
