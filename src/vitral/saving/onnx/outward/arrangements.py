"""Layers that arrange values differently as ONNX nodes."""

from vitral import layers
from vitral.layers import Layer
from vitral.layers.slicing import GetItem, complete
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.registry import draws
from vitral.typing import Shape

_BEFORE_THE_FIRST = -(2**63)
"""Where a slice of ONNX ends that goes backward to the first entry: -1 would be the last."""


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


@draws(GetItem)
def _get_item(drawing: Drawing, layer: GetItem, shape: Shape, x: Value) -> Value:
    parts = complete(layer.key, len(x.shape), layer.name)
    new = [axis for axis, part in enumerate(part for part in parts if not isinstance(part, int)) if part is None]
    parts = [part for part in parts if part is not None]
    y = drawing.last(x)
    cut = [axis for axis, part in enumerate(parts) if isinstance(part, slice) and part != slice(None)]
    if cut:
        ranges = [range(*parts[axis].indices(x.sizes()[axis - 1])) for axis in cut]
        ends = [span.stop if span.stop >= 0 else _BEFORE_THE_FIRST for span in ranges]
        bounds = ([span.start for span in ranges], ends, cut, [span.step for span in ranges])
        y = drawing.node("Slice", y, *[drawing.constant(numbers, "int64") for numbers in bounds])
    for axis, part in reversed([*enumerate(parts)]):
        if isinstance(part, int):
            y = drawing.node("Gather", y, drawing.constant(part, "int64"), axis=axis)
    return Value(shape, last=drawing.node("Unsqueeze", y, drawing.constant(new, "int64")) if new else y)


@draws(layers.Permute)
def _permute(drawing: Drawing, layer: layers.Permute, shape: Shape, x: Value) -> Value:
    return Value(shape, last=drawing.node("Transpose", drawing.last(x), perm=[0, *layer.dims]))


@draws(layers.RepeatVector)
def _repeat_vector(drawing: Drawing, layer: layers.RepeatVector, shape: Shape, x: Value) -> Value:
    one = drawing.node("Unsqueeze", drawing.last(x), drawing.constant([1], "int64"))
    return Value(shape, last=drawing.node("Expand", one, drawing.constant([1, layer.n, 1], "int64")))
