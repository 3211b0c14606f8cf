"""Layers that arrange values differently as ONNX nodes."""

from vitral import layers
from vitral.layers import Layer
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.registry import draws
from vitral.typing import Shape


@draws(layers.Flatten, layers.Reshape)
def _reshape(drawing: Drawing, layer: Layer, shape: Shape, x: Value) -> Value:
    target = drawing.constant([0, *Value(shape).sizes()], "int64")
    return Value(shape, last=drawing.node("Reshape", drawing.last(x), target))


@draws(layers.Concatenate)
def _concatenate(drawing: Drawing, layer: layers.Concatenate, shape: Shape, *xs: Value) -> Value:
    axis = layer.axis % len(shape)
    if len(shape) == 4 and all(x.first is not None for x in xs):
        names = [drawing.first(x) for x in xs]
        return Value(shape, first=drawing.node("Concat", *names, axis=(0, 2, 3, 1)[axis]))
    return Value(shape, last=drawing.node("Concat", *[drawing.last(x) for x in xs], axis=axis))


@draws(layers.Permute)
def _permute(drawing: Drawing, layer: layers.Permute, shape: Shape, x: Value) -> Value:
    return Value(shape, last=drawing.node("Transpose", drawing.last(x), perm=[0, *layer.dims]))


@draws(layers.RepeatVector)
def _repeat_vector(drawing: Drawing, layer: layers.RepeatVector, shape: Shape, x: Value) -> Value:
    one = drawing.node("Unsqueeze", drawing.last(x), drawing.constant([1], "int64"))
    return Value(shape, last=drawing.node("Expand", one, drawing.constant([1, layer.n, 1], "int64")))
