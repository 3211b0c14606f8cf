"""Images of another size from ONNX nodes."""

from typing import Any

from vitral import layers
from vitral.layers import Layer
from vitral.saving.onnx.inward.registry import takes
from vitral.saving.onnx.inward.windows import image_of
from vitral.saving.onnx.sketch import Given, Sketch

_NEAREST = [("asymmetric", "floor"), ("half_pixel", "round_prefer_floor"), ("half_pixel", "round_prefer_ceil")]
"""The ways to the nearest pixel that are the same for whole numbers of times; the last is ours for any size."""


@takes("Resize")
def _resize(sketch: Sketch, node: Any) -> Given:
    x = image_of(sketch, node)
    size = _size(sketch, node, x)
    whole = not any(after % (before or 1) for before, after in zip(x.shape[1:3], size, strict=True))
    mode, places, nearest, antialias = (
        sketch.attribute(node, name, default)
        for name, default in (
            ("mode", "nearest"),
            ("coordinate_transformation_mode", "half_pixel"),
            ("nearest_mode", "round_prefer_floor"),
            ("antialias", 0),
        )
    )
    if mode == "nearest" and (places, nearest) in (_NEAREST if whole else _NEAREST[-1:]):
        interpolation = "nearest"
    elif mode == "linear" and (places == "half_pixel" or (places == "pytorch_half_pixel" and 1 not in size)):
        interpolation = "bilinear"
    elif mode == "cubic" and places == "half_pixel":
        _check_cubic(sketch, node)
        interpolation = "bicubic"
    else:
        raise sketch.error(
            node, f"has mode={mode}, {places}, {nearest}; expected nearest pixels, or linear or cubic half_pixel"
        )
    layer: Layer = layers.Resizing(*size, interpolation, antialias=bool(antialias))
    if whole and not antialias:
        times = [after // (before or 1) for before, after in zip(x.shape[1:3], size, strict=True)]
        layer = layers.UpSampling2D(times, interpolation=interpolation)
    return sketch.put(node, layer, x)


def _check_cubic(sketch: Sketch, node: Any) -> None:
    """Raise ModelFileError unless the curve, and what it does at the edge, are ours (Keys, 1981)."""
    curve, drops = sketch.attribute(node, "cubic_coeff_a", -0.75), sketch.attribute(node, "exclude_outside", 0)
    if curve != -0.5 or not drops:
        raise sketch.error(
            node, f"has cubic_coeff_a={curve:g}, exclude_outside={drops}; expected -0.5 and 1, the curve of Resizing"
        )


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
