"""Layers that work on images as ONNX nodes."""

from typing import Any

import numpy as np

from vitral import layers, ops
from vitral.ops.geometry import Pair
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.registry import draws
from vitral.saving.onnx.outward.windows import windows
from vitral.typing import Array, Shape


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


@draws(layers.AdaptiveAveragePooling2D)
def _adaptive_average(drawing: Drawing, layer: layers.AdaptiveAveragePooling2D, shape: Shape, x: Value) -> Value:
    ways = list(zip(x.sizes()[:2], layer.output_size, strict=True))
    frame = _equal_windows(ways)
    if frame is not None:
        return Value(shape, first=drawing.node("AveragePool", drawing.first(x), **frame))
    rows, columns = (_means(*way) for way in ways)
    return Value(shape, first=along_both_axes(drawing, drawing.first(x), rows, columns))


@draws(layers.AdaptiveMaxPooling2D)
def _adaptive_max(drawing: Drawing, layer: layers.AdaptiveMaxPooling2D, shape: Shape, x: Value) -> Value:
    ways = list(zip(x.sizes()[:2], layer.output_size, strict=True))
    frame = _equal_windows(ways)
    if frame is not None:
        return Value(shape, first=drawing.node("MaxPool", drawing.first(x), **frame))
    name = drawing.first(x)
    for axis, way in enumerate(ways, start=2):
        place = drawing.constant([axis], "int64")
        parts = []
        for weights in _means(*way):
            first, *_, last = np.repeat(np.flatnonzero(weights), 2)
            window = [drawing.constant([end], "int64") for end in (first, last + 1)]
            parts.append(drawing.node("ReduceMax", drawing.node("Slice", name, *window, place), place))
        name = drawing.node("Concat", *parts, axis=axis)
    return Value(shape, first=name)


def _equal_windows(ways: list[tuple[int, int]]) -> dict[str, Any] | None:
    """The windows of a pool that divides each side into so many parts; None if they are not all of one size."""
    if any(before % after for before, after in ways):
        return None
    size = [before // after for before, after in ways]
    return {"kernel_shape": size, "strides": size}


def _means(before: int, after: int) -> Array:
    """The matrix (after, before) that takes a side to the means of its parts: what becomes of each pixel alone."""
    pixels = np.eye(before).reshape(1, before, 1, before)
    return ops.adaptive_average_pool2d(pixels, size=(after, 1))[0][0, :, 0]


def along_both_axes(drawing: Drawing, name: str, rows: Array, columns: Array) -> str:
    """Images (batch, channels, height, width) times a matrix (new, old) for each side."""
    return drawing.node("MatMul", drawing.constant(rows), drawing.node("MatMul", name, drawing.constant(columns.T)))


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
