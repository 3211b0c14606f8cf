"""Values arranged differently, from ONNX nodes."""

import math
from dataclasses import replace
from typing import Any

from vitral import layers
from vitral.saving.onnx.inward.containers import steps_as_batch
from vitral.saving.onnx.inward.recurrent import both_directions
from vitral.saving.onnx.inward.registry import takes
from vitral.saving.onnx.leads import JOINED, LEADS, LENGTH, REVERSED, SQUEEZED, STATES, TRANSPOSED
from vitral.saving.onnx.sketch import Given, Sketch
from vitral.typing import Shape

_TO_FIRST, _TO_LAST = [0, 3, 1, 2], [0, 2, 3, 1]


@takes("Identity", "Dropout")
def _identity(sketch: Sketch, node: Any) -> Given:
    return sketch.value(node)


@takes("Transpose")
def _transpose(sketch: Sketch, node: Any) -> Given:
    x, order = sketch.value(node, leads=LEADS), sketch.attribute(node, "perm")
    lead = TRANSPOSED.get((x.lead, tuple(order)))
    if lead is not None:
        return replace(sketch.plain(node, x), lead=lead)
    sketch.value(node)
    if order == list(range(len(x.shape))):
        return x
    if len(x.shape) == 4 and order == (_TO_LAST if x.first else _TO_FIRST):
        return Given(x.tensor, first=not x.first)
    if order[0] != 0 or x.first:
        raise sketch.error(node, f"has perm={order}; expected the batch to stay in front, and channels at the back")
    return sketch.put(node, layers.Permute(order[1:]), sketch.plain(node, x))


@takes("Flatten")
def _flatten(sketch: Sketch, node: Any) -> Given:
    x = sketch.value(node)
    if sketch.attribute(node, "axis", 1) != 1:
        raise sketch.error(node, f"has axis={sketch.attribute(node, 'axis')}; expected 1, behind the batch")
    return _flattened(sketch, node, x)


@takes("Reshape")
def _reshape(sketch: Sketch, node: Any) -> Given:
    x, target = sketch.value(node, leads=("", *JOINED)), sketch.constant(node, 1)
    assert target is not None, "onnx' checker has seen the shape"
    if x.lead and len(target) == 3:
        return replace(x, lead=JOINED[x.lead])
    sketch.value(node)
    _, *sizes = [int(size) for size in target]
    if target[0] == -1 and math.prod(sizes) != math.prod(size or 0 for size in x.shape[1:]):
        return steps_as_batch(sketch, node, x, tuple(sizes))
    samples = [int(x.shape[1:][place] or 0) if size == 0 else size for place, size in enumerate(sizes)]
    if target[0] not in (0, -1, 1) or 0 in samples:
        raise sketch.error(node, f"makes the shape {target.tolist()}; expected the batch to stay in front")
    if len(samples) == 1:
        return _flattened(sketch, node, x)
    if x.first and not _is_vector(x.shape):
        raise sketch.error(node, f"makes {target.tolist()} of an image with its channels in front")
    if len(samples) == 3 and x.first:
        # A vector as an image of one pixel.
        return sketch.put(node, layers.Reshape((samples[1], samples[2], samples[0])), x)
    return sketch.put(node, layers.Reshape(samples), Given(sketch.plain(node, x).tensor))


@takes("Squeeze")
def _squeeze(sketch: Sketch, node: Any) -> Given:
    x, axes = sketch.value(node, leads=LEADS), sketch.constant(node, 1)
    if axes is not None and axes.size == 1 and (x.lead, int(axes[0])) in SQUEEZED:
        return replace(x, lead=SQUEEZED[x.lead, int(axes[0])])
    sketch.value(node)
    over = [] if axes is None else sorted(int(axis) % len(x.shape) for axis in axes)
    if len(x.shape) != 4 or not x.first or over != [2, 3] or x.shape[1:3] != (1, 1):
        raise sketch.error(node, "does not make a vector of an image of one pixel")
    return _flattened(sketch, node, x)


def _flattened(sketch: Sketch, node: Any, x: Given) -> Given:
    if len(x.shape) == 2:
        return x
    y = sketch.put(node, layers.Flatten(), Given(x.tensor))
    reordered = x.first and not _is_vector(x.shape) and x.shape[3] != 1
    return Given(y.tensor, flattened=x.shape[1:] if reordered else None)


def _is_vector(shape: Shape) -> bool:
    """Whether an image has one pixel."""
    return shape[1:3] == (1, 1)


@takes("Expand")
def _expand(sketch: Sketch, node: Any) -> Given:
    return sketch.value(node, leads=[LENGTH])


@takes("Unsqueeze")
def _unsqueeze(sketch: Sketch, node: Any) -> Given:
    x, axes = sketch.plain(node, sketch.value(node)), sketch.constant(node, 1)
    if axes is not None and axes.tolist() == [0] and len(x.shape) == 2:
        return replace(x, lead=STATES)
    user = sketch.only_user(node.output[0])
    times = sketch.constant(user, 1) if user is not None and user.op_type == "Expand" else None
    if axes is None or axes.tolist() != [1] or times is None or times.size != 3 or times[[0, 2]].tolist() != [1, 1]:
        raise sketch.error(node, "adds an axis; expected states of a recurrent node, or vectors that are repeated")
    sketch.done.add(user.output[0])
    sketch.values[user.output[0]] = sketch.put(node, layers.RepeatVector(int(times[1])), x)
    return sketch.values[user.output[0]]


@takes("Concat")
def _concat(sketch: Sketch, node: Any) -> Given:
    xs = [sketch.plain(node, sketch.value(node, number, ("", REVERSED))) for number in range(len(node.input))]
    if any(x.lead for x in xs):
        return both_directions(sketch, node, xs)
    axis = sketch.attribute(node, "axis") % len(xs[0].shape)
    if any(x.first != xs[0].first for x in xs):
        raise sketch.error(node, "joins values with different axes")
    axis = (0, 3, 1, 2)[axis] if xs[0].first else axis
    return Given(layers.Concatenate(axis=axis)([x.tensor for x in xs]), xs[0].first)
