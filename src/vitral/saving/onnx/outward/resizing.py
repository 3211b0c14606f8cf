"""Layers that bring images to another size as ONNX nodes."""

import numpy as np

from vitral import layers, ops
from vitral.layers.augmentation.largest_window import centered_cropping, largest_window
from vitral.ops.geometry import Pair
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.images import along_both_axes, cut, framed
from vitral.saving.onnx.outward.registry import draws
from vitral.typing import Array, Shape


@draws(layers.UpSampling2D)
def _up_sampling(drawing: Drawing, layer: layers.UpSampling2D, shape: Shape, x: Value) -> Value:
    if layer.interpolation != "nearest":
        return _resized(drawing, x, Value(shape).sizes()[:2], layer.interpolation)
    scales = drawing.constant([1, 1, *layer.size])
    places = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    return Value(shape, first=drawing.node("Resize", drawing.first(x), "", scales, mode="nearest", **places))


@draws(layers.Resizing)
def _resizing(drawing: Drawing, layer: layers.Resizing, shape: Shape, x: Value) -> Value:
    if layer.crop_to_aspect_ratio:
        return _resized_window(drawing, x, (layer.height, layer.width), layer.interpolation, layer.antialias)
    height, width, _ = x.sizes()
    x = framed(drawing, x, layer.padding((height, width)), layer.fill_value)
    return _resized(drawing, x, (layer.height, layer.width), layer.interpolation, layer.antialias)


@draws(layers.CenterCrop)
def _center_crop(drawing: Drawing, layer: layers.CenterCrop, shape: Shape, x: Value) -> Value:
    height, width, _ = x.sizes()
    if height < layer.height or width < layer.width:
        return _resized_window(drawing, x, (layer.height, layer.width))
    return cut(drawing, x, centered_cropping((height, width), (layer.height, layer.width)))


@draws(layers.RandomCrop)
def _random_crop(drawing: Drawing, layer: layers.RandomCrop, shape: Shape, x: Value) -> Value:
    return _resized_window(drawing, x, (layer.height, layer.width))


def _resized_window(
    drawing: Drawing, x: Value, size: Pair, interpolation: str = "bilinear", antialias: bool = False
) -> Value:
    """The largest part in the middle that has the right aspect ratio, brought to the size."""
    height, width, _ = x.sizes()
    part = cut(drawing, x, centered_cropping((height, width), largest_window((height, width), size)))
    return _resized(drawing, part, size, interpolation, antialias)


def _resized(drawing: Drawing, x: Value, size: tuple[int, ...], interpolation: str, antialias: bool = False) -> Value:
    """Images of this size. ONNX has two of the interpolations; the others are products with the weights of pixels."""
    height, width, channels = x.sizes()
    shape, ways = (x.shape[0], *size, channels), list(zip((height, width), size, strict=True))
    name = drawing.first(x)
    if interpolation == "nearest" and not any(_has_ties(*way) for way in ways):
        options = {"mode": "nearest", "nearest_mode": "round_prefer_ceil"}
    elif interpolation == "bilinear" and not antialias:
        options = {"mode": "linear"}
    else:
        rows, columns = (_weights(*way, interpolation, antialias) for way in ways)
        return Value(shape, first=along_both_axes(drawing, name, rows, columns))
    scales = drawing.constant([1, 1, *(_scale(*way) for way in ways)])
    y = drawing.node("Resize", name, "", scales, coordinate_transformation_mode="half_pixel", **options)
    return Value(shape, first=y)


def _scale(before: int, after: int) -> float:
    """How many times as long a side becomes, in single precision, which must not round the product below `after`."""
    scale = np.float32(after / before)
    return float(scale if float(scale) * before >= after else np.nextafter(scale, np.float32(np.inf)))


def _has_ties(before: int, after: int) -> bool:
    """Whether the middle of a new pixel lies between two old ones, where rounding would decide which is nearer."""
    return any((2 * place + 1) * before % (2 * after) == 0 for place in range(after))


def _weights(before: int, after: int, interpolation: str, antialias: bool) -> Array:
    """The matrix (after, before) that takes a column of pixels to its new length: what becomes of each pixel alone."""
    pixels = np.eye(before).reshape(1, before, 1, before)
    return ops.resize2d(pixels, size=(after, 1), interpolation=interpolation, antialias=antialias)[0][0, :, 0]
