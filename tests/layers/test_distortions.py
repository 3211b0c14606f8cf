"""Perspective, elastic distortion, level tiles and mixtures of augmentations: pictures from Keras."""

from typing import Any

import numpy as np
import pytest

from tests.layers.test_colors import PICTURE
from tests.ops.test_image import IMAGE
from vitral import layers, ops
from vitral.errors import ConfigError, ShapeError
from vitral.layers.augmentation.aug_mix import Chains
from vitral.layers.augmentation.random_elastic_transform import Distortion
from vitral.layers.augmentation.random_tones import Negative
from vitral.layers.augmentation.selection import Selection

X = IMAGE[np.newaxis, ..., np.newaxis]
CORNERS = np.array([[0.0, 0], [4, 0], [0, 3], [4, 3]])
MOVED = CORNERS * (1 + np.array([[0.3, 0.2], [-0.2, 0.4], [0.1, -0.3], [0.25, -0.1]]))

# Keras 3.15.1 on JAX, TensorFlow and PyTorch: RandomPerspective(1.0, 1.0, interpolation, fill_value).transform_images
# of X, with start_points CORNERS and end_points MOVED.
PERSPECTIVES = {
    ("bilinear", 0.0): [
        [3, 2.19595, 2.03846, 4.14634, 0.93024],
        [6.20197, 6.09555, 7.29181, 5.96669, 4.92834],
        [3.20168, 3.28271, 4.83515, 7.15101, 6.9145],
        [0.62637, 0.71601, 1.23644, 3.05026, 4.89438],
    ],
    ("nearest", -2.0): [[3, 1, 1, 5, -2], [5, 8, 9, 5, 3], [3, 2, 3, 8, 9], [-2, -2, -2, 3, 8]],
}


@pytest.mark.parametrize(("interpolation", "fill_value"), PERSPECTIVES)
def test_moved_corners_give_the_picture_that_keras_gives(interpolation: str, fill_value: float) -> None:
    layer = layers.RandomPerspective(1.0, 1.0, interpolation, fill_value)
    y, _ = layer.transform(X, MOVED[np.newaxis])
    np.testing.assert_allclose(y[0, ..., 0], PERSPECTIVES[interpolation, fill_value], atol=2e-5)


def test_the_corner_at_the_top_left_may_move_too() -> None:
    corners = MOVED + np.array([[0.5, 0.6], [0, 0], [0, 0], [0, 0]])
    y, _ = layers.RandomPerspective(fill_value=-2.0).transform(X, corners[np.newaxis])
    # Keras 3.15.1 on JAX, TensorFlow and PyTorch.
    expected = [
        [-2, -2, -0.86617, 3.73596, 0.80894],
        [-1.17691, 4.10994, 6.52965, 6.24202, 6.29315],
        [2.95652, 3.84893, 6.06866, 7.32715, 6.4543],
        [-1.6616, -0.58689, 1.31066, 4.27592, 3.91908],
    ]
    np.testing.assert_allclose(y[0, ..., 0], expected, atol=2e-5)


def test_beyond_the_horizon_there_is_the_fill_value() -> None:
    # The lower corners have changed sides with each other: what would be below their crossing lies behind the eye.
    corners = CORNERS[[0, 1, 3, 2]]
    y, _ = layers.RandomPerspective(fill_value=-2.0).transform(X + 10, corners[np.newaxis])
    assert np.isfinite(y).all()
    np.testing.assert_allclose(y[0, 0, :, 0], IMAGE[0] + 10, atol=1e-5)
    assert y.min() == -2


def test_corners_move_as_far_as_scale_lets_them_and_some_images_stay() -> None:
    drawn = layers.RandomPerspective(0.5, 0.4).draw((4000, 11, 21, 1), np.random.default_rng(0))
    stayed = (drawn == [[0, 0], [20, 0], [0, 10], [20, 10]]).all(axis=(1, 2))
    # A probability from 0 to 0.5 is 1/4 on average.
    assert abs(stayed.mean() - 0.75) < 5 * np.sqrt(0.25 * 0.75 / 4000)
    columns = drawn[:, 3, 0]
    assert 16 <= columns.min() < 16.1
    assert 23.9 < columns.max() <= 24
    assert not drawn[:, 0].any()  # the top left, as in Keras


def _noise(height: int, width: int) -> np.ndarray:
    numbers = np.arange(height * width).reshape(1, height, width)
    return 1.5 * np.stack([np.sin(1.7 * numbers), np.sin(2.3 * numbers + 1)], axis=-1)


def test_noise_distorts_as_in_keras() -> None:
    # Keras 3.15.1 on NumPy: keras.ops.image.elastic_transform(X, alpha=0.5, sigma=0.2, fill_mode="reflect"), with
    # normal() made to return the two parts of _noise.
    expected = [
        [3.75732, 1.44625, 3.88501, 1.97436, 5],
        [8.10786, 3.32017, 5.34758, 4.93962, 3.25835],
        [5.54335, 7.11757, 8.56329, 6.88338, 8.10367],
        [3.21499, 2.13189, 2.91215, 7.41845, 4],
    ]
    layer = layers.RandomElasticTransform(value_range=(0, 9))
    y, _ = layer.transform(X, Distortion(np.ones(1), _noise(4, 5)))
    np.testing.assert_allclose(y[0, ..., 0], expected, atol=2e-5)
    y, _ = layer.transform(X, Distortion(np.zeros(1), _noise(4, 5)))
    np.testing.assert_array_equal(y, X)


def test_a_wider_bell_distorts_as_in_keras() -> None:
    rows, columns = np.mgrid[:24, :30]
    x = (np.sin(0.7 * rows) + np.cos(0.5 * columns))[np.newaxis, ..., np.newaxis]
    y, _ = layers.RandomElasticTransform(value_range=(-2, 2)).transform(x, Distortion(np.ones(1), _noise(24, 30)))
    # The same call with alpha=3.0, sigma=1.2: the first, the last and some other pixels.
    expected = [1.36649, 0.07321, -1.93439, -0.12103, 1.05734, -0.737]
    np.testing.assert_allclose(y[0, [0, 0, 7, 12, 23, 23], [0, 29, 7, 20, 0, 29], 0], expected, atol=2e-5)


def test_strengths_are_drawn_for_each_image_and_some_are_zero() -> None:
    layer = layers.RandomElasticTransform((0.25, 0.25), (0.2, 0.6))
    drawn = layer.draw((4000, 2, 2, 1), np.random.default_rng(0)).strengths
    assert abs((drawn > 0).mean() - 0.25) < 5 * np.sqrt(0.25 * 0.75 / 4000)
    assert 0.2 <= drawn[drawn > 0].min() < 0.21
    assert 0.59 < drawn.max() <= 0.6


def test_places_between_pixels_are_mixtures() -> None:
    x = np.array([[0.0, 10.0], [100.0, 110.0]]).reshape(1, 2, 2, 1)
    columns, rows = np.array([[[0.5, 1.0], [0.0, 2.0]]]), np.array([[[0.0, 0.25], [1.0, 0.0]]])
    y, _ = ops.sample2d(x, columns=columns, rows=rows, fill_mode="constant", fill_value=-1)
    np.testing.assert_allclose(y[0, ..., 0], [[5, 35], [100, -1]])


# Keras 3.15.1 on JAX and on TensorFlow, of 28 X. (On PyTorch it takes the limit for a whole number, here 0.)
TILES = {
    "()": [
        [86.68219, 29.56069, 114.243, 29.56069, 141.80382],
        [252.04707, 57.1215, 169.36464, 140.80388, 84.68231],
        [139.80394, 223.48631, 252.04707, 195.92551, 252.04707],
        [84.68231, 56.12156, 84.68231, 223.48631, 111.24319],
    ],
    "(clip_limit=0.0, tile_grid_size=(2, 2))": [
        [127.5, 42.5, 162.91667, 42.5, 240.83333],
        [255, 85, 219.58333, 212.5, 127.5],
        [170, 212.5, 255, 191.25, 255],
        [127.5, 42.5, 106.25, 191.25, 92.08333],
    ],
    "(clip_limit=40.0, tile_grid_size=(2, 3))": [
        [151.12958, 50.37653, 141.65282, 50.37653, 174.05624],
        [253.87775, 100.75306, 202.50366, 172.07823, 84.47777],
        [172.07823, 223.45233, 253.87775, 193.02689, 253.40889],
        [111.22739, 60.85086, 91.27628, 203.50122, 99.32816],
    ],
}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("arguments", TILES)
def test_tiles_are_made_level_as_in_keras(arguments: str, training: bool) -> None:
    layer = eval(f"layers.ContrastLimitedAdaptiveHistogramEqualization{arguments}")
    np.testing.assert_allclose(layer(28 * X, training=training)[0, ..., 0], TILES[arguments], atol=1e-4)


def test_tiles_are_those_of_each_channel_and_of_any_range() -> None:
    layer = layers.ContrastLimitedAdaptiveHistogramEqualization((0, 1), 40.0, (1, 2))
    # Keras 3.15.1 on JAX and on TensorFlow, of 28 / 255 X.
    expected = [
        [0.43363, 0.09591, 0.5164, 0.09648, 0.62153],
        [0.99866, 0.26477, 0.70686, 0.62309, 0.30622],
        [0.62544, 0.8298, 0.99864, 0.73268, 0.99855],
        [0.43363, 0.26477, 0.40814, 0.82916, 0.46387],
    ]
    y = layer(np.concatenate([X * 28 / 255, X[:, ::-1] * 28 / 255], axis=3))
    np.testing.assert_allclose(y[0, ..., 0], expected, atol=1e-5)
    np.testing.assert_allclose(y[0, ::-1, :, 1], expected, atol=1e-5)


SHEAR, SOLARIZATION, CONTRAST, PALER = 0, 4, 5, 8
SLANTED = np.array([[1, 0.3, 0, -0.2, 1, 0]])
NEGATIVE = Negative(np.array([20.0]), np.array([128.0]))


def _one(number: int, choice: Any = None) -> Selection:
    return Selection(np.array([number]), {} if choice is None else {number: choice})


def test_chains_are_mixed_as_in_keras() -> None:
    shear, negative, contrast = _one(SHEAR, SLANTED), _one(SOLARIZATION, NEGATIVE), _one(CONTRAST)
    paler = _one(PALER, np.array([0.3]))
    chains = Chains(
        np.array([0.4]), np.array([[0.5], [0.3], [0.2]]), [[shear, paler], [negative], [contrast, negative, shear]]
    )
    # Keras 3.15.1 on JAX: AugMix().transform_images with the same weights, chains and transformations.
    expected = [
        [[28.2192, 143.7992, 54.7278], [175.8814, 175.8814, 26.3314], [95.9992, 95.9992, 97.8849]],
        [[143.4668, 20.1068, 102.6768], [23.521, 30.3394, 23.8675], [53.3738, 122.9798, 138.3741]],
    ]
    np.testing.assert_allclose(layers.AugMix().transform(PICTURE, chains)[0][0], expected, atol=2e-3)


def test_each_image_gets_what_is_drawn_for_it() -> None:
    batch = np.concatenate([PICTURE, PICTURE, PICTURE])
    first = Selection(np.array([SHEAR, SOLARIZATION, CONTRAST]), {SHEAR: SLANTED, SOLARIZATION: NEGATIVE})
    second = Selection(np.array([CONTRAST] * 3), {})
    y, _ = layers.RandAugment().transform(batch, [first, second])
    slanted, _ = layers.RandomShear().transform(PICTURE, SLANTED)
    negative, _ = layers.Solarization().transform(PICTURE, NEGATIVE)
    stretched = layers.AutoContrast()(np.concatenate([slanted, negative, layers.AutoContrast()(PICTURE)]))
    np.testing.assert_array_equal(y, stretched)


@pytest.mark.parametrize(("all_ops", "kinds"), [(True, 12), (False, 8)])
def test_augmentations_and_none_are_equally_frequent(all_ops: bool, kinds: int) -> None:
    layer = layers.AugMix(num_chains=2, chain_depth=4, all_ops=all_ops)
    chains = layer.draw((1000, 2, 2, 3), np.random.default_rng(0))
    which = np.concatenate([selection.which for steps in chains.steps for selection in steps])
    assert len(which) == 8000
    counts = np.bincount(which)
    assert len(counts) == kinds
    assert np.abs(counts - 8000 / kinds).max() < 5 * np.sqrt(8000 / kinds)
    np.testing.assert_allclose(chains.shares.sum(axis=0), 1)
    # Means of Dirichlet(1, 1) and Beta(1, 1), with the standard deviation sqrt(1 / 12) of a uniform distribution.
    for share in (*chains.shares, chains.kept):
        assert abs(share.mean() - 0.5) < 5 * np.sqrt(1 / 12000)


def test_rand_augment_draws_among_eleven() -> None:
    choice = layers.RandAugment(num_ops=3).draw((400, 2, 2, 3), np.random.default_rng(0))
    assert len(choice) == 3
    assert {*choice[0].which.tolist()} == {*range(11)}


def test_a_strength_of_zero_leaves_what_it_can() -> None:
    layer = layers.RandAugment(factor=0.0)
    # A slant, a shift, a turn, brightness, color and contrast of no strength.
    for number in (0, 1, 2, 7, 8, 9):
        kind = layer._selector.layers[number]
        choice = kind.draw(PICTURE.shape, np.random.default_rng(0))
        np.testing.assert_allclose(layer.transform(PICTURE, [_one(number, choice)])[0], PICTURE, atol=1e-4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.RandomPerspective(scale=2), "RandomPerspective: scale is 2; expected a number from 0 to 1"),
        (lambda: layers.RandomPerspective(interpolation="cubic"), "RandomPerspective: interpolation is 'cubic'"),
        (lambda: layers.RandomElasticTransform(2), "factor is 2; expected one or two numbers from 0 to 1"),
        (lambda: layers.RandomElasticTransform(fill_mode="mirror"), "fill_mode is 'mirror'; expected one of reflect"),
        (lambda: layers.RandAugment(num_ops=0), "RandAugment: num_ops is 0; expected a positive whole number"),
        (lambda: layers.RandAugment(interpolation="cubic"), "interpolation is 'cubic'"),
        (lambda: layers.AugMix(alpha=0), "AugMix: alpha is 0; expected a number above 0"),
        (lambda: layers.AugMix(factor=-0.1), "AugMix: factor is -0.1; expected one or two numbers from 0 to 1"),
        (
            lambda: layers.ContrastLimitedAdaptiveHistogramEqualization(clip_limit=-1),
            "ContrastLimitedAdaptiveHistogramEqualization: clip_limit is -1; expected a number from 0 on",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()


def test_images_must_fit() -> None:
    with pytest.raises(ShapeError, match="images of 1x5 pixels; expected at least 2x2"):
        layers.RandomPerspective()(np.zeros((1, 5, 3)))
    with pytest.raises(ShapeError, match=r"\(RandomColorDegeneration\) received 2 channels; expected 3 or 1"):
        layers.RandAugment()(np.zeros((4, 4, 2)))
    assert layers.RandAugment(seed=1)(np.zeros((4, 4, 1))).shape == (4, 4, 1)
