"""Layers that change every value by itself, or by its channel, as ONNX nodes."""

import numpy as np

from vitral import layers
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.registry import draws
from vitral.typing import Array, Shape


@draws(layers.BatchNormalization)
def _batch_normalization(drawing: Drawing, layer: layers.BatchNormalization, shape: Shape, x: Value) -> Value:
    mean, variance = layer.moving_mean.value, layer.moving_variance.value
    gamma = np.ones_like(mean) if layer.gamma is None else layer.gamma.value
    beta = np.zeros_like(mean) if layer.beta is None else layer.beta.value
    if len(shape) not in (2, 4):
        scale = gamma / np.sqrt(variance + layer.epsilon)
        return scaled(drawing, x, scale, beta - mean * scale)
    weights = [drawing.constant(array) for array in (gamma, beta, mean, variance)]
    y = drawing.node("BatchNormalization", drawing.first(x), *weights, epsilon=layer.epsilon)
    return Value(shape, first=y) if len(shape) == 4 else Value(shape, last=y)


@draws(layers.Rescaling)
def _rescaling(drawing: Drawing, layer: layers.Rescaling, shape: Shape, x: Value) -> Value:
    return scaled(drawing, x, np.asarray(layer.scale), np.asarray(layer.offset))


@draws(layers.Normalization)
def _normalization(drawing: Drawing, layer: layers.Normalization, shape: Shape, x: Value) -> Value:
    # The layer is y = scale x + offset; its values at 0 and 1 give both.
    channels = (1,) * (len(shape) - 1) + (x.sizes()[-1],)
    zero, one = (layer.forward(np.full(channels, value))[0].reshape(-1) for value in (0.0, 1.0))
    return scaled(drawing, x, one - zero, zero)


def scaled(drawing: Drawing, x: Value, scale: Array, offset: Array) -> Value:
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


@draws(layers.ELU)
def _elu(drawing: Drawing, layer: layers.ELU, shape: Shape, x: Value) -> Value:
    return drawing.each([x], shape, lambda name: drawing.node("Elu", name, alpha=layer.alpha))


@draws(layers.PReLU)
def _prelu(drawing: Drawing, layer: layers.PReLU, shape: Shape, x: Value) -> Value:
    alpha = layer.alpha.value
    if x.first is not None and alpha.ndim == 3:
        alpha = alpha.transpose(2, 0, 1)
    slope = drawing.constant(alpha)
    return drawing.each([x], shape, lambda name: drawing.node("PRelu", name, slope))
