"""Layers as ONNX nodes: one small function per layer, registered by its class.

A function gets the drawing, the layer, the shape of its output and the values that the layer is called on, and returns
the value that comes out, as `predict` gives it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from vitral import layers
from vitral.layers import Layer
from vitral.layers.augmentation.augmentation import Augmentation
from vitral.saving.onnx.activations_out import activate, can_draw_activation
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.typing import Array, Shape

Draw = Callable[..., Value]
DRAWN: dict[type[Layer], Draw] = {}


def draws(*classes: type[Layer]) -> Callable[[Draw], Draw]:
    """Decorator: draw layers of these classes with the function."""

    def decorator(function: Draw) -> Draw:
        DRAWN.update(dict.fromkeys(classes, function))
        return function

    return decorator


def can_draw(layer: Layer) -> bool:
    """Whether `draw` knows the layer and its activation."""
    activation = getattr(layer, "activation", None)
    return type(layer) in DRAWN and (activation is None or can_draw_activation(activation, can_draw))


def draw(drawing: Drawing, layer: Layer, values: list[Value], shape: Shape) -> Value:
    """The value that a layer makes of others; its activation is drawn behind it."""
    drawing.owner = layer.name
    y = DRAWN[type(layer)](drawing, layer, shape, *values)
    activation = getattr(layer, "activation", None)
    if activation is None:
        return y
    return activate(drawing, y, activation, lambda inner, xs, its_shape: draw(drawing, inner, xs, its_shape))


def unchanged(drawing: Drawing, layer: Layer, shape: Shape, x: Value) -> Value:
    """What does nothing outside training, or only passes on what its activation changes."""
    return x


for _class in (layers.InputLayer, layers.Dropout, layers.Activation, layers.Softmax):
    DRAWN[_class] = unchanged
for _class in vars(layers).values():
    # Of those that change images at random, some cut even outside training, in a forward of their own.
    if isinstance(_class, type) and issubclass(_class, Augmentation) and "forward" not in vars(_class):
        DRAWN[_class] = unchanged


# Weighted sums.


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
    windows = _windows(layer.kernel_size, layer.strides, layer.dilation_rate, layer.padding, x)
    y = drawing.node("Conv", drawing.first(x), *weights, group=layer.groups, **windows)
    return Value(shape, first=y)


def _windows(size: Any, strides: Any, dilation: Any, padding: str, x: Value) -> dict[str, Any]:
    """The attributes of a node that slides a window over an image."""
    before, after = [], []
    for length, window, stride, spread in zip(x.sizes()[:2], size, strides, dilation, strict=True):
        reach = (window - 1) * spread + 1
        missing = 0 if padding == "valid" else max((-(-length // stride) - 1) * stride + reach - length, 0)
        before.append(missing // 2)
        after.append(missing - missing // 2)
    return {"kernel_shape": size, "strides": strides, "dilations": dilation, "pads": before + after}


# Windows and whole images.


@draws(layers.MaxPooling2D)
def _max_pooling(drawing: Drawing, layer: layers.MaxPooling2D, shape: Shape, x: Value) -> Value:
    windows = _windows(layer.pool_size, layer.strides, (1, 1), layer.padding, x)
    return Value(shape, first=drawing.node("MaxPool", drawing.first(x), **windows))


@draws(layers.AveragePooling2D)
def _average_pooling(drawing: Drawing, layer: layers.AveragePooling2D, shape: Shape, x: Value) -> Value:
    windows = _windows(layer.pool_size, layer.strides, (1, 1), layer.padding, x)
    return Value(shape, first=drawing.node("AveragePool", drawing.first(x), count_include_pad=0, **windows))


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


# Scales.


@draws(layers.BatchNormalization)
def _batch_normalization(drawing: Drawing, layer: layers.BatchNormalization, shape: Shape, x: Value) -> Value:
    mean, variance = layer.moving_mean.value, layer.moving_variance.value
    gamma = np.ones_like(mean) if layer.gamma is None else layer.gamma.value
    beta = np.zeros_like(mean) if layer.beta is None else layer.beta.value
    if len(shape) not in (2, 4):
        scale = gamma / np.sqrt(variance + layer.epsilon)
        return _scaled(drawing, x, scale, beta - mean * scale)
    weights = [drawing.constant(array) for array in (gamma, beta, mean, variance)]
    y = drawing.node("BatchNormalization", drawing.first(x), *weights, epsilon=layer.epsilon)
    return Value(shape, first=y) if len(shape) == 4 else Value(shape, last=y)


@draws(layers.Rescaling)
def _rescaling(drawing: Drawing, layer: layers.Rescaling, shape: Shape, x: Value) -> Value:
    return _scaled(drawing, x, np.asarray(layer.scale), np.asarray(layer.offset))


@draws(layers.Normalization)
def _normalization(drawing: Drawing, layer: layers.Normalization, shape: Shape, x: Value) -> Value:
    # The layer is y = scale x + offset; its values at 0 and 1 give both.
    channels = (1,) * (len(shape) - 1) + (x.sizes()[-1],)
    zero, one = (layer.forward(np.full(channels, value))[0].reshape(-1) for value in (0.0, 1.0))
    return _scaled(drawing, x, one - zero, zero)


def _scaled(drawing: Drawing, x: Value, scale: Array, offset: Array) -> Value:
    """scale x + offset, with one number or one for each channel."""

    def drawn(name: str) -> str:
        if (scale != 1).any():
            name = drawing.node("Mul", name, drawing.per_channel(x, scale))
        if offset.any():
            name = drawing.node("Add", name, drawing.per_channel(x, offset))
        return name

    return drawing.each([x], x.shape, drawn)


@draws(layers.ReLU)
def _relu(drawing: Drawing, layer: layers.ReLU, shape: Shape, x: Value) -> Value:
    top = [] if layer.max_value is None else [drawing.constant(layer.max_value)]

    def drawn(name: str) -> str:
        if not layer.negative_slope and not layer.threshold:
            return drawing.node("Clip", name, drawing.constant(0), *top) if top else drawing.node("Relu", name)
        threshold = drawing.constant(layer.threshold)
        below = drawing.node("Mul", drawing.node("Sub", name, threshold), drawing.constant(layer.negative_slope))
        above = drawing.node("Min", name, *top) if top else name
        return drawing.node("Where", drawing.node("Less", name, threshold), below, above)

    return drawing.each([x], shape, drawn)


@draws(layers.LeakyReLU)
def _leaky_relu(drawing: Drawing, layer: layers.LeakyReLU, shape: Shape, x: Value) -> Value:
    return drawing.each([x], shape, lambda name: drawing.node("LeakyRelu", name, alpha=layer.negative_slope))


# Shapes.


@draws(layers.Flatten, layers.Reshape)
def _reshape(drawing: Drawing, layer: Layer, shape: Shape, x: Value) -> Value:
    target = drawing.constant([0, *Value(shape).sizes()], "int64")
    return Value(shape, last=drawing.node("Reshape", drawing.last(x), target))


# Several inputs.


def _merged(drawing: Drawing, kind: str, shape: Shape, values: tuple[Value, ...]) -> Value:
    """A node for two inputs, repeated; inputs with fewer axes get them behind the batch axis."""
    raised = [
        x
        if len(x.shape) == len(shape)
        else Value(
            (x.shape[0], *(1,) * (len(shape) - len(x.shape)), *x.shape[1:]),
            last=drawing.node(
                "Reshape",
                drawing.last(x),
                drawing.constant([0, *(1,) * (len(shape) - len(x.shape)), *x.sizes()], "int64"),
            ),
        )
        for x in values
    ]

    def drawn(first: str, *others: str) -> str:
        for other in others:
            first = drawing.node(kind, first, other)
        return first

    return drawing.each(raised, shape, drawn)


@draws(layers.Add)
def _add(drawing: Drawing, layer: layers.Add, shape: Shape, *xs: Value) -> Value:
    return _merged(drawing, "Add", shape, xs)


@draws(layers.Subtract)
def _subtract(drawing: Drawing, layer: layers.Subtract, shape: Shape, *xs: Value) -> Value:
    return _merged(drawing, "Sub", shape, xs)


@draws(layers.Multiply)
def _multiply(drawing: Drawing, layer: layers.Multiply, shape: Shape, *xs: Value) -> Value:
    return _merged(drawing, "Mul", shape, xs)


@draws(layers.Average)
def _average(drawing: Drawing, layer: layers.Average, shape: Shape, *xs: Value) -> Value:
    return _scaled(drawing, _merged(drawing, "Add", shape, xs), np.asarray(1 / len(xs)), np.asarray(0.0))


@draws(layers.Maximum)
def _maximum(drawing: Drawing, layer: layers.Maximum, shape: Shape, *xs: Value) -> Value:
    return _merged(drawing, "Max", shape, xs)


@draws(layers.Minimum)
def _minimum(drawing: Drawing, layer: layers.Minimum, shape: Shape, *xs: Value) -> Value:
    return _merged(drawing, "Min", shape, xs)


@draws(layers.Concatenate)
def _concatenate(drawing: Drawing, layer: layers.Concatenate, shape: Shape, *xs: Value) -> Value:
    axis = layer.axis % len(shape)
    if len(shape) == 4 and all(x.first is not None for x in xs):
        names = [drawing.first(x) for x in xs]
        return Value(shape, first=drawing.node("Concat", *names, axis=(0, 2, 3, 1)[axis]))
    return Value(shape, last=drawing.node("Concat", *[drawing.last(x) for x in xs], axis=axis))
