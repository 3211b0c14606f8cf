"""Images of another size from ONNX nodes."""

from functools import partial
from typing import Any, NamedTuple

from vitral import layers
from vitral.layers import Layer
from vitral.saving.onnx.inward.registry import takes
from vitral.saving.onnx.inward.resampling import PLACES, along, interpolated, nearest
from vitral.saving.onnx.inward.windows import image_of
from vitral.saving.onnx.sketch import Given, Sketch
from vitral.typing import Array

_NEAREST = [("asymmetric", "floor"), ("half_pixel", "round_prefer_floor"), ("half_pixel", "round_prefer_ceil")]
"""The ways to the nearest pixel that are the same for whole numbers of times; the last is ours for any size."""


class Manner(NamedTuple):
    """How a node makes new pixels of old ones; its attributes."""

    mode: str
    places: str
    rounding: str
    curve: float
    drops_outside: bool
    antialias: bool

    def interpolation(self, size: tuple[int, int], whole: bool) -> str | None:
        """What that is for our layers; None if they do not have it. `whole`: sides grow a whole number of times."""
        if self.mode == "nearest":
            return "nearest" if (self.places, self.rounding) in (_NEAREST if whole else _NEAREST[-1:]) else None
        if self.mode == "linear":
            exact = self.places == "half_pixel" or (self.places == "pytorch_half_pixel" and 1 not in size)
            return "bilinear" if exact and (self.drops_outside or not self.antialias) else None
        ours = self.mode == "cubic" and self.places == "half_pixel" and self.curve == -0.5 and self.drops_outside
        return "bicubic" if ours else None

    def matrix(self, before: int, after: int) -> Array:
        """What brings a side of an image to another length."""
        if self.mode == "nearest":
            return nearest(before, after, self.places, self.rounding)
        curve = self.curve if self.mode == "cubic" else None
        return interpolated(
            before, after, self.places, curve, drops_outside=self.drops_outside, antialias=self.antialias
        )


@takes("Resize")
def _resize(sketch: Sketch, node: Any) -> Given:
    x = image_of(sketch, node)
    size = _size(sketch, node, x)
    whole = not any(after % (before or 1) for before, after in zip(x.shape[1:3], size, strict=True))
    manner = Manner(
        sketch.attribute(node, "mode", "nearest"),
        sketch.attribute(node, "coordinate_transformation_mode", "half_pixel"),
        sketch.attribute(node, "nearest_mode", "round_prefer_floor"),
        sketch.attribute(node, "cubic_coeff_a", -0.75),
        bool(sketch.attribute(node, "exclude_outside", 0)),
        bool(sketch.attribute(node, "antialias", 0)),
    )
    interpolation = manner.interpolation(size, whole)
    if interpolation is None:
        return _by_matrices(sketch, node, x, size, manner)
    layer: Layer = layers.Resizing(*size, interpolation, antialias=manner.antialias)
    if whole and not manner.antialias:
        times = [after // (before or 1) for before, after in zip(x.shape[1:3], size, strict=True)]
        layer = layers.UpSampling2D(times, interpolation=interpolation)
    return sketch.put(node, layer, x)


def _by_matrices(sketch: Sketch, node: Any, x: Given, size: tuple[int, int], manner: Manner) -> Given:
    """As PyTorch resizes, among others, which our layers do not."""
    if manner.places not in PLACES:
        raise sketch.error(node, f"has the places {manner.places}; expected {' or '.join(PLACES)}")
    for axis, before, after in zip((2, 3), x.shape[1:3], size, strict=True):
        x = along(sketch, node, x, axis, after, partial(manner.matrix, before or 1, after))
    return x


def _size(sketch: Sketch, node: Any, x: Given) -> tuple[int, int]:
    """The new height and width, from factors or from sizes, of all axes or of some."""
    channels, image = x.shape[3] or 0, [size or 0 for size in x.shape[1:3]]
    factors, sizes = sketch.constant(node, 2), sketch.constant(node, 3)
    by_factors = factors is not None and factors.size > 0
    given = factors if by_factors else sizes
    if given is None:
        raise sketch.error(node, "says neither how large nor how many times as large the image becomes")
    axes = [axis % 4 for axis in sketch.attribute(node, "axes", [0, 1, 2, 3])]
    wanted = {1: 1.0 if by_factors else channels, **dict(zip(axes, given.tolist(), strict=True))}
    size = [wanted.get(axis, 1 if by_factors else image[axis - 2]) for axis in (2, 3)]
    if by_factors:
        exact = [length * factor for length, factor in zip(image, size, strict=True)]
        size = [round(length) for length in exact]
        fits = wanted.get(0, 1) == 1 and all(abs(a - b) < 1e-4 for a, b in zip(exact, size, strict=True))
    else:
        fits = sketch.attribute(node, "keep_aspect_ratio_policy", "stretch") == "stretch"
    if not fits or wanted[1] != (1 if by_factors else channels) or min(size) < 1:
        raise sketch.error(node, f"makes {given.tolist()} of an image; expected another height and width alone")
    return int(size[0]), int(size[1])
