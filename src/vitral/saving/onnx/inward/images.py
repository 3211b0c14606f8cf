"""Layers that work on images from ONNX nodes."""

from dataclasses import replace
from typing import Any

from vitral import layers
from vitral.ops.geometry import Pair
from vitral.saving.onnx.inward.parts import slices_of
from vitral.saving.onnx.inward.registry import takes
from vitral.saving.onnx.inward.windows import image_of, never_negative, padded
from vitral.saving.onnx.leads import REVERSED
from vitral.saving.onnx.sketch import Given, Sketch


@takes("MaxPool")
def _max_pool(sketch: Sketch, node: Any) -> Given:
    x, size, strides = _pooled(sketch, node)
    x, padding = padded(sketch, node, x, size, strides, [1, 1], with_zeros=never_negative(x))
    return sketch.put(node, layers.MaxPooling2D(size, strides, padding), x)


@takes("AveragePool")
def _average_pool(sketch: Sketch, node: Any) -> Given:
    x, size, strides = _pooled(sketch, node)
    counted = bool(sketch.attribute(node, "count_include_pad", 0))
    x, padding = padded(sketch, node, x, size, strides, [1, 1], with_zeros=counted, same=not counted)
    return sketch.put(node, layers.AveragePooling2D(size, strides, padding), x)


def _pooled(sketch: Sketch, node: Any) -> tuple[Given, Pair, Pair]:
    x, size = image_of(sketch, node), sketch.attribute(node, "kernel_shape")
    strides = sketch.attribute(node, "strides", [1, 1])
    if sketch.attribute(node, "dilations", [1, 1]) != [1, 1]:
        raise sketch.error(node, "has dilations; expected none")
    if sketch.attribute(node, "ceil_mode", 0):
        raise sketch.error(node, "has ceil_mode=1; expected whole windows")
    return x, (size[0], size[1]), (strides[0], strides[1])


@takes("GlobalAveragePool")
def _global_average(sketch: Sketch, node: Any) -> Given:
    return sketch.put(node, layers.GlobalAveragePooling2D(keepdims=True), image_of(sketch, node))


@takes("GlobalMaxPool")
def _global_max(sketch: Sketch, node: Any) -> Given:
    return sketch.put(node, layers.GlobalMaxPooling2D(keepdims=True), image_of(sketch, node))


@takes("ReduceMean", "ReduceMax")
def _reduce(sketch: Sketch, node: Any) -> Given:
    x, axes = sketch.value(node), sketch.constant(node, 1)
    over = [] if axes is None else sorted(int(axis) % max(len(x.shape), 1) for axis in axes)
    if len(x.shape) != 4 or over != ([2, 3] if x.first else [1, 2]):
        raise sketch.error(node, f"reduces the axes {over} of {len(x.shape)}; expected height and width of an image")
    keeps = bool(sketch.attribute(node, "keepdims", 1))
    pool = layers.GlobalAveragePooling2D if node.op_type == "ReduceMean" else layers.GlobalMaxPooling2D
    return sketch.put(node, pool(keepdims=keeps), x if keeps else Given(x.tensor))


@takes("Pad")
def _pad(sketch: Sketch, node: Any) -> Given:
    x, pads, value = image_of(sketch, node), sketch.constant(node, 1), sketch.constant(node, 2)
    if sketch.attribute(node, "mode", "constant") != "constant" or (value is not None and value.any()):
        raise sketch.error(node, "does not pad with zeros")
    if pads is None or len(pads) != 8 or (pads < 0).any() or pads[[0, 1, 4, 5]].any():
        raise sketch.error(node, f"pads {None if pads is None else pads.tolist()}; expected height and width alone")
    top, left, bottom, right = (int(pads[place]) for place in (2, 3, 6, 7))
    return sketch.put(node, layers.ZeroPadding2D(((top, bottom), (left, right))), x)


@takes("Slice")
def _slice(sketch: Sketch, node: Any) -> Given:
    starts, ends, axes, steps = (sketch.constant(node, number) for number in (1, 2, 3, 4))
    x = sketch.value(node, leads=("", REVERSED))
    if x.lead and [None if part is None else part.tolist() for part in (starts, axes, steps)] == [[-1], [1], [-1]]:
        return replace(x, lead="")
    if not (x.lead or x.first or starts is None or ends is None):
        return slices_of(sketch, node, sketch.plain(node, x), starts, ends, axes, steps)
    x = image_of(sketch, node)
    if starts is None or ends is None or (steps is not None and (steps != 1).any()):
        raise sketch.error(node, "takes every second pixel or fewer; expected all of them")
    cuts = {2: (0, 0), 3: (0, 0)}
    for axis, start, end in zip(range(len(starts)) if axes is None else axes, starts, ends, strict=True):
        place = int(axis) % 4
        if place not in cuts:
            raise sketch.error(node, f"cuts the axis {place}; expected height and width alone")
        size = int(x.shape[place - 1] or 0)
        first, last, _ = slice(int(start), int(end)).indices(size)
        cuts[place] = (first, size - last)
    return sketch.put(node, layers.Cropping2D((cuts[2], cuts[3])), x)
