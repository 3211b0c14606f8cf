"""Layers that change colors, sharpness and tones at random: pictures from Keras, and how often what is drawn."""

from typing import Any

import numpy as np
import pytest

from vitral import layers
from vitral.errors import ConfigError, ShapeError
from vitral.layers.augmentation.random_sharpness import Blur
from vitral.layers.augmentation.random_tones import Negative

PICTURE = np.array(
    [[[12, 200, 40], [255, 255, 0], [90, 90, 90]], [[250, 10, 128], [0, 0, 0], [33, 150, 210]]], np.float32
)[np.newaxis]

# Keras 3.15.1 on JAX: LAYER.transform_images(PICTURE, transformation), one row of pixels a line. The
# transformation is {"factor": ...}; for RandomGrayscale, RandomInvert and RandomPosterization it is that of Keras which
# does the same: True, {"apply_inversion": [True]}, {"shift_factor": [8 - bits]}.
FACTORS = {
    ("RandomHue(1.0)", 0.2): "12 134.4 200  0 255 51  90 90 90 250 180 10  0 0 0  128.4 33 210",
    ("RandomHue(1.0)", -0.4): "200 12 59.2  153 0 255  90 90 90 10 224 250  0 0 0  210 199.2 33",
    ("RandomSaturation(1.0)", 0.4): "124.8 200 136  255 255 153  90 90 90 250 154 201.2  0 0 0  139.2 186 210",
    ("RandomGrayscale()", True): "125.547 125.547 125.547  225.905 225.905 225.905  89.991 89.991 89.991 "
    "95.187 95.187 95.187  0 0 0  121.854 121.854 121.854",
    ("RandomColorDegeneration(0.3)", 0.3): "46.064 177.664 65.664  246.271 246.271 67.771  89.997 89.997 89.997 "
    "203.556 35.556 118.156  0 0 0  59.656 141.556 183.556",
    ("RandomColorDegeneration(0.3)", -0.5): "0 237.227 0  255 255 0  90.004 90.004 90.004 "
    "255 0 144.406  0 0 0  0 164.073 254.073",
    ("RandomInvert()", True): "243 55 215  0 0 255  165 165 165 5 245 127  255 255 255  222 105 45",
    ("RandomPosterization(3)", 3): "0 192 32  224 224 0  64 64 64 224 0 128  0 0 0  32 128 192",
    ("RandomSharpness(1.0)", 0.1): "37.169 117.846 28.185  153.154 157.154 28.8  63.415 70.615 58.615 "
    "143.354 33.077 67.446  39.385 43.385 28.8  37.985 97.385 112.154",
    ("RandomSharpness(1.0)", 0.9): "0 255 51.815  255 255 0  116.585 109.385 121.385 "
    "255 0 188.554  0 0 0  28.015 202.615 255",
}


def _compare(picture: Any, expected: str) -> None:
    """Equal to 1e-5 of the range of values."""
    values = np.array(expected.split(), float)
    np.testing.assert_allclose(np.ravel(picture), values, rtol=0, atol=1e-5 * np.ptp(values))


@pytest.mark.parametrize(("call", "factor"), FACTORS)
def test_a_factor_gives_the_picture_that_keras_gives(call: str, factor: float) -> None:
    y, _ = eval(f"layers.{call}").transform(PICTURE, np.array([factor]))
    assert y.dtype == np.float32
    _compare(y, FACTORS[call, factor])


def test_what_is_drawn_changes_each_image_by_itself() -> None:
    batch = np.concatenate([PICTURE, PICTURE])
    y, _ = layers.RandomHue(1.0).transform(batch, np.array([0.2, -0.4]))
    _compare(y[0], FACTORS["RandomHue(1.0)", 0.2])
    _compare(y[1], FACTORS["RandomHue(1.0)", -0.4])


def test_saturation_is_cut_to_1_as_in_keras_for_images_from_0_to_1() -> None:
    expected = "0 0.78431 0.11681  1 1 0  0.35294 0.35294 0.35294 0.98039 0 0.48203  0 0 0  0 0.54437 0.82353"
    for high in (1, 255):
        y, _ = layers.RandomSaturation(1.0, (0, high)).transform(PICTURE / 255 * high, np.array([1.5]))
        _compare(y / high, expected)


def test_solarization_gives_what_keras_gives() -> None:
    y, _ = layers.Solarization().transform(PICTURE, Negative(np.array([20.0]), np.array([128.0])))
    _compare(y, ("32 35 60  0 0 20  110 110 110 0 30 107  20 20 20  53 85 25"))
    # Keras' additions of 20 and thresholds of 128 are 255ths of the range, here from -1 to 1.
    choice = Negative(np.array([20 / 127.5]), np.array([128 / 127.5 - 1]))
    y, _ = layers.Solarization(value_range=(-1, 1)).transform(PICTURE / 127.5 - 1, choice)
    _compare(
        y,
        (
            "-0.74902 -0.72549 -0.52941  -1 -1 -0.84314  -0.13725 -0.13725 -0.13725 "
            "-1 -0.76471 -0.16078  -0.84314 -0.84314 -0.84314  -0.58431 -0.33333 -0.80392"
        ),
    )


def test_bits_are_those_of_bytes_in_any_range() -> None:
    y, _ = layers.RandomPosterization(3, (0, 1)).transform(PICTURE / 255, np.array([2]))
    _compare(y, ("0 0.75294 0  0.75294 0.75294 0  0.25098 0.25098 0.25098 0.75294 0 0.50196  0 0 0  0 0.50196 0.75294"))


def test_a_bell_of_unequal_sides_blurs_as_in_keras_on_jax() -> None:
    # blur_factor [0.6, 0.9]. (Keras on TensorFlow and PyTorch lays out kernels of unequal sides in another way.)
    y, _ = layers.RandomGaussianBlur(1.0, (3, 5)).transform(PICTURE, Blur(np.array([True]), np.array([[0.6, 0.9]])))
    _compare(
        y,
        (
            "62.457 79.833 32.364  94.53 103.533 23.114  50.867 69.598 60.332 "
            "86.301 45.167 44.394  65.84 64.242 30.204  34.383 69.108 76.736"
        ),
    )
    y, _ = layers.RandomGaussianBlur(1.0).transform(PICTURE, Blur(np.array([False]), np.array([[0.6, 0.9]])))
    np.testing.assert_array_equal(y, PICTURE)


def test_a_slant_gives_what_keras_gives() -> None:
    # shear_factor [0.3, -0.2] and [0.3, 0.6].
    y, _ = layers.RandomShear(0.3, 0.3).transform(PICTURE, np.array([[1, 0.3, 0, -0.2, 1, 0]]))
    _compare(y, ("12 200 40  255 255 0  90 90 90 175 7 89.6  49.02 77.1 55.8  55.8 126 162"))
    layer = layers.RandomShear(0.3, 0.3, "nearest", "constant", fill_value=9)
    y, _ = layer.transform(PICTURE, np.array([[1, 0.3, 0, 0.6, 1, 0]]))
    _compare(y, ("12 200 40  0 0 0  33 150 210 250 10 128  9 9 9  9 9 9"))


@pytest.mark.parametrize("training", [True, False])
def test_contrast_is_stretched_as_in_keras(training: bool) -> None:
    expected = "12 200 48.571  255 255 0  90 90 109.286 250 10 155.429  0 0 0  33 150 255"
    _compare(layers.AutoContrast()(PICTURE, training=training), expected)
    y = layers.AutoContrast((0, 1))(PICTURE / 510 + 0.1)
    _compare(y * 255, expected)


def test_a_channel_of_one_value_is_left_alone_and_hands_its_gradient_on() -> None:
    x = PICTURE.copy()
    x[..., 1] = 7
    for layer in (layers.AutoContrast(), layers.Equalization()):
        y, cache = layer.forward(x)
        np.testing.assert_array_equal(y[..., 1], x[..., 1])
        np.testing.assert_array_equal(layer.backward(x, cache)[..., 1], x[..., 1])


@pytest.mark.parametrize("training", [True, False])
def test_histograms_are_made_level_as_in_keras(training: bool) -> None:
    _compare(
        layers.Equalization()(PICTURE, training=training),
        ("51 204 64  255 255 0  153 102 128 204 51 191  0 0 0  102 153 255"),
    )
    _compare(
        layers.Equalization((0, 1), bins=16)(PICTURE / 255),
        ("0 0.74902 0.25098  1 1 0  0.50196 0.25098 0.50196 0.74902 0 0.74902  0 0 0  0.25098 0.50196 1"),
    )
    # Each image has a histogram of its own.
    both = layers.Equalization()(np.concatenate([PICTURE / 2, PICTURE]))
    np.testing.assert_array_equal(both[1:], layers.Equalization()(PICTURE))


def _drawn(layer: Any, count: int = 4000) -> Any:
    return layer.draw((count, 2, 2, 3), np.random.default_rng(0))


@pytest.mark.parametrize(
    ("layer", "low", "high"),
    [
        (layers.RandomHue(0.4), -0.2, 0.2),  # half of the circle either way
        (layers.RandomHue((0.2, 0.4)), -0.2, 0.2),
        (layers.RandomSaturation((0.2, 0.5)), 0.25, 1.0),  # f / (1 - f)
        (layers.RandomColorDegeneration(0.3), -0.3, 0.3),
        (layers.RandomSharpness(0.3), 0.0, 0.3),
        (layers.Solarization(0.5, value_range=(-1, 1)), 0.0, 1.0),
        (layers.Solarization((0.2, 0.5)), 51.0, 127.5),
    ],
    ids=lambda each: type(each).__name__,
)
def test_factors_are_drawn_from_their_range(layer: Any, low: float, high: float) -> None:
    drawn = _drawn(layer)
    drawn = drawn.additions if isinstance(drawn, Negative) else drawn
    assert drawn.shape == (4000,)
    assert low <= drawn.min() < low + 0.02 * (high - low)
    assert high - 0.02 * (high - low) < drawn.max() <= high


def test_thresholds_begin_at_the_lower_end_of_the_range() -> None:
    thresholds = _drawn(layers.Solarization(threshold_factor=(0.25, 0.5), value_range=(-1, 1))).thresholds
    assert -0.5 <= thresholds.min() < -0.48
    assert -0.02 < thresholds.max() <= 0


def test_hues_turn_either_way_and_never_less_than_asked_for() -> None:
    turns = _drawn(layers.RandomHue((0.2, 0.4)))
    assert np.abs(turns).min() >= 0.1
    assert abs((turns > 0).mean() - 0.5) < 5 * 0.5 / np.sqrt(4000)


def test_slants_change_both_signs_together() -> None:
    maps = _drawn(layers.RandomShear((0.1, 0.2), (0.3, 0.4)))
    x, y = maps[:, 1], maps[:, 3]
    np.testing.assert_array_equal(np.sign(x), np.sign(y))
    assert 0.1 <= np.abs(x).min() < 0.102
    assert 0.398 < np.abs(y).max() <= 0.4
    assert abs((x > 0).mean() - 0.5) < 5 * 0.5 / np.sqrt(4000)


@pytest.mark.parametrize(
    ("layer", "probability"),
    [
        (layers.RandomGrayscale(0.3), 0.3),
        (layers.RandomInvert(0.4), 0.2),  # a probability from 0 to 0.4 is 0.2 on average
        (layers.RandomInvert((1, 1)), 1.0),
        (layers.RandomGaussianBlur((0.2, 0.4)), 0.3),
    ],
    ids=lambda each: type(each).__name__,
)
def test_some_images_are_changed(layer: Any, probability: float) -> None:
    drawn = _drawn(layer)
    chosen = drawn.blurred if isinstance(drawn, Blur) else drawn
    assert abs(chosen.mean() - probability) <= 5 * np.sqrt(probability * (1 - probability) / 4000)


@pytest.mark.parametrize(("factor", "bits"), [(4, {1, 2, 3}), ((2, 2), {2}), ((6, 3), {3, 4, 5}), (1, {1})])
def test_numbers_of_bits_are_those_that_keras_draws(factor: Any, bits: set[int]) -> None:
    assert {*_drawn(layers.RandomPosterization(factor)).tolist()} == bits


def test_jitter_is_the_four_layers_one_behind_the_other() -> None:
    jitter = layers.RandomColorJitter((0, 255), (0.1, 0.1), (0.3, 0.3), (0.7, 0.7), (0.5, 0.5), seed=1)
    random = np.random.default_rng(5)
    choice = jitter.draw(PICTURE.shape, np.random.default_rng(5))
    expected = PICTURE
    for layer in (
        layers.RandomBrightness((0.1, 0.1)),
        layers.RandomContrast((0.3, 0.3)),
        layers.RandomSaturation((0.7, 0.7)),
        layers.RandomHue((0.5, 0.5)),
    ):
        expected, _ = layer.transform(expected, layer.draw(PICTURE.shape, random))
    np.testing.assert_array_equal(jitter.transform(PICTURE, choice)[0], expected)
    np.testing.assert_array_equal(layers.RandomColorJitter()(PICTURE), PICTURE)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.RandomHue(-0.1), "RandomHue: factor is -0.1; expected one or two numbers from 0 to 1"),
        (lambda: layers.RandomSaturation(1.5), "RandomSaturation: factor is 1.5; expected one or two numbers from -1"),
        (lambda: layers.RandomGrayscale((0, 1)), r"RandomGrayscale: factor is \(0, 1\); expected a number from 0 to 1"),
        (lambda: layers.RandomInvert(value_range=3), "RandomInvert: value_range is 3; expected two numbers"),
        (lambda: layers.RandomPosterization(9), "RandomPosterization: factor is 9; expected one or two whole numbers"),
        (lambda: layers.RandomPosterization((1, 2.5)), "factor is 2.5; expected a positive whole number"),
        (lambda: layers.RandomGaussianBlur(kernel_size=4), "kernel_size is 4; expected one odd number or two"),
        (lambda: layers.RandomGaussianBlur(sigma=2), "sigma is 2; expected one or two numbers from 0 to 1"),
        (lambda: layers.Solarization(threshold_factor=2), "Solarization: threshold_factor is 2; expected"),
        (lambda: layers.RandomShear(1.5), "RandomShear: x_factor is 1.5; expected one or two numbers from -1 to 1"),
        (lambda: layers.RandomColorJitter(hue_factor=2), "RandomHue: factor is 2; expected"),
        (lambda: layers.Equalization(bins=0), "Equalization: bins is 0; expected a positive whole number"),
        (lambda: layers.AutoContrast(data_format="channels_first"), "data_format is 'channels_first'"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()


@pytest.mark.parametrize("name", ["RandomHue", "RandomSaturation", "RandomColorDegeneration", "RandomGrayscale"])
def test_colors_need_three_channels(name: str) -> None:
    with pytest.raises(ShapeError, match=rf"\({name}\) received 4 channels; expected 3"):
        getattr(layers, name)(0.5)(np.zeros((1, 2, 2, 4)))
    with pytest.raises(ShapeError, match="received 4 channels"):
        layers.RandomColorJitter(hue_factor=0.1)(np.zeros((1, 2, 2, 4)))
