"""What each layer is tried on: the layer, the shape of a batch. A layer without an entry fails the suite."""

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.gradients.cases_operations import normal
from vitral import layers
from vitral.layers import Layer
from vitral.layers.slicing import GetItem
from vitral.regularizers import L2
from vitral.typing import Array

Shapes = tuple[int, ...] | list[tuple[int, ...]] | Array
Case = tuple[Callable[[], Layer], Shapes]

_IMAGES = (2, 5, 6, 3)
_BRANCHES = [_IMAGES, _IMAGES, (2, 6, 1)]


def batch(shape: Shapes, dtype: str = "float64") -> Array | list[Array]:
    """Random numbers for a layer's input, or for its inputs; an array is the input itself."""
    if isinstance(shape, np.ndarray):
        return shape
    if isinstance(shape, list):
        return [normal(*one, seed=seed).astype(dtype) for seed, one in enumerate(shape)]
    return normal(*shape).astype(dtype)


def _merge(kind: type[Layer]) -> list[Case]:
    return [(kind, _BRANCHES), (kind, [(3, 4), (3, 1)])]


_STEPS = (2, 4, 3)


def _recurrent(kind: Any, **more: Any) -> list[Case]:
    """A recurrent layer with everything that reaches into its gradient."""
    biased = {"bias_initializer": "normal", **more}
    return [
        (lambda: kind(2, **biased), _STEPS),
        (lambda: kind(2, return_sequences=True, go_backwards=True, dropout=0.3, recurrent_dropout=0.4, seed=3), _STEPS),
        (lambda: kind(2, activation="relu", use_bias=False, recurrent_regularizer=L2(0.1)), _STEPS),
    ]


def _bidirectional(mode: str | None, sequences: bool = False) -> Case:
    return lambda: layers.Bidirectional(layers.GRU(2, return_sequences=sequences), merge_mode=mode), _STEPS


CASES: dict[str, list[Case]] = {
    **{kind.__name__: _merge(kind) for kind in (layers.Add, layers.Average, layers.Maximum, layers.Minimum)},
    "AdaptiveAveragePooling2D": [(lambda: layers.AdaptiveAveragePooling2D((2, 4)), _IMAGES)],
    "AdaptiveMaxPooling2D": [(lambda: layers.AdaptiveMaxPooling2D(4), _IMAGES)],
    "AlphaDropout": [
        (lambda: layers.AlphaDropout(0.4, seed=3), (4, 6)),
        (lambda: layers.AlphaDropout(0.4, noise_shape=(None, 1, 1, None), seed=3), _IMAGES),
    ],
    "Activation": [(lambda: layers.Activation("tanh"), (3, 4))],
    "AugMix": [
        (lambda: layers.AugMix((-3, 3), num_chains=2, seed=3), (3, 4, 5, 3)),
        (lambda: layers.AugMix((-3, 3), all_ops=False, seed=3), (3, 4, 3, 2)),
    ],
    "AutoContrast": [(lambda: layers.AutoContrast((-1, 2)), _IMAGES)],
    "ActivityRegularization": [(lambda: layers.ActivityRegularization(0.1, 0.2), (3, 4))],
    "AveragePooling2D": [(lambda: layers.AveragePooling2D(2, padding="same"), _IMAGES)],
    "BatchNormalization": [
        (lambda: layers.BatchNormalization(gamma_initializer="normal", beta_initializer="normal"), _IMAGES),
        (lambda: layers.BatchNormalization(center=False, scale=False), (4, 3)),
    ],
    "Bidirectional": [
        _bidirectional("concat"),
        _bidirectional("mul"),
        _bidirectional("ave", True),
        (lambda: layers.Bidirectional(layers.SimpleRNN(2, activity_regularizer=L2(0.1)), merge_mode="sum"), _STEPS),
    ],
    "Concatenate": [(layers.Concatenate, [(2, 3, 4), (2, 3, 1)]), (lambda: layers.Concatenate(1), [(2, 3), (2, 2)])],
    "ContrastLimitedAdaptiveHistogramEqualization": [
        (lambda: layers.ContrastLimitedAdaptiveHistogramEqualization((-3, 3), tile_grid_size=(2, 3)), _IMAGES)
    ],
    "Conv2D": [
        (lambda: layers.Conv2D(4, 3, activation="relu", bias_initializer="normal"), _IMAGES),
        (lambda: layers.Conv2D(6, (2, 3), strides=(2, 1), padding="same", groups=3, use_bias=False), _IMAGES),
        (lambda: layers.Conv2D(2, 2, dilation_rate=2, activation="softmax", kernel_regularizer=L2(0.1)), _IMAGES),
    ],
    "Conv2DTranspose": [
        (lambda: layers.Conv2DTranspose(4, 3, activation="relu", bias_initializer="normal"), _IMAGES),
        (lambda: layers.Conv2DTranspose(2, (2, 3), strides=(3, 2), padding="same", use_bias=False), _IMAGES),
        (lambda: layers.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1, activation="gelu"), _IMAGES),
        (lambda: layers.Conv2DTranspose(2, 2, dilation_rate=2, kernel_regularizer=L2(0.1)), _IMAGES),
    ],
    "CenterCrop": [(lambda: layers.CenterCrop(3, 4), _IMAGES), (lambda: layers.CenterCrop(6, 4), _IMAGES)],
    "Cropping2D": [(lambda: layers.Cropping2D(((1, 0), (2, 1))), _IMAGES)],
    "CutMix": [(lambda: layers.CutMix(seed=3), _IMAGES)],
    "Dense": [
        (lambda: layers.Dense(4, activation="sigmoid", bias_initializer="normal"), (3, 5)),
        (lambda: layers.Dense(2, use_bias=False), (2, 3, 4)),
    ],
    "Dot": [
        (lambda: layers.Dot(1), [(2, 3), (2, 3)]),
        (lambda: layers.Dot((2, 1), normalize=True), [(2, 3, 4), (2, 4, 5)]),
    ],
    "DepthwiseConv2D": [
        (lambda: layers.DepthwiseConv2D(3, depth_multiplier=2, activation="relu", bias_initializer="normal"), _IMAGES),
        (lambda: layers.DepthwiseConv2D((2, 3), strides=2, padding="same", use_bias=False), _IMAGES),
        (lambda: layers.DepthwiseConv2D(2, dilation_rate=2, activation="softmax"), _IMAGES),
    ],
    "Dropout": [
        (lambda: layers.Dropout(0.4, seed=3), (4, 6)),
        (lambda: layers.Dropout(0.4, noise_shape=(None, 1, 1, None), seed=3), _IMAGES),
    ],
    "EinsumDense": [
        (lambda: layers.EinsumDense("abc,cd->abd", (None, 4), "tanh", "bd", bias_initializer="normal"), (2, 3, 4)),
        (lambda: layers.EinsumDense("...b,bc->...c", 3, "gelu", "c", kernel_regularizer=L2(0.1)), _IMAGES),
        (lambda: layers.EinsumDense("ab...,bc->ac...", 3, bias_axes="c", bias_initializer="normal"), (2, 3, 4)),
    ],
    "ELU": [(lambda: layers.ELU(0.7), (3, 4))],
    "Embedding": [(lambda: layers.Embedding(5, 2, embeddings_regularizer=L2(0.1)), np.array([[0, 3, 3], [4, 0, 1]]))],
    "Equalization": [(lambda: layers.Equalization((-3, 3), bins=20), _IMAGES)],
    "Flatten": [(layers.Flatten, _IMAGES)],
    "GaussianDropout": [(lambda: layers.GaussianDropout(0.4, seed=3), (4, 6))],
    "GaussianNoise": [(lambda: layers.GaussianNoise(0.4, seed=3), (4, 6))],
    "GlobalAveragePooling2D": [(layers.GlobalAveragePooling2D, _IMAGES)],
    "GlobalMaxPooling2D": [(lambda: layers.GlobalMaxPooling2D(keepdims=True), _IMAGES)],
    "GroupNormalization": [
        (lambda: layers.GroupNormalization(3, gamma_initializer="normal", beta_initializer="normal"), (2, 2, 3, 6)),
        (lambda: layers.GroupNormalization(-1, center=False, scale=False), _IMAGES),
    ],
    "Identity": [(layers.Identity, (3, 4))],
    "InputLayer": [(lambda: layers.InputLayer((4,)), (3, 4))],
    "GRU": [*_recurrent(layers.GRU), *_recurrent(layers.GRU, reset_after=False)],
    "GRUCell": [(lambda: layers.GRUCell(2, bias_initializer="normal"), (3, 4))],
    "LSTM": _recurrent(layers.LSTM),
    "LSTMCell": [(lambda: layers.LSTMCell(2, dropout=0.5, seed=2), (3, 4))],
    "LayerNormalization": [
        (lambda: layers.LayerNormalization(gamma_initializer="normal", beta_initializer="normal"), _IMAGES),
        (lambda: layers.LayerNormalization([3, 1], gamma_initializer="normal", beta_regularizer=L2(0.1)), _IMAGES),
        (lambda: layers.LayerNormalization(center=False, scale=False), (4, 3)),
    ],
    "LeakyReLU": [(lambda: layers.LeakyReLU(0.2), (3, 4))],
    "MaxPooling2D": [
        (lambda: layers.MaxPooling2D(2), _IMAGES),
        (lambda: layers.MaxPooling2D(3, strides=2, padding="same"), _IMAGES),
    ],
    "MultiHeadAttention": [
        (
            lambda: layers.MultiHeadAttention(2, 3, dropout=0.3, bias_initializer="normal", seed=1),
            [(2, 4, 3), (2, 5, 2)],
        ),
        (
            lambda: layers.MultiHeadAttention(1, 2, value_dim=3, use_bias=False, output_shape=4),
            [(2, 3, 4), (2, 2, 3), (2, 2, 5)],
        ),
        (lambda: layers.MultiHeadAttention(2, 1, activity_regularizer=L2(0.1)), [(2, 3, 2), (2, 2, 3)]),
    ],
    "Multiply": _merge(layers.Multiply),
    "MixUp": [(lambda: layers.MixUp(1.0, seed=3), _IMAGES)],
    "Normalization": [
        (lambda: layers.Normalization(mean=1.0, variance=4.0), _IMAGES),
        (lambda: layers.Normalization(mean=1.0, variance=4.0, invert=True), (3, 4)),
    ],
    "PReLU": [
        (lambda: layers.PReLU(alpha_initializer="normal", alpha_regularizer=L2(0.1)), (3, 4)),
        (lambda: layers.PReLU(alpha_initializer="normal", shared_axes=[1, 2]), _IMAGES),
    ],
    "GetItem": [
        (lambda: GetItem((slice(None), 0)), (2, 5, 3)),
        (lambda: GetItem((..., slice(1, None), None)), _IMAGES),
    ],
    "Permute": [(lambda: layers.Permute((3, 1, 2)), (2, 3, 4, 2))],
    "RandAugment": [(lambda: layers.RandAugment((-3, 3), 3, seed=3), (6, 4, 5, 3))],
    "RandomBrightness": [(lambda: layers.RandomBrightness(0.5, value_range=(-1, 1), seed=3), _IMAGES)],
    "RandomColorDegeneration": [(lambda: layers.RandomColorDegeneration(0.8, (-1, 1), seed=3), _IMAGES)],
    "RandomColorJitter": [
        (lambda: layers.RandomColorJitter((-3, 3), 0.2, 0.3, (0.2, 0.7), 0.4, seed=3), _IMAGES),
        (lambda: layers.RandomColorJitter((-3, 3), contrast_factor=0.4, seed=3), (2, 3, 2, 1)),
    ],
    "RandomContrast": [(lambda: layers.RandomContrast((0.5, 0.5), value_range=(-1, 1), seed=3), _IMAGES)],
    "RandomCrop": [
        (lambda: layers.RandomCrop(3, 4, seed=3), _IMAGES),
        (lambda: layers.RandomCrop(6, 4, seed=3), _IMAGES),
    ],
    "RandomElasticTransform": [
        (lambda: layers.RandomElasticTransform((1, 1), value_range=(-1, 1), seed=3), _IMAGES),
        (lambda: layers.RandomElasticTransform(value_range=(-1, 1), fill_mode="constant", seed=3), (4, 9, 8, 1)),
    ],
    "RandomErasing": [(lambda: layers.RandomErasing((1, 1), value_range=(-1, 1), seed=3), _IMAGES)],
    "RandomFlip": [
        (lambda: layers.RandomFlip(seed=3), (4, 3, 2, 1)),
        (lambda: layers.RandomFlip("horizontal", seed=3), (4, 3, 2, 1)),
        (lambda: layers.RandomFlip("vertical", seed=3), (4, 3, 2, 1)),
    ],
    "RandomGaussianBlur": [
        (lambda: layers.RandomGaussianBlur((1, 1), value_range=(-1, 1), seed=3), _IMAGES),
        (lambda: layers.RandomGaussianBlur(kernel_size=(3, 5), value_range=(-1, 1), seed=3), (4, 3, 3, 2)),
    ],
    "RandomGrayscale": [
        (lambda: layers.RandomGrayscale(seed=3), (4, 3, 2, 3)),
        (lambda: layers.RandomGrayscale(seed=3), (4, 3, 2, 1)),
    ],
    "RandomHue": [(lambda: layers.RandomHue(0.8, value_range=(-3, 3), seed=3), _IMAGES)],
    "RandomInvert": [(lambda: layers.RandomInvert(value_range=(-1, 2), seed=3), (4, 3, 2, 1))],
    "RandomPerspective": [
        (lambda: layers.RandomPerspective((1, 1), seed=3), _IMAGES),
        (lambda: layers.RandomPerspective(0.5, 0.8, fill_value=1.0, seed=3), (4, 4, 4, 1)),
    ],
    "RandomPosterization": [(lambda: layers.RandomPosterization((1, 6), value_range=(-3, 3), seed=3), _IMAGES)],
    "RandomSaturation": [(lambda: layers.RandomSaturation((0.1, 0.9), value_range=(-3, 3), seed=3), _IMAGES)],
    "RandomSharpness": [(lambda: layers.RandomSharpness(1.0, value_range=(-1, 1), seed=3), _IMAGES)],
    "RandomShear": [(lambda: layers.RandomShear(0.4, 0.3, seed=3), _IMAGES)],
    "RandomRotation": [(lambda: layers.RandomRotation(0.3, fill_mode="constant", fill_value=0.5, seed=3), _IMAGES)],
    "RandomTranslation": [
        (lambda: layers.RandomTranslation(0.3, 0.4, seed=3), _IMAGES),
        (lambda: layers.RandomTranslation(0.3, 0.4, "constant", "nearest", seed=3), _IMAGES),
    ],
    "RandomZoom": [
        (lambda: layers.RandomZoom(0.4, seed=3), _IMAGES),
        (lambda: layers.RandomZoom(0.4, 0.2, "wrap", seed=3), _IMAGES),
    ],
    "RNN": [
        (lambda: layers.RNN([layers.LSTMCell(2, dropout=0.4, seed=1), layers.GRUCell(3)]), _STEPS),
        (lambda: layers.RNN(layers.SimpleRNNCell(2), return_sequences=True), _STEPS),
    ],
    "PositionEmbedding": [(layers.PositionEmbedding, _STEPS)],
    "ReLU": [(lambda: layers.ReLU(max_value=1.0, negative_slope=0.1, threshold=0.2), (3, 4))],
    "RMSNormalization": [
        (layers.RMSNormalization, _IMAGES),
        (lambda: layers.RMSNormalization([3, 1], epsilon=0.1), _IMAGES),
    ],
    "RepeatVector": [(lambda: layers.RepeatVector(3), (2, 4))],
    "Rescaling": [(lambda: layers.Rescaling(0.5, offset=1.0), _IMAGES)],
    "Reshape": [(lambda: layers.Reshape((-1, 3)), (2, 6, 2))],
    "Resizing": [
        (lambda: layers.Resizing(4, 7), _IMAGES),
        (lambda: layers.Resizing(4, 2, "bicubic", crop_to_aspect_ratio=True, antialias=True), _IMAGES),
        (lambda: layers.Resizing(4, 2, "nearest", pad_to_aspect_ratio=True, fill_value=1.0), _IMAGES),
    ],
    "SimpleRNN": _recurrent(layers.SimpleRNN),
    "SimpleRNNCell": [(lambda: layers.SimpleRNNCell(2), (3, 4))],
    "SeparableConv2D": [
        (
            lambda: layers.SeparableConv2D(4, 3, depth_multiplier=2, activation="relu", bias_initializer="normal"),
            _IMAGES,
        ),
        (lambda: layers.SeparableConv2D(2, 2, strides=2, padding="same", pointwise_regularizer=L2(0.1)), _IMAGES),
        (lambda: layers.SeparableConv2D(3, 2, dilation_rate=2, use_bias=False, activation="softmax"), _IMAGES),
    ],
    "Softmax": [(layers.Softmax, (3, 4))],
    "Subtract": [(layers.Subtract, [(2, 3, 4), (2, 3, 4)]), (layers.Subtract, [(2, 3, 1), (2, 4)])],
    "Solarization": [(lambda: layers.Solarization(0.5, 0.8, value_range=(-2, 2), seed=3), _IMAGES)],
    "SpectralNormalization": [
        (lambda: layers.SpectralNormalization(layers.Dense(3, bias_initializer="normal"), 2), (3, 4)),
        (lambda: layers.SpectralNormalization(layers.Conv2D(2, 3, activation="tanh")), _IMAGES),
    ],
    "StackedRNNCells": [(lambda: layers.StackedRNNCells([layers.GRUCell(2), layers.LSTMCell(3)]), (3, 4))],
    "TimeDistributed": [
        (lambda: layers.TimeDistributed(layers.Conv2D(2, 2)), (2, 2, 4, 3, 2)),
        (lambda: layers.TimeDistributed(layers.BatchNormalization()), _STEPS),
    ],
    "SpatialDropout2D": [(lambda: layers.SpatialDropout2D(0.4, seed=3), _IMAGES)],
    "UnitNormalization": [(layers.UnitNormalization, (3, 4)), (lambda: layers.UnitNormalization([1, -1]), _IMAGES)],
    "UpSampling2D": [
        (lambda: layers.UpSampling2D((2, 3)), _IMAGES),
        (lambda: layers.UpSampling2D(2, interpolation="bilinear"), _IMAGES),
    ],
    "ZeroPadding2D": [(lambda: layers.ZeroPadding2D(((1, 0), (0, 2))), _IMAGES)],
}
