"""Layers that work on images as ONNX nodes."""

from vitral import layers
from vitral.errors import ConfigError
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.registry import draws
from vitral.saving.onnx.outward.windows import windows
from vitral.typing import Shape


@draws(layers.MaxPooling2D)
def _max_pooling(drawing: Drawing, layer: layers.MaxPooling2D, shape: Shape, x: Value) -> Value:
    frame = windows(layer.pool_size, layer.strides, (1, 1), layer.padding, x)
    return Value(shape, first=drawing.node("MaxPool", drawing.first(x), **frame))


@draws(layers.AveragePooling2D)
def _average_pooling(drawing: Drawing, layer: layers.AveragePooling2D, shape: Shape, x: Value) -> Value:
    frame = windows(layer.pool_size, layer.strides, (1, 1), layer.padding, x)
    return Value(shape, first=drawing.node("AveragePool", drawing.first(x), count_include_pad=0, **frame))


@draws(layers.GlobalAveragePooling2D)
def _global_average(drawing: Drawing, layer: layers.GlobalAveragePooling2D, shape: Shape, x: Value) -> Value:
    return _over_image(drawing, "ReduceMean", layer.keepdims, shape, x)


@draws(layers.GlobalMaxPooling2D)
def _global_max(drawing: Drawing, layer: layers.GlobalMaxPooling2D, shape: Shape, x: Value) -> Value:
    return _over_image(drawing, "ReduceMax", layer.keepdims, shape, x)


def _over_image(drawing: Drawing, kind: str, keepdims: bool, shape: Shape, x: Value) -> Value:
    y = drawing.node(kind, drawing.first(x), drawing.constant([2, 3], "int64"), keepdims=int(keepdims))
    return Value(shape, first=y) if keepdims else Value(shape, last=y)


@draws(layers.ZeroPadding2D)
def _zero_padding(drawing: Drawing, layer: layers.ZeroPadding2D, shape: Shape, x: Value) -> Value:
    (top, bottom), (left, right) = layer.padding
    pads = drawing.constant([0, 0, top, left, 0, 0, bottom, right], "int64")
    return Value(shape, first=drawing.node("Pad", drawing.first(x), pads))


@draws(layers.Cropping2D)
def _cropping(drawing: Drawing, layer: layers.Cropping2D, shape: Shape, x: Value) -> Value:
    (top, _), (left, _) = layer.cropping
    return _cut(drawing, x, top, left, shape)


@draws(layers.CenterCrop)
def _center_crop(drawing: Drawing, layer: layers.CenterCrop, shape: Shape, x: Value) -> Value:
    rows, columns = (size - kept for size, kept in zip(x.sizes()[:2], (layer.height, layer.width), strict=True))
    if rows < 0 or columns < 0:
        raise ConfigError(f'to_onnx does not have "{layer.name}" (CenterCrop) for images that are smaller than its own')
    return _cut(drawing, x, rows // 2, columns // 2, shape)


def _cut(drawing: Drawing, x: Value, top: int, left: int, shape: Shape) -> Value:
    height, width, _ = Value(shape).sizes()
    places = ([top, left], [top + height, left + width], [2, 3])
    return Value(shape, first=drawing.node("Slice", drawing.first(x), *[drawing.constant(p, "int64") for p in places]))


_RESIZED = {
    "nearest": {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
    "bilinear": {"mode": "linear", "coordinate_transformation_mode": "half_pixel"},
}


@draws(layers.UpSampling2D, only_if=lambda layer: layer.interpolation in _RESIZED)
def _up_sampling(drawing: Drawing, layer: layers.UpSampling2D, shape: Shape, x: Value) -> Value:
    scales = drawing.constant([1, 1, *layer.size])
    return Value(shape, first=drawing.node("Resize", drawing.first(x), "", scales, **_RESIZED[layer.interpolation]))
