"""Scales, and values put together entry by entry, from ONNX nodes."""

from dataclasses import replace
from typing import Any

import numpy as np

from vitral import layers
from vitral.layers import Layer
from vitral.saving.onnx.inward.recurrent import both_directions
from vitral.saving.onnx.inward.registry import takes
from vitral.saving.onnx.inward.windows import image_of
from vitral.saving.onnx.leads import LENGTH, REVERSED, SHORTEST
from vitral.saving.onnx.sketch import Given, Sketch
from vitral.typing import Array


@takes("BatchNormalization")
def _batch_normalization(sketch: Sketch, node: Any) -> Given:
    x = sketch.value(node)
    if len(x.shape) == 4 and not x.first:
        raise sketch.error(node, "does not find the channels behind the batch")
    weights = [sketch.constant(node, number) for number in (1, 2, 3, 4)]
    # Weights follow the order of our tensor.
    own = [array if x.order is None or array is None else array[np.argsort(x.order)] for array in weights]
    layer = layers.BatchNormalization(
        epsilon=sketch.attribute(node, "epsilon", 1e-5), momentum=sketch.attribute(node, "momentum", 0.9)
    )
    return sketch.put(node, layer, x, [array for array in own if array is not None])


@takes("LayerNormalization", "RMSNormalization")
def _sample_normalization(sketch: Sketch, node: Any) -> Given:
    x, scale, beta = sketch.plain(node, sketch.value(node)), sketch.constant(node, 1), sketch.constant(node, 2)
    first = sketch.attribute(node, "axis", -1) % len(x.shape)
    if x.first or first == 0:
        raise sketch.error(node, "works on an image with its channels in front, or on the batch")
    axes, epsilon = list(range(first, len(x.shape))), sketch.attribute(node, "epsilon", 1e-5)
    layer: Layer = (
        layers.LayerNormalization(axes, epsilon, center=beta is not None)
        if node.op_type == "LayerNormalization"
        else layers.RMSNormalization(axes, epsilon)
    )
    sizes = tuple(int(size or 0) for size in x.shape[first:])
    return sketch.put(node, layer, x, [np.broadcast_to(w, sizes) for w in (scale, beta) if w is not None])


@takes("GroupNormalization")
def _group_normalization(sketch: Sketch, node: Any) -> Given:
    x, gamma, beta = sketch.value(node), sketch.constant(node, 1), sketch.constant(node, 2)
    layer = layers.GroupNormalization(
        sketch.attribute(node, "num_groups"), epsilon=sketch.attribute(node, "epsilon", 1e-5)
    )
    weights = [weight for weight in (gamma, beta) if weight is not None]
    if len(x.shape) != 3:
        return sketch.put(node, layer, image_of(sketch, node), weights)
    # The channels stand behind the batch.
    turned = sketch.put(node, layers.Permute((2, 1)), x)
    return sketch.put(node, layers.Permute((2, 1)), sketch.put(node, layer, turned, weights))


@takes("ReduceL2")
def _length(sketch: Sketch, node: Any) -> Given:
    # What is divided by this length comes out of the layer that is made of it here.
    x, axes = sketch.plain(node, sketch.value(node)), sketch.constant(node, 1)
    if axes is None or not sketch.attribute(node, "keepdims", 1):
        raise sketch.error(node, "reduces all axes, or leaves them out; expected lengths to divide by")
    over = [int(axis) % len(x.shape) for axis in axes]
    layer = layers.UnitNormalization([(0, 3, 1, 2)[axis] for axis in over] if x.first else over)
    return replace(sketch.put(node, layer, x), lead=LENGTH)


@takes("Add", "Sub", "Mul", "Div", "Max", "Min")
def _arithmetic(sketch: Sketch, node: Any) -> Given:
    if any(sketch.is_constant(node, number) for number in range(len(node.input))):
        return _with_constant(sketch, node)
    xs = [sketch.value(node, number, leads=("", REVERSED, LENGTH)) for number in range(len(node.input))]
    if node.op_type == "Div" and [x.lead for x in xs] == ["", LENGTH] and xs[1].tensor.node.inputs == [xs[0].tensor]:
        return replace(xs[1], lead="")
    if any(x.lead for x in xs):
        return both_directions(sketch, node, xs)
    merge = {"Add": layers.Add, "Sub": layers.Subtract, "Mul": layers.Multiply, "Max": layers.Maximum}
    merge["Min"] = layers.Minimum
    if node.op_type not in merge:
        raise sketch.error(node, "divides by a value; expected a constant")
    first, *others = xs
    if any((len(x.shape), x.first, x.flattened) != (len(first.shape), first.first, first.flattened) for x in others):
        raise sketch.error(node, "works on values with different axes")
    return Given(merge[node.op_type]()([x.tensor for x in xs]), first.first, first.flattened)


def _with_constant(sketch: Sketch, node: Any) -> Given:
    """Scale and offset by a number, or by one number for each channel."""
    side = 1 if sketch.is_constant(node, 1) else 0
    x, value = sketch.value(node, 1 - side, leads=("", LENGTH)), sketch.constant(node, side)
    assert value is not None, "there is a constant"
    if x.lead and node.op_type == "Max" and value.size == 1 and 0 <= value <= SHORTEST:
        return x
    sketch.value(node, 1 - side)
    if node.op_type in ("Max", "Min") or len(node.input) != 2 or (node.op_type == "Div" and side == 0):
        raise sketch.error(node, "works on a constant in a way that no layer does")
    if node.op_type == "Add" and _has_places(x, value):
        return sketch.put(node, layers.PositionEmbedding(), x, [value.reshape(value.shape[-2:])])
    number = _per_channel(sketch, node, x, value.astype(np.float64))
    scale, offset = np.asarray(1.0), np.asarray(0.0)
    if node.op_type == "Add":
        offset = number
    elif node.op_type == "Sub":
        scale, offset = (scale, -number) if side else (-scale, number)
    elif node.op_type == "Mul":
        scale = number
    elif not number.all():
        raise sketch.error(node, "divides by zero")
    else:
        scale = 1 / number
    return sketch.put(node, layers.Rescaling(scale.tolist(), offset.tolist()), x)


def _has_places(x: Given, value: Array) -> bool:
    """Whether there is a vector for each place of a sequence."""
    return len(x.shape) == 3 and x.shape[1] != 1 and value.shape in (x.shape[1:], (1, *x.shape[1:]))


def _per_channel(sketch: Sketch, node: Any, x: Given, value: Array) -> Array:
    axis = -3 if x.first else -1
    channels = value.shape[axis] if value.ndim >= -axis else 1
    if value.size not in (1, channels):
        raise sketch.error(node, f"has a constant of shape {value.shape}; expected a number, or one for each channel")
    if value.size == 1:
        return value.reshape(())
    sketch.plain(node, x)
    return value.reshape(-1)
