"""Weighted sums as ONNX nodes."""

from vitral import layers
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.registry import draws
from vitral.saving.onnx.outward.windows import windows
from vitral.typing import Shape


@draws(layers.Dense)
def _dense(drawing: Drawing, layer: layers.Dense, shape: Shape, x: Value) -> Value:
    kernel = drawing.constant(layer.kernel.value)
    bias = [] if layer.bias is None else [drawing.constant(layer.bias.value)]
    if len(shape) == 2:
        return Value(shape, last=drawing.node("Gemm", drawing.last(x), kernel, *bias))
    y = drawing.node("MatMul", drawing.last(x), kernel)
    return Value(shape, last=drawing.node("Add", y, *bias) if bias else y)


@draws(layers.Conv2D)
def _conv2d(drawing: Drawing, layer: layers.Conv2D, shape: Shape, x: Value) -> Value:
    weights = [drawing.constant(layer.kernel.value.transpose(3, 2, 0, 1))]
    if layer.bias is not None:
        weights.append(drawing.constant(layer.bias.value))
    frame = windows(layer.kernel_size, layer.strides, layer.dilation_rate, layer.padding, x)
    y = drawing.node("Conv", drawing.first(x), *weights, group=layer.groups, **frame)
    return Value(shape, first=y)
