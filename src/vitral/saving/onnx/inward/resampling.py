"""Images from ONNX whose sides become longer or shorter by a matrix, where no layer of ours has the formula."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from vitral import layers
from vitral.saving.onnx.sketch import Given, Sketch
from vitral.typing import Array

EQUATIONS = {2: "abcd,be->aecd", 3: "abcd,ce->abed"}
"""For the axes of height and width in the graph: our sum over the same side, the kernel being (old, new)."""

PLACES: dict[str, Callable[[Array, int, int], Array]] = {
    "half_pixel": lambda new, before, after: (new + 0.5) * before / after - 0.5,
    "pytorch_half_pixel": lambda new, before, after: (
        (new + 0.5) * before / after - 0.5 if after > 1 else np.zeros_like(new)
    ),
    "asymmetric": lambda new, before, after: new * before / after,
    "align_corners": lambda new, before, after: new * (before - 1) / max(after - 1, 1),
}
"""Where new pixels lie among the old ones; ONNX, operator Resize, coordinate_transformation_mode."""

ROUNDED: dict[str, Callable[[Array], Array]] = {
    "floor": np.floor,
    "ceil": np.ceil,
    "round_prefer_floor": lambda place: np.ceil(place - 0.5),
    "round_prefer_ceil": lambda place: np.floor(place + 0.5),
}


def along(sketch: Sketch, node: Any, x: Given, axis: int, length: int, matrix: Callable[[], Array]) -> Given:
    """The image with one side of the graph's brought to a length by a matrix (new, old).

    Where the new pixels are means of old ones, weighted somehow, they stay so in a training.
    """
    sizes = [length, None, None] if axis == 2 else [None, length, None]
    layer = layers.EinsumDense(EQUATIONS[axis], sizes)
    y = sketch.put(node, layer, x)  # which takes no memory for a side that is longer than it may be
    kernel = matrix().T
    layer.set_weights([kernel])
    layer.trainable = not np.allclose(kernel.sum(axis=0), 1, atol=1e-5)
    return y


def nearest(before: int, after: int, places: str, rounding: str) -> Array:
    """The matrix (after, before) that takes the nearest pixel."""
    chosen = ROUNDED[rounding](PLACES[places](np.arange(after), before, after)).clip(0, before - 1)
    matrix = np.zeros((after, before))
    matrix[np.arange(after), chosen.astype(int)] = 1
    return matrix


def interpolated(
    before: int, after: int, places: str, curve: float | None, *, drops_outside: bool, antialias: bool
) -> Array:
    """The matrix (after, before) of lines between pixels or, with a number, of Keys' cubic curves of this slope.

    Pixels outside count as those at the edge, or not at all. With `antialias`, a side that becomes shorter takes the
    curve over as many times as many pixels. Keys, "Cubic convolution interpolation for digital image processing", 1981;
    PyTorch's slope is -0.75.
    """
    shrinking = min(after / before, 1) if antialias else 1
    reach = math.ceil((1 if curve is None else 2) / shrinking)
    place = PLACES[places](np.arange(after), before, after)
    around = np.floor(place)[:, None] + np.arange(1 - reach, reach + 1)
    distance = np.abs(place[:, None] - around) * shrinking
    weights = np.maximum(1 - distance, 0) if curve is None else _cubic(distance, curve)
    if drops_outside:
        weights = np.where((around < 0) | (around >= before), 0, weights)
    if drops_outside or antialias:
        weights = weights / weights.sum(axis=1, keepdims=True)
    matrix = np.zeros((after, before))
    np.add.at(matrix, (np.arange(after)[:, None], around.clip(0, before - 1).astype(int)), weights)
    return matrix


def _cubic(distance: Array, slope: float) -> Array:
    near = ((slope + 2) * distance - (slope + 3)) * distance**2 + 1
    far = slope * (((distance - 5) * distance + 8) * distance - 4)
    return np.where(distance <= 1, near, np.where(distance < 2, far, 0))
