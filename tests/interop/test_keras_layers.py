"""Every layer of Vitral's in a file of Keras', and the other way round: the same results."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vitral
from vitral import models
from vitral.layers.layer import registry

keras = pytest.importorskip("keras")

RANDOM = np.random.default_rng(6)
IMAGE, COLORS, ROWS, VECTOR, WORDS = (6, 8, 4), (6, 8, 3), (5, 3), (7,), (6,)

CASES: dict[str, list[tuple[Any, tuple[int, ...]]]] = {
    "ActivityRegularization": [(lambda of: of.ActivityRegularization(0.25, 0.5), VECTOR)],
    "AdaptiveAveragePooling2D": [(lambda of: of.AdaptiveAveragePooling2D((4, 3)), IMAGE)],
    "AdaptiveMaxPooling2D": [(lambda of: of.AdaptiveMaxPooling2D((3, 4)), IMAGE)],
    "AlphaDropout": [(lambda of: of.AlphaDropout(0.5, seed=3), VECTOR)],
    "Activation": [(lambda of: of.Activation("hard_silu"), VECTOR)],
    "AugMix": [(lambda of: of.AugMix(factor=0.25), COLORS)],
    "AutoContrast": [(lambda of: of.AutoContrast((-1, 2)), IMAGE)],
    "AveragePooling2D": [(lambda of: of.AveragePooling2D((2, 3), padding="same"), IMAGE)],
    "BatchNormalization": [(lambda of: of.BatchNormalization(scale=False), IMAGE)],
    "Bidirectional": [
        (lambda of: of.Bidirectional(of.LSTM(3, return_sequences=True)), ROWS),
        (lambda of: of.Bidirectional(of.GRU(3, dropout=0.5), merge_mode="sum"), ROWS),
    ],
    "CenterCrop": [(lambda of: of.CenterCrop(3, 4), IMAGE)],
    "ContrastLimitedAdaptiveHistogramEqualization": [
        (lambda of: of.ContrastLimitedAdaptiveHistogramEqualization((-5, 5), 2.0, (2, 3)), IMAGE)
    ],
    "Conv2D": [(lambda of: of.Conv2D(4, 3, 2, "same", groups=2, kernel_regularizer="l2"), IMAGE)],
    "Conv2DTranspose": [(lambda of: of.Conv2DTranspose(3, 3, 2, "same"), IMAGE)],
    "Cropping2D": [(lambda of: of.Cropping2D(((1, 0), (2, 1))), IMAGE)],
    "CutMix": [(lambda of: of.CutMix(), IMAGE)],
    "Dense": [(lambda of: of.Dense(3, "gelu", kernel_constraint=None), ROWS)],
    "DepthwiseConv2D": [(lambda of: of.DepthwiseConv2D(3, depth_multiplier=2), IMAGE)],
    "Dropout": [(lambda of: of.Dropout(0.5, seed=3), VECTOR)],
    "EinsumDense": [
        (lambda of: of.EinsumDense("abc,cd->abd", (None, 4), "relu", "d"), ROWS),
        (lambda of: of.EinsumDense("ab...,bc->ac...", 3, None, "c"), ROWS),
    ],
    "ELU": [(lambda of: of.ELU(0.5), VECTOR)],
    "Embedding": [(lambda of: of.Embedding(9, 4), WORDS)],
    "Flatten": [(lambda of: of.Flatten(), IMAGE)],
    "GRU": [(lambda of: of.GRU(4, reset_after=False), ROWS), (lambda of: of.GRU(4, recurrent_dropout=0.25), ROWS)],
    "GaussianDropout": [(lambda of: of.GaussianDropout(0.5), VECTOR)],
    "GaussianNoise": [(lambda of: of.GaussianNoise(0.5), VECTOR)],
    "GlobalAveragePooling2D": [(lambda of: of.GlobalAveragePooling2D(keepdims=True), IMAGE)],
    "GlobalMaxPooling2D": [(lambda of: of.GlobalMaxPooling2D(), IMAGE)],
    "GroupNormalization": [(lambda of: of.GroupNormalization(2), IMAGE)],
    "Identity": [(lambda of: of.Identity(), VECTOR)],
    "LSTM": [(lambda of: of.LSTM(4, return_sequences=True, go_backwards=True), ROWS)],
    "LayerNormalization": [(lambda of: of.LayerNormalization([1, 2]), ROWS)],
    "LeakyReLU": [(lambda of: of.LeakyReLU(0.25), VECTOR)],
    "MaxPooling2D": [(lambda of: of.MaxPooling2D(3, 2), IMAGE)],
    "MixUp": [(lambda of: of.MixUp(0.3), IMAGE)],
    "Normalization": [(lambda of: of.Normalization(mean=[1.0] * 7, variance=[4.0] * 7), VECTOR)],
    "PReLU": [(lambda of: of.PReLU(shared_axes=[1, 2]), IMAGE)],
    "Permute": [(lambda of: of.Permute((2, 3, 1)), IMAGE)],
    "RNN": [(lambda of: of.RNN([of.LSTMCell(3), of.GRUCell(2)], return_sequences=True), ROWS)],
    "RandAugment": [(lambda of: of.RandAugment(num_ops=3), COLORS)],
    "RandomBrightness": [(lambda of: of.RandomBrightness(0.25), IMAGE)],
    "RandomColorDegeneration": [(lambda of: of.RandomColorDegeneration(0.25), COLORS)],
    "RandomColorJitter": [(lambda of: of.RandomColorJitter((0, 1), 0.2, 0.3, (0.2, 0.7), seed=1), COLORS)],
    "RandomContrast": [(lambda of: of.RandomContrast(0.25), IMAGE)],
    "RandomElasticTransform": [(lambda of: of.RandomElasticTransform(0.25), IMAGE)],
    "RandomErasing": [(lambda of: of.RandomErasing(0.25), IMAGE)],
    "RandomFlip": [(lambda of: of.RandomFlip("horizontal"), IMAGE)],
    "RandomGaussianBlur": [(lambda of: of.RandomGaussianBlur(0.5, (3, 5)), IMAGE)],
    "RandomGrayscale": [(lambda of: of.RandomGrayscale(), COLORS)],
    "RandomHue": [(lambda of: of.RandomHue(0.25), COLORS)],
    "RandomInvert": [(lambda of: of.RandomInvert(), IMAGE)],
    "RandomPerspective": [(lambda of: of.RandomPerspective(0.25), IMAGE)],
    "RandomPosterization": [(lambda of: of.RandomPosterization((2, 5)), IMAGE)],
    "RandomSaturation": [(lambda of: of.RandomSaturation(0.25), COLORS)],
    "RandomSharpness": [(lambda of: of.RandomSharpness(0.25), IMAGE)],
    "RandomShear": [(lambda of: of.RandomShear(0.25, 0.5), IMAGE)],
    "RandomRotation": [(lambda of: of.RandomRotation(0.25), IMAGE)],
    "RandomTranslation": [(lambda of: of.RandomTranslation(0.25, 0.25), IMAGE)],
    "RandomZoom": [(lambda of: of.RandomZoom(0.25), IMAGE)],
    "ReLU": [(lambda of: of.ReLU(2.0, 0.25, 0.5), VECTOR)],
    "RMSNormalization": [(lambda of: of.RMSNormalization([1, 2], epsilon=0.25), ROWS)],
    "RepeatVector": [(lambda of: of.RepeatVector(3), VECTOR)],
    "Rescaling": [(lambda of: of.Rescaling(0.5, -1), IMAGE)],
    "Reshape": [(lambda of: of.Reshape((-1, 4)), IMAGE)],
    "Resizing": [(lambda of: of.Resizing(9, 5), IMAGE)],
    "SeparableConv2D": [(lambda of: of.SeparableConv2D(5, 3, depth_multiplier=2), IMAGE)],
    "SimpleRNN": [(lambda of: of.SimpleRNN(4, unroll=False), ROWS)],
    "Softmax": [(lambda of: of.Softmax(), VECTOR)],
    "Solarization": [(lambda of: of.Solarization(0.25, (0.25, 0.5)), IMAGE)],
    "SpectralNormalization": [(lambda of: of.SpectralNormalization(of.Conv2D(3, 2), 2), IMAGE)],
    "SpatialDropout2D": [(lambda of: of.SpatialDropout2D(0.5), IMAGE)],
    "TimeDistributed": [(lambda of: of.TimeDistributed(of.Dense(3)), ROWS)],
    "UnitNormalization": [(lambda of: of.UnitNormalization([1, 2]), ROWS)],
    "UpSampling2D": [(lambda of: of.UpSampling2D((2, 3), interpolation="bilinear"), IMAGE)],
    "ZeroPadding2D": [(lambda of: of.ZeroPadding2D(((1, 0), (2, 1))), IMAGE)],
}
SEVERAL_INPUTS = {
    "Add": lambda of: of.Add(),
    "Average": lambda of: of.Average(),
    "Concatenate": lambda of: of.Concatenate(axis=1),
    "Dot": lambda of: of.Dot(axes=(1, 1), normalize=True),
    "Maximum": lambda of: of.Maximum(),
    "Minimum": lambda of: of.Minimum(),
    "MultiHeadAttention": lambda of: of.MultiHeadAttention(2, 3),
    "Multiply": lambda of: of.Multiply(),
    "Subtract": lambda of: of.Subtract(),
}
NOT_IN_KERAS = {"InputLayer", "PositionEmbedding", "GetItem"}
DIFFERS = {"Equalization", "RandomCrop"}
"""Outside training Keras hands images on unchanged, against its own documentation; Vitral equalizes, and resizes."""
CELLS = {"GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells"}
"""Part of the recurrent layers above."""

FLAT = [(name, make, shape) for name, cases in CASES.items() for make, shape in cases]
FLAT += [(name, make, None) for name, make in SEVERAL_INPUTS.items()]


def model_of(library: Any, make: Any, shape: tuple[int, ...] | None) -> Any:
    if shape is not None:
        return library.Sequential([library.layers.Input(shape), make(library.layers)])
    one, other = library.layers.Input(ROWS), library.layers.Input(ROWS)
    layer = make(library.layers)
    attention = type(layer).__name__ == "MultiHeadAttention"
    return library.Model([one, other], layer(one, other) if attention else layer([one, other]))


def data_for(make: Any, shape: tuple[int, ...] | None) -> Any:
    if shape == WORDS:
        return RANDOM.integers(0, 9, (4, *shape)).astype("float32")
    if shape is not None:
        return RANDOM.normal(size=(4, *shape)).astype("float32")
    return [RANDOM.normal(size=(4, *ROWS)).astype("float32") for _ in range(2)]


def test_every_layer_has_a_case() -> None:
    ours = {name for name, cls in registry.classes.items() if cls.__module__.startswith("vitral.")}
    assert ours - NOT_IN_KERAS - CELLS - DIFFERS == {*CASES, *SEVERAL_INPUTS}


@pytest.mark.filterwarnings("ignore:.*Explicitly requested dtype int64:UserWarning")
@pytest.mark.parametrize(("name", "make", "shape"), FLAT, ids=[name for name, *_ in FLAT])
def test_both_ways(name: str, make: Any, shape: Any, tmp_path: Path) -> None:
    x = data_for(make, shape)
    theirs = model_of(keras, make, shape)
    theirs.set_weights([RANDOM.uniform(0.1, 1, weight.shape) for weight in theirs.get_weights()])
    theirs.save(tmp_path / "theirs.keras")
    ours = models.load_model(tmp_path / "theirs.keras")
    expected = np.asarray(theirs(x, training=False))
    np.testing.assert_allclose(ours(x, training=False), expected, rtol=1e-5, atol=1e-5)
    vitral.set_seed(1)
    mine = model_of(vitral, make, shape)
    mine.set_weights(ours.get_weights())
    mine.save(tmp_path / "ours.keras")
    again = keras.saving.load_model(tmp_path / "ours.keras")
    np.testing.assert_allclose(np.asarray(again(x, training=False)), expected, rtol=1e-5, atol=1e-5)
