"""Layers that work on images as ONNX nodes."""

from vitral import layers
from vitral.ops.geometry import Pair
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.registry import draws
from vitral.saving.onnx.outward.windows import windows
from vitral.typing import Shape


@draws(layers.MaxPooling2D)
def _max_pooling(drawing: Drawing, layer: layers.MaxPooling2D, shape: Shape, x: Value) -> Value:
    frame = windows(layer.pool_size, layer.strides, (1, 1), layer.padding, x)
    return Value(shape, first=drawing.node("MaxPool", drawing.first(x), **frame))


@draws(layers.AveragePooling2D)
def _average_pooling(drawing: Drawing, layer: layers.AveragePooling2D, shape: Shape, x: Value) -> Value:
    frame = windows(layer.pool_size, layer.strides, (1, 1), layer.padding, x)
    return Value(shape, first=drawing.node("AveragePool", drawing.first(x), count_include_pad=0, **frame))


@draws(layers.GlobalAveragePooling2D)
def _global_average(drawing: Drawing, layer: layers.GlobalAveragePooling2D, shape: Shape, x: Value) -> Value:
    return _over_image(drawing, "ReduceMean", layer.keepdims, shape, x)


@draws(layers.GlobalMaxPooling2D)
def _global_max(drawing: Drawing, layer: layers.GlobalMaxPooling2D, shape: Shape, x: Value) -> Value:
    return _over_image(drawing, "ReduceMax", layer.keepdims, shape, x)


def _over_image(drawing: Drawing, kind: str, keepdims: bool, shape: Shape, x: Value) -> Value:
    y = drawing.node(kind, drawing.first(x), drawing.constant([2, 3], "int64"), keepdims=int(keepdims))
    return Value(shape, first=y) if keepdims else Value(shape, last=y)


@draws(layers.ZeroPadding2D)
def _zero_padding(drawing: Drawing, layer: layers.ZeroPadding2D, shape: Shape, x: Value) -> Value:
    return framed(drawing, x, layer.padding)


@draws(layers.Cropping2D)
def _cropping(drawing: Drawing, layer: layers.Cropping2D, shape: Shape, x: Value) -> Value:
    return cut(drawing, x, layer.cropping)


Sides = tuple[Pair, Pair]
"""How many rows and columns at (top, bottom), (left, right)."""


def framed(drawing: Drawing, x: Value, padding: Sides, value: float = 0.0) -> Value:
    """The image with a border."""
    (top, bottom), (left, right) = padding
    height, width, channels = x.sizes()
    pads = drawing.constant([0, 0, top, left, 0, 0, bottom, right], "int64")
    y = drawing.node("Pad", drawing.first(x), pads, drawing.constant(value))
    return Value((x.shape[0], top + height + bottom, left + width + right, channels), first=y)


def cut(drawing: Drawing, x: Value, cropping: Sides) -> Value:
    """The image without so much at its sides."""
    (top, bottom), (left, right) = cropping
    height, width, channels = x.sizes()
    ends = height - bottom, width - right
    places = [drawing.constant(place, "int64") for place in ((top, left), ends, (2, 3))]
    y = drawing.node("Slice", drawing.first(x), *places)
    return Value((x.shape[0], ends[0] - top, ends[1] - left, channels), first=y)
