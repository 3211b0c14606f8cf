"""Every layer that ONNX can have, in a few variants, with the shape, or the shapes, of its inputs."""

from collections.abc import Callable
from typing import Any

import numpy as np

from vitral import Input, Model, Sequential, Variable, layers
from vitral.layers.graphs.graph_layer import GraphLayer
from vitral.layers.slicing import GetItem
from vitral.layers.with_variable import TimesMatrix, WithVariable
from vitral.models.functional import Functional
from vitral.saving.onnx.outward.activations import ACTIVATIONS, ALONG_LAST_AXIS

IMAGE = (7, 6, 4)
SEQUENCE = (6, 5)
MERGED = [(7, 6, 4), (7, 6, 4), (4,)]


def two_results() -> Any:
    x = Input((5,))
    return Model(x, [layers.Dense(2)(x), layers.Dense(3)(x)])


class Gate(layers.Layer):
    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(5, "sigmoid")

    def call(self, x: Any) -> Any:
        return x * self.dense(x) - x[:, ::-1]


def own_call() -> Any:
    x = Input((5,))
    return GraphLayer(x, Gate()(x))


def variable(*shape: int) -> Variable:
    return Variable(np.random.default_rng(2).normal(size=shape).astype("float32"), name="v")


def normalization() -> layers.Layer:
    layer = layers.Normalization()
    layer.adapt(np.random.default_rng(1).normal(2, 3, (50, *IMAGE)))
    return layer


CASES: dict[type[layers.Layer], list[tuple[Callable[[], layers.Layer], Any]]] = {
    layers.Dense: [
        (lambda: layers.Dense(3, "relu"), (5,)),
        (lambda: layers.Dense(3, use_bias=False), (5,)),
        (lambda: layers.Dense(3, "softmax"), IMAGE),
        (lambda: layers.Dense(3, activation=layers.LeakyReLU(0.1)), (2, 5)),
        (lambda: layers.Dense(3, use_bias=False), (2, 5)),
    ],
    layers.Conv2D: [
        (lambda: layers.Conv2D(3, 3, activation="relu"), IMAGE),
        (lambda: layers.Conv2D(6, (3, 2), (2, 3), "same", groups=2, activation="softmax"), IMAGE),
        (lambda: layers.Conv2D(3, 2, dilation_rate=2, padding="same", use_bias=False), IMAGE),
    ],
    layers.EinsumDense: [
        (lambda: layers.EinsumDense("abc,bd->acd", (None, 3), "relu", bias_axes="cd"), (2, 5)),
        (lambda: layers.EinsumDense("...b,bc->...c", 3, bias_axes="c"), IMAGE),
    ],
    layers.SpectralNormalization: [
        (lambda: layers.SpectralNormalization(layers.Conv2D(3, 2, activation="softmax")), IMAGE)
    ],
    layers.DepthwiseConv2D: [
        (lambda: layers.DepthwiseConv2D(3, depth_multiplier=2, activation="relu"), IMAGE),
        (lambda: layers.DepthwiseConv2D((3, 2), 2, "same", use_bias=False), IMAGE),
    ],
    layers.SeparableConv2D: [
        (lambda: layers.SeparableConv2D(5, 3, depth_multiplier=2, activation="relu"), IMAGE),
        (lambda: layers.SeparableConv2D(5, (3, 2), 2, "same", use_bias=False), IMAGE),
    ],
    layers.Conv2DTranspose: [
        (lambda: layers.Conv2DTranspose(3, 3, activation="relu"), IMAGE),
        (lambda: layers.Conv2DTranspose(3, (3, 4), 2, "same", use_bias=False), IMAGE),
        (lambda: layers.Conv2DTranspose(3, 2, 3), IMAGE),
        (lambda: layers.Conv2DTranspose(3, 3, 2, "same", output_padding=1), IMAGE),
        (lambda: layers.Conv2DTranspose(3, 3, dilation_rate=2, padding="same"), IMAGE),
    ],
    layers.LayerNormalization: [
        (layers.LayerNormalization, IMAGE),
        (lambda: layers.LayerNormalization([1, 2], center=False), (3, 5)),
        (lambda: layers.LayerNormalization(scale=False), (5,)),
        (lambda: layers.LayerNormalization([1, 3]), IMAGE),
    ],
    layers.GroupNormalization: [
        (lambda: layers.GroupNormalization(2), (3, 6)),
        (lambda: layers.GroupNormalization(2), (6,)),
        (lambda: layers.GroupNormalization(2), IMAGE),
        (lambda: layers.GroupNormalization(-1, scale=False, center=False), IMAGE),
    ],
    layers.AutoContrast: [(layers.AutoContrast, IMAGE), (lambda: layers.AutoContrast((0, 1)), (1, 1, 2))],
    layers.UnitNormalization: [
        (layers.UnitNormalization, IMAGE),
        (lambda: layers.UnitNormalization([1, 2]), IMAGE),
    ],
    layers.RMSNormalization: [
        (layers.RMSNormalization, IMAGE),
        (lambda: layers.RMSNormalization([1, 3], epsilon=0.1), IMAGE),
        (layers.RMSNormalization, (5,)),
    ],
    layers.MaxPooling2D: [
        (lambda: layers.MaxPooling2D(), IMAGE),
        (lambda: layers.MaxPooling2D((3, 2), (2, 1), "same"), IMAGE),
    ],
    layers.AveragePooling2D: [
        (lambda: layers.AveragePooling2D(3, 1), IMAGE),
        (lambda: layers.AveragePooling2D(3, 2, "same"), IMAGE),
    ],
    layers.GlobalAveragePooling2D: [(layers.GlobalAveragePooling2D, IMAGE)],
    layers.GlobalMaxPooling2D: [(lambda: layers.GlobalMaxPooling2D(keepdims=True), IMAGE)],
    layers.AdaptiveAveragePooling2D: [
        (lambda: layers.AdaptiveAveragePooling2D(1), IMAGE),
        (lambda: layers.AdaptiveAveragePooling2D((7, 3)), IMAGE),
        (lambda: layers.AdaptiveAveragePooling2D((3, 4)), IMAGE),
    ],
    layers.AdaptiveMaxPooling2D: [
        (lambda: layers.AdaptiveMaxPooling2D((7, 3)), IMAGE),
        (lambda: layers.AdaptiveMaxPooling2D((3, 4)), IMAGE),
    ],
    layers.ZeroPadding2D: [(lambda: layers.ZeroPadding2D(((1, 0), (2, 3))), IMAGE)],
    layers.BatchNormalization: [
        (layers.BatchNormalization, IMAGE),
        (lambda: layers.BatchNormalization(scale=False, center=False), (5,)),
        (layers.BatchNormalization, (3, 5)),
    ],
    layers.Rescaling: [
        (lambda: layers.Rescaling(1 / 127.5, -1), IMAGE),
        (lambda: layers.Rescaling([1.0, 2.0, 3.0, 4.0], [0.5, 0.25, 0.0, 1.0]), IMAGE),
    ],
    layers.Normalization: [
        (normalization, IMAGE),
        (lambda: layers.Normalization(mean=2.0, variance=4.0, invert=True), (5,)),
    ],
    layers.ReLU: [
        (layers.ReLU, IMAGE),
        (lambda: layers.ReLU(max_value=1.0), (5,)),
        (lambda: layers.ReLU(max_value=1.0, negative_slope=0.25, threshold=0.5), IMAGE),
    ],
    layers.ELU: [(layers.ELU, IMAGE), (lambda: layers.ELU(0.5), (5,))],
    layers.PReLU: [
        (layers.PReLU, (5,)),
        (layers.PReLU, IMAGE),
        (lambda: layers.PReLU(shared_axes=[1, 2]), IMAGE),
        (lambda: layers.PReLU(shared_axes=[1, 2, 3]), IMAGE),
    ],
    layers.ActivityRegularization: [(layers.ActivityRegularization, IMAGE)],
    layers.Identity: [(layers.Identity, IMAGE)],
    layers.Permute: [(lambda: layers.Permute((3, 1, 2)), IMAGE), (lambda: layers.Permute((2, 1)), (3, 5))],
    layers.Cropping2D: [(lambda: layers.Cropping2D(((1, 2), (0, 3))), IMAGE)],
    layers.CenterCrop: [(lambda: layers.CenterCrop(4, 3), IMAGE), (lambda: layers.CenterCrop(8, 4), IMAGE)],
    layers.RandomCrop: [(lambda: layers.RandomCrop(4, 3), IMAGE), (lambda: layers.RandomCrop(9, 9), IMAGE)],
    layers.Resizing: [
        (lambda: layers.Resizing(10, 4), IMAGE),
        (lambda: layers.Resizing(10, 4, "nearest"), IMAGE),
        (lambda: layers.Resizing(3, 3, "nearest"), IMAGE),
        (lambda: layers.Resizing(10, 4, "bicubic"), IMAGE),
        (lambda: layers.Resizing(3, 4, antialias=True), IMAGE),
        (lambda: layers.Resizing(8, 5, crop_to_aspect_ratio=True), IMAGE),
        (lambda: layers.Resizing(9, 6, pad_to_aspect_ratio=True, fill_value=0.5), IMAGE),
    ],
    layers.UpSampling2D: [
        (lambda: layers.UpSampling2D((2, 3)), IMAGE),
        (lambda: layers.UpSampling2D((2, 3), interpolation="bilinear"), IMAGE),
        (lambda: layers.UpSampling2D((2, 3), interpolation="bicubic"), IMAGE),
        (lambda: layers.UpSampling2D(2, interpolation="lanczos3"), IMAGE),
        (lambda: layers.UpSampling2D(2, interpolation="lanczos5"), IMAGE),
    ],
    layers.Dot: [
        (lambda: layers.Dot((2, 1)), [(3, 4), (4, 5)]),
        (lambda: layers.Dot(-1, normalize=True), [(4,), (4,)]),
        (lambda: layers.Dot((3, 1)), [IMAGE, (4,)]),
    ],
    layers.Embedding: [(lambda: layers.Embedding(10, 4), (6,)), (lambda: layers.Embedding(10, 4), (2, 3))],
    layers.PositionEmbedding: [(layers.PositionEmbedding, SEQUENCE)],
    layers.MultiHeadAttention: [
        (lambda: layers.MultiHeadAttention(2, 3), [SEQUENCE, SEQUENCE]),
        (lambda: layers.MultiHeadAttention(3, 4, 2, output_shape=7), [SEQUENCE, (4, 3), (4, 6)]),
        (lambda: layers.MultiHeadAttention(1, 4, use_bias=False), [SEQUENCE, (4, 3)]),
    ],
    layers.SimpleRNN: [
        (lambda: layers.SimpleRNN(3), SEQUENCE),
        (lambda: layers.SimpleRNN(3, "linear", return_sequences=True, go_backwards=True), SEQUENCE),
    ],
    layers.GRU: [
        (lambda: layers.GRU(3), SEQUENCE),
        (lambda: layers.GRU(3, return_sequences=True, reset_after=False), SEQUENCE),
        (lambda: layers.GRU(3, return_state=True, use_bias=False), [SEQUENCE, (3,)]),
    ],
    layers.LSTM: [
        (lambda: layers.LSTM(3), SEQUENCE),
        (lambda: layers.LSTM(3, return_sequences=True, return_state=True), [SEQUENCE, (3,), (3,)]),
        (lambda: layers.LSTM(3, use_bias=False, go_backwards=True), SEQUENCE),
    ],
    layers.SimpleRNNCell: [(lambda: layers.SimpleRNNCell(3), (5,))],
    layers.GRUCell: [(lambda: layers.GRUCell(3), (5,))],
    layers.LSTMCell: [(lambda: layers.LSTMCell(3), (5,))],
    layers.StackedRNNCells: [(lambda: layers.StackedRNNCells([layers.GRUCell(3), layers.LSTMCell(2)]), (5,))],
    layers.RNN: [
        (lambda: layers.RNN([layers.GRUCell(3), layers.LSTMCell(4)], return_state=True), SEQUENCE),
        (lambda: layers.RNN(layers.SimpleRNNCell(3), return_sequences=True), SEQUENCE),
    ],
    layers.Bidirectional: [
        (lambda: layers.Bidirectional(layers.LSTM(3)), SEQUENCE),
        (lambda: layers.Bidirectional(layers.GRU(3, return_sequences=True), "ave"), SEQUENCE),
        (lambda: layers.Bidirectional(layers.LSTM(3, return_sequences=True, return_state=True), "mul"), SEQUENCE),
        (lambda: layers.Bidirectional(layers.SimpleRNN(3), None), SEQUENCE),
    ],
    layers.TimeDistributed: [
        (lambda: layers.TimeDistributed(layers.Dense(3, "relu")), SEQUENCE),
        (lambda: layers.TimeDistributed(layers.Conv2D(3, 2, activation="softmax")), (2, *IMAGE)),
        (lambda: layers.TimeDistributed(Sequential([Input((5,)), layers.Dense(3), layers.ReLU()])), SEQUENCE),
    ],
    GetItem: [
        (lambda: GetItem(np.s_[:, 0]), SEQUENCE),
        (lambda: GetItem(np.s_[:, 1:5:2, ::-1]), SEQUENCE),
        (lambda: GetItem(np.s_[:, None, -1, 4:1:-2]), SEQUENCE),
        (lambda: GetItem(np.s_[..., 1:]), IMAGE),
    ],
    WithVariable: [
        (lambda: WithVariable("add", variable(6, 1)), SEQUENCE),
        (lambda: WithVariable("subtract", variable(5), swapped=True), SEQUENCE),
        (lambda: WithVariable("multiply", variable(4)), IMAGE),
    ],
    TimesMatrix: [(lambda: TimesMatrix(variable(5, 2)), SEQUENCE)],
    GraphLayer: [(own_call, (5,))],
    Sequential: [(lambda: Sequential([Input((5,)), layers.Dense(3)]), (5,))],
    Functional: [(two_results, (5,))],
    layers.SpatialDropout2D: [(lambda: layers.SpatialDropout2D(0.5), IMAGE)],
    layers.AlphaDropout: [(lambda: layers.AlphaDropout(0.5), IMAGE)],
    layers.RepeatVector: [(lambda: layers.RepeatVector(3), (5,))],
    layers.GaussianDropout: [(lambda: layers.GaussianDropout(0.5), IMAGE)],
    layers.GaussianNoise: [(lambda: layers.GaussianNoise(0.5), IMAGE)],
    layers.LeakyReLU: [(layers.LeakyReLU, IMAGE)],
    layers.Flatten: [(layers.Flatten, IMAGE), (layers.Flatten, (5,))],
    layers.Reshape: [(lambda: layers.Reshape((-1, 6)), IMAGE)],
    layers.Softmax: [(layers.Softmax, IMAGE)],
    layers.Activation: [
        (lambda name=name: layers.Activation(name), IMAGE) for name in [*ACTIVATIONS, *ALONG_LAST_AXIS]
    ],
    layers.Dropout: [(lambda: layers.Dropout(0.5), IMAGE)],
    layers.RandomFlip: [(layers.RandomFlip, IMAGE)],
    layers.Add: [(layers.Add, MERGED)],
    layers.Subtract: [(layers.Subtract, MERGED[:2])],
    layers.Multiply: [(layers.Multiply, MERGED)],
    layers.Average: [(layers.Average, MERGED)],
    layers.Maximum: [(layers.Maximum, MERGED)],
    layers.Minimum: [(layers.Minimum, MERGED)],
    layers.Concatenate: [
        (layers.Concatenate, [IMAGE, IMAGE]),
        (lambda: layers.Concatenate(axis=1), [IMAGE, (2, 6, 4)]),
        (layers.Concatenate, [(3,), (4,)]),
    ],
}
FLAT = [(cls, *case) for cls, cases in CASES.items() for case in cases]


def randomized(model: Any) -> Any:
    random = np.random.default_rng(5)
    for variable in model.weights:
        variable.assign(random.uniform(0.1, 1.0, variable.shape))
    return model


def around(layer: Any, shape: Any) -> Any:
    """A model of this layer alone."""
    inputs = [Input(one) for one in shape] if isinstance(shape, list) else Input(shape)
    return Model(inputs, layer(inputs))


def inputs_for(model: Any, samples: int) -> list[Any]:
    """A batch for each input; whole numbers for an embedding."""
    random, whole = np.random.default_rng(4), any(isinstance(layer, layers.Embedding) for layer in model.layers)
    sizes = [(samples, *tensor.shape[1:]) for tensor in model.inputs]
    drawn = [random.integers(0, 10, size) if whole else random.normal(size=size) for size in sizes]
    return [batch.astype("float32") for batch in drawn]
