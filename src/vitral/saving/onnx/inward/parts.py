"""Parts of values from ONNX nodes."""

from typing import Any

from vitral.layers.slicing import GetItem
from vitral.saving.onnx.sketch import Given, Sketch
from vitral.typing import Array

_WHOLE = slice(None)


def place_of(sketch: Sketch, node: Any, x: Given) -> Given:
    """One place of an axis, such as the class token of a vision transformer."""
    index = sketch.constant(node, 1)
    axis = sketch.attribute(node, "axis", 0) % len(x.shape)
    if index is None or index.ndim or axis == 0 or x.first:
        raise sketch.error(node, "takes a part of a value; expected one place of an axis behind the batch, of no image")
    return Given(GetItem((*[_WHOLE] * axis, int(index)))(x.tensor))


def slices_of(
    sketch: Sketch, node: Any, x: Given, starts: Array, ends: Array, axes: Array | None, steps: Array | None
) -> Given:
    """From a place to another along some axes, forward or backward."""
    key = [_WHOLE] * len(x.shape)
    places = range(len(starts)) if axes is None else axes.tolist()
    jumps = [1] * len(starts) if steps is None else steps.tolist()
    for axis, *bounds in zip(places, starts.tolist(), ends.tolist(), jumps, strict=True):
        size = x.shape[axis % len(key)]
        if size is None:
            raise sketch.error(node, f"cuts the axis {axis} of {len(key)}, of unknown length")
        first, last, step = slice(*bounds).indices(size)
        key[axis % len(key)] = slice(first, last if last >= 0 else None, step)
    return Given(GetItem(tuple(key))(x.tensor))
