"""Values arranged differently, from ONNX nodes."""

from typing import Any

from vitral import layers
from vitral.saving.onnx.inward.registry import takes
from vitral.saving.onnx.sketch import Given, Sketch
from vitral.typing import Shape

_TO_FIRST, _TO_LAST = [0, 3, 1, 2], [0, 2, 3, 1]


@takes("Identity", "Dropout")
def _identity(sketch: Sketch, node: Any) -> Given:
    return sketch.value(node)


@takes("Transpose")
def _transpose(sketch: Sketch, node: Any) -> Given:
    x, order = sketch.value(node), sketch.attribute(node, "perm")
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
    x, target = sketch.value(node), sketch.constant(node, 1)
    assert target is not None, "onnx' checker has seen the shape"
    _, *sizes = [int(size) for size in target]
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
    x, axes = sketch.value(node), sketch.constant(node, 1)
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


@takes("Concat")
def _concat(sketch: Sketch, node: Any) -> Given:
    xs = [sketch.plain(node, sketch.value(node, number)) for number in range(len(node.input))]
    axis = sketch.attribute(node, "axis") % len(xs[0].shape)
    if any(x.first != xs[0].first for x in xs):
        raise sketch.error(node, "joins values with different axes")
    axis = (0, 3, 1, 2)[axis] if xs[0].first else axis
    return Given(layers.Concatenate(axis=axis)([x.tensor for x in xs]), xs[0].first)
