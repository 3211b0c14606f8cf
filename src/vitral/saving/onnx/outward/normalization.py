"""Layers that normalize each sample by itself as ONNX nodes."""

import numpy as np

from vitral import layers
from vitral.layers.arguments import sample_axes
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.registry import draws
from vitral.typing import Shape

_SHORTEST = 1e-12
"""A vector that is not longer keeps its direction, and zero stays zero."""


@draws(layers.LayerNormalization)
def _layer_normalization(drawing: Drawing, layer: layers.LayerNormalization, shape: Shape, x: Value) -> Value:
    axes = sample_axes(layer.axis, len(shape), "LayerNormalization")
    gamma = np.ones([x.sizes()[axis - 1] for axis in axes]) if layer.gamma is None else layer.gamma.value
    weights = [drawing.constant(gamma)] + ([] if layer.beta is None else [drawing.constant(layer.beta.value)])
    # ONNX normalizes along the last axes.
    order = [axis for axis in range(len(shape)) if axis not in axes] + list(axes)
    y = _turned(drawing, drawing.last(x), order)
    y = drawing.node("LayerNormalization", y, *weights, axis=-len(axes), epsilon=layer.epsilon)
    return Value(shape, last=_turned(drawing, y, np.argsort(order).tolist()))


def _turned(drawing: Drawing, name: str, order: list[int]) -> str:
    return name if order == sorted(order) else drawing.node("Transpose", name, perm=order)


@draws(layers.GroupNormalization)
def _group_normalization(drawing: Drawing, layer: layers.GroupNormalization, shape: Shape, x: Value) -> Value:
    channels = x.sizes()[-1]
    gamma = np.ones(channels) if layer.gamma is None else layer.gamma.value
    beta = np.zeros(channels) if layer.beta is None else layer.beta.value
    groups = channels if layer.groups == -1 else layer.groups
    weights = [drawing.constant(array) for array in (gamma, beta)]

    def normalized(name: str) -> str:
        return drawing.node("GroupNormalization", name, *weights, num_groups=groups, epsilon=layer.epsilon)

    if len(shape) == 4:
        return Value(shape, first=normalized(drawing.first(x)))
    # ONNX has the channels behind the batch, and at least one axis more.
    places = drawing.node("Reshape", drawing.last(x), drawing.constant([0, -1, channels], "int64"))
    y = drawing.node("Transpose", normalized(drawing.node("Transpose", places, perm=[0, 2, 1])), perm=[0, 2, 1])
    return Value(shape, last=drawing.node("Reshape", y, drawing.constant([0, *x.sizes()], "int64")))


@draws(layers.UnitNormalization)
def _unit_normalization(drawing: Drawing, layer: layers.UnitNormalization, shape: Shape, x: Value) -> Value:
    axes = sample_axes(layer.axis, len(shape), "UnitNormalization")
    return Value(shape, last=unit_vectors(drawing, drawing.last(x), axes))


def unit_vectors(drawing: Drawing, name: str, axes: tuple[int, ...]) -> str:
    """The values divided by their length along the axes."""
    length = drawing.node("ReduceL2", name, drawing.constant(axes, "int64"))
    return drawing.node("Div", name, drawing.node("Max", length, drawing.constant(_SHORTEST)))


@draws(layers.RMSNormalization)
def _rms_normalization(drawing: Drawing, layer: layers.RMSNormalization, shape: Shape, x: Value) -> Value:
    # ONNX has an operator for it only from opset 23 on.
    axes, name = sample_axes(layer.axis, len(shape), "RMSNormalization"), drawing.last(x)
    squares = drawing.node("ReduceMean", drawing.node("Mul", name, name), drawing.constant(axes, "int64"))
    root = drawing.node("Sqrt", drawing.node("Add", squares, drawing.constant(layer.epsilon)))
    sizes = [size if axis in axes else 1 for axis, size in enumerate(x.sizes(), start=1)]
    scale = drawing.constant(layer.scale.value.reshape(sizes))
    return Value(shape, last=drawing.node("Mul", drawing.node("Div", name, root), scale))


@draws(layers.AutoContrast)
def _auto_contrast(drawing: Drawing, layer: layers.AutoContrast, shape: Shape, x: Value) -> Value:
    name, sides = drawing.first(x), drawing.constant([2, 3], "int64")
    low, high = (drawing.constant(limit) for limit in layer.value_range)
    smallest = drawing.node("ReduceMin", name, sides)
    spread = drawing.node("Sub", drawing.node("ReduceMax", name, sides), smallest)
    flat = drawing.node("Equal", spread, drawing.constant(0))
    share = drawing.node(
        "Div", drawing.node("Sub", name, smallest), drawing.node("Where", flat, drawing.constant(1), spread)
    )
    stretched = drawing.node("Add", drawing.node("Mul", share, drawing.node("Sub", high, low)), low)
    return Value(shape, first=drawing.node("Where", flat, name, stretched))
