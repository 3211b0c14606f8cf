"""Layers of several inputs as ONNX nodes."""

import numpy as np

from vitral import layers
from vitral.layers.with_variable import TimesMatrix, WithVariable
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.registry import draws
from vitral.saving.onnx.outward.scales import scaled
from vitral.typing import Shape


def _merged(drawing: Drawing, kind: str, shape: Shape, values: tuple[Value, ...]) -> Value:
    """A node for two inputs, repeated; inputs with fewer axes get them behind the batch axis."""
    raised = [
        x
        if len(x.shape) == len(shape)
        else Value(
            (x.shape[0], *(1,) * (len(shape) - len(x.shape)), *x.shape[1:]),
            last=drawing.node(
                "Reshape",
                drawing.last(x),
                drawing.constant([0, *(1,) * (len(shape) - len(x.shape)), *x.sizes()], "int64"),
            ),
        )
        for x in values
    ]

    def drawn(first: str, *others: str) -> str:
        for other in others:
            first = drawing.node(kind, first, other)
        return first

    return drawing.each(raised, shape, drawn)


@draws(layers.Add)
def _add(drawing: Drawing, layer: layers.Add, shape: Shape, *xs: Value) -> Value:
    return _merged(drawing, "Add", shape, xs)


@draws(layers.Subtract)
def _subtract(drawing: Drawing, layer: layers.Subtract, shape: Shape, *xs: Value) -> Value:
    return _merged(drawing, "Sub", shape, xs)


@draws(layers.Multiply)
def _multiply(drawing: Drawing, layer: layers.Multiply, shape: Shape, *xs: Value) -> Value:
    return _merged(drawing, "Mul", shape, xs)


@draws(layers.Average)
def _average(drawing: Drawing, layer: layers.Average, shape: Shape, *xs: Value) -> Value:
    return scaled(drawing, _merged(drawing, "Add", shape, xs), np.asarray(1 / len(xs)), np.asarray(0.0))


@draws(layers.Maximum)
def _maximum(drawing: Drawing, layer: layers.Maximum, shape: Shape, *xs: Value) -> Value:
    return _merged(drawing, "Max", shape, xs)


@draws(layers.Minimum)
def _minimum(drawing: Drawing, layer: layers.Minimum, shape: Shape, *xs: Value) -> Value:
    return _merged(drawing, "Min", shape, xs)


@draws(WithVariable)
def _with_variable(drawing: Drawing, layer: WithVariable, shape: Shape, x: Value) -> Value:
    both = (drawing.last(x), drawing.constant(layer.variable.value))
    kind = {"add": "Add", "subtract": "Sub", "multiply": "Mul"}[layer.operation.name]
    return Value(shape, last=drawing.node(kind, *(reversed(both) if layer.swapped else both)))


@draws(TimesMatrix)
def _times_matrix(drawing: Drawing, layer: TimesMatrix, shape: Shape, x: Value) -> Value:
    return Value(shape, last=drawing.node("MatMul", drawing.last(x), drawing.constant(layer.variable.value)))
