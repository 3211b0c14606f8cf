"""Weighted sums as ONNX nodes."""

from vitral import layers
from vitral.layers.einsum_equation import for_rank
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.normalization import unit_vectors
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


@draws(layers.EinsumDense)
def _einsum_dense(drawing: Drawing, layer: layers.EinsumDense, shape: Shape, x: Value) -> Value:
    equation = for_rank(layer.equation, len(x.shape), layer.name).text
    y = drawing.node("Einsum", drawing.last(x), drawing.constant(layer.kernel.value), equation=equation)
    return Value(shape, last=y if layer.bias is None else drawing.node("Add", y, drawing.constant(layer.bias.value)))


@draws(layers.Conv2D)
def _conv2d(drawing: Drawing, layer: layers.Conv2D, shape: Shape, x: Value) -> Value:
    weights = [drawing.constant(layer.kernel.value.transpose(3, 2, 0, 1))]
    if layer.bias is not None:
        weights.append(drawing.constant(layer.bias.value))
    frame = windows(layer.kernel_size, layer.strides, layer.dilation_rate, layer.padding, x)
    y = drawing.node("Conv", drawing.first(x), *weights, group=layer.groups, **frame)
    return Value(shape, first=y)


@draws(layers.DepthwiseConv2D)
def _depthwise(drawing: Drawing, layer: layers.DepthwiseConv2D, shape: Shape, x: Value) -> Value:
    bias = [] if layer.bias is None else [drawing.constant(layer.bias.value)]
    return Value(shape, first=_each_channel(drawing, layer, x, bias))


@draws(layers.SeparableConv2D)
def _separable(drawing: Drawing, layer: layers.SeparableConv2D, shape: Shape, x: Value) -> Value:
    weights = [drawing.constant(layer.pointwise_kernel.value.transpose(3, 2, 0, 1))]
    if layer.bias is not None:
        weights.append(drawing.constant(layer.bias.value))
    each = _each_channel(drawing, layer, x, [])
    return Value(shape, first=drawing.node("Conv", each, *weights, kernel_shape=[1, 1]))


def _each_channel(
    drawing: Drawing, layer: layers.DepthwiseConv2D | layers.SeparableConv2D, x: Value, bias: list[str]
) -> str:
    """The convolution of each channel by itself."""
    kernel = layer.depthwise_kernel.value
    one_by_one = kernel.reshape(*kernel.shape[:2], 1, -1).transpose(3, 2, 0, 1)
    frame = windows(layer.kernel_size, layer.strides, layer.dilation_rate, layer.padding, x)
    weights = [drawing.constant(one_by_one), *bias]
    return drawing.node("Conv", drawing.first(x), *weights, group=kernel.shape[2], **frame)


@draws(layers.Conv2DTranspose)
def _conv2d_transpose(drawing: Drawing, layer: layers.Conv2DTranspose, shape: Shape, x: Value) -> Value:
    weights = [drawing.constant(layer.kernel.value.transpose(3, 2, 0, 1))]
    if layer.bias is not None:
        weights.append(drawing.constant(layer.bias.value))
    before, behind, more = [], [], []
    sizes = zip(x.sizes(), Value(shape).sizes(), layer.kernel_size, layer.strides, layer.dilation_rate, strict=False)
    for length, result, window, stride, spread in sizes:
        surplus = (length - 1) * stride + (window - 1) * spread + 1 - result
        cut = max(surplus, 0) // 2 if layer.padding == "same" else 0
        before.append(cut)
        behind.append(max(surplus, 0) - cut)
        more.append(max(-surplus, 0))
    y = drawing.node(
        "ConvTranspose",
        drawing.first(x),
        *weights,
        kernel_shape=layer.kernel_size,
        strides=layer.strides,
        dilations=layer.dilation_rate,
        pads=before + behind,
        output_padding=more,
    )
    return Value(shape, first=y)


@draws(layers.Dot)
def _dot(drawing: Drawing, layer: layers.Dot, shape: Shape, *xs: Value) -> Value:
    names = [drawing.last(x) for x in xs]
    first, second = layer.axes_of(*[len(x.shape) for x in xs])
    if layer.normalize:
        names = [unit_vectors(drawing, name, (axis,)) for name, axis in zip(names, (first, second), strict=True)]
    # An axis is a letter: the batch's in front, another for each that stays, and the same for those of the products.
    letters = iter("bcdefghijklmnopqrstuvwxyz")
    left, right = (["a", *(next(letters) for _ in x.shape[1:])] for x in xs)
    right[second] = left[first]
    stays = (
        left[:first] + left[first + 1 :] + [letter for place, letter in enumerate(right) if place not in (0, second)]
    )
    y = drawing.node("Einsum", *names, equation=f"{''.join(left)},{''.join(right)}->{''.join(stays)}")
    return Value(shape, last=y if len(stays) > 1 else drawing.node("Unsqueeze", y, drawing.constant([1], "int64")))
