"""Layers that change images at random: what they do to an image, how often, and what they refuse."""

from typing import Any

import numpy as np
import pytest

from tests.gradients.cases_layers import CASES
from vitral import layers, models
from vitral.errors import ConfigError, ShapeError
from vitral.layers import Layer
from vitral.layers.augmentation.augmentation import Augmentation

RANDOM = sorted(name for name, cls in layers.registry.classes.items() if issubclass(cls, Augmentation))
IMAGES = np.random.default_rng(0).random((4, 6, 5, 3), np.float32)


def _make(name: str) -> Layer:
    return CASES[name][0][0]()


@pytest.mark.parametrize("name", sorted({*RANDOM} - {"RandomCrop"}))
def test_nothing_changes_outside_training(name: str) -> None:
    model = models.Sequential([layers.Input((6, 5, 3)), _make(name)])
    np.testing.assert_array_equal(model.predict(IMAGES, verbose=0), IMAGES)


@pytest.mark.parametrize("name", RANDOM)
def test_called_by_itself_a_layer_trains_as_in_keras_and_draws_anew_each_time(name: str) -> None:
    images = np.random.default_rng(1).random((8, 12, 12, 3), np.float32)
    layer, same = _make(name), _make(name)
    first = layer(images)
    np.testing.assert_array_equal(first, same(images, training=True))
    assert not np.array_equal(layer(images), first)


@pytest.mark.parametrize("name", RANDOM)
def test_a_saved_position_continues_with_the_same_images(name: str) -> None:
    layer, other = _make(name), _make(name)
    layer(IMAGES)
    for variable, saved in zip(other.variables, layer.variables, strict=True):
        variable.assign(saved.numpy())
    np.testing.assert_array_equal(layer(IMAGES), other(IMAGES))


@pytest.mark.parametrize("name", RANDOM)
def test_bytes_become_floats_and_one_image_needs_no_batch_axis(name: str) -> None:
    image = (IMAGES[0] * 255).astype(np.uint8)
    one, batch = _make(name)(image), _make(name)(image[np.newaxis])
    assert one.dtype == np.float32
    np.testing.assert_array_equal(one, batch[0])


def test_images_come_with_their_labels_in_a_dictionary() -> None:
    labels = np.array([1, 2, 3, 4])
    result = layers.RandomFlip(seed=1)({"images": IMAGES, "labels": labels})
    np.testing.assert_array_equal(result["images"], layers.RandomFlip(seed=1)(IMAGES))
    np.testing.assert_array_equal(result["labels"], labels)
    with pytest.raises(ConfigError, match=r"keys \['boxes', 'images'\]; expected \"images\" and \"labels\""):
        layers.RandomFlip()({"images": IMAGES, "boxes": labels})


def test_half_of_the_images_are_mirrored() -> None:
    x = np.tile(np.arange(4.0).reshape(1, 2, 2, 1), (2000, 1, 1, 1))
    y = layers.RandomFlip(seed=1)(x)
    turned = (y[:, 0, 0, 0] == 3).sum()
    # Keras tosses one coin for both directions, so an image is turned by half a turn or not at all.
    assert turned + (y[:, 0, 0, 0] == 0).sum() == 2000
    assert abs(turned - 1000) < 5 * np.sqrt(500)


def test_shifts_go_as_far_as_they_may_each_way_and_are_uniform() -> None:
    layer = layers.RandomTranslation((-0.25, 0.5), 0.125, seed=2)
    maps = layer.draw((4000, 16, 8, 1), np.random.default_rng(0))
    down, right = -maps[:, 5], -maps[:, 2]
    for shifts, low, high in ((down, -4, 8), (right, -1, 1)):
        assert low <= shifts.min() < low + 0.05
        assert high - 0.05 < shifts.max() <= high
        # Mean of a uniform distribution, and its standard error.
        assert abs(shifts.mean() - (low + high) / 2) < 5 * (high - low) / np.sqrt(12 * 4000)


def test_a_shift_of_whole_pixels_is_the_crop_of_a_padded_image() -> None:
    layer = layers.RandomTranslation(2 / 6, 2 / 5, fill_mode="constant", interpolation="nearest", seed=3)
    padded = np.pad(IMAGES, ((0, 0), (2, 2), (2, 2), (0, 0)))
    crops = [[padded[:, i : i + 6, j : j + 5] for j in range(5)] for i in range(5)]
    for number, image in enumerate(layer(IMAGES)):
        assert any(np.array_equal(image, crop[number]) for row in crops for crop in row)


def test_a_quarter_of_a_turn_and_half_the_size() -> None:
    x = np.arange(9.0).reshape(1, 3, 3, 1)
    np.testing.assert_allclose(layers.RandomRotation((0.25, 0.25))(x)[0, ..., 0], np.rot90(x[0, ..., 0]), atol=1e-6)
    zoomed = layers.RandomZoom((1.0, 1.0), fill_mode="constant", fill_value=-1)(x)[0, ..., 0]
    np.testing.assert_array_equal(zoomed, [[-1, -1, -1], [-1, 4, -1], [-1, -1, -1]])


def test_a_crop_is_a_part_of_the_image_and_every_place_occurs() -> None:
    x = np.arange(20.0).reshape(1, 4, 5, 1)
    layer = layers.RandomCrop(3, 4, seed=0)
    corners = {float(layer(x)[0, 0, 0, 0]) for _ in range(60)}
    assert corners == {0.0, 1.0, 5.0, 6.0}
    np.testing.assert_array_equal(np.diff(layer(x)[0, :, :, 0], axis=1), 1)


def test_outside_training_the_largest_window_is_brought_to_the_size_of_the_crop() -> None:
    x = np.arange(24.0).reshape(1, 4, 6, 1)
    # The window is the 4x4 in the middle; each result is the mean of two by two of its pixels.
    expected = [[4.5, 6.5], [16.5, 18.5]]
    np.testing.assert_allclose(layers.RandomCrop(2, 2)(x, training=False)[0, :, :, 0], expected)
    assert layers.RandomCrop(8, 8)(x, training=True).shape == (1, 8, 8, 1)


def test_erased_boxes_have_the_size_and_the_probability_that_they_should() -> None:
    x = np.ones((400, 10, 10, 1), np.float32)
    always = layers.RandomErasing((1, 1), scale=(0.16, 0.16), fill_value=0, seed=1)(x)
    # The square root of 0.16 is 0.4 of the side: 4 of 10 pixels each way.
    np.testing.assert_array_equal((always == 0).sum(axis=(1, 2, 3)), 16)
    half = layers.RandomErasing(scale=(0.16, 0.16), fill_value=0, seed=1)(x)
    # A probability that is itself uniform from 0 to 1 is 1/2 on average.
    assert abs((half == 0).any(axis=(1, 2, 3)).sum() - 200) < 5 * np.sqrt(100)


def test_erasing_fills_with_noise_in_the_range_or_a_color() -> None:
    x = np.full((50, 10, 10, 3), 0.5, np.float32)
    noise = layers.RandomErasing((1, 1), value_range=(0, 1), seed=1)(x)
    changed = noise[noise != 0.5]
    assert changed.min() == 0
    assert changed.max() == 1
    # Half of a normal distribution lies below 0, a share of 0.1587 above 1.
    assert abs((changed == 0).mean() - 0.5) < 0.03
    assert abs((changed == 1).mean() - 0.1587) < 0.03
    color = layers.RandomErasing((1, 1), fill_value=(0, 128, 255), seed=1)(x)
    np.testing.assert_array_equal(np.unique(color.reshape(-1, 3), axis=0), [[0, 128, 255], [0.5, 0.5, 0.5]])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.RandomFlip("sideways"), "RandomFlip: mode is 'sideways'; expected one of horizontal"),
        (lambda: layers.RandomFlip(data_format="channels_first"), "data_format is 'channels_first'"),
        (lambda: layers.RandomTranslation(1.5, 0), "height_factor is 1.5; expected one or two numbers from -1 to 1"),
        (lambda: layers.RandomTranslation(0, (0, 1, 2)), r"width_factor is \(0, 1, 2\)"),
        (lambda: layers.RandomRotation(0.1, fill_mode="mirror"), "fill_mode is 'mirror'; expected one of reflect"),
        (lambda: layers.RandomRotation(0.1, interpolation="cubic"), "interpolation is 'cubic'"),
        (lambda: layers.RandomZoom(-1.0), "height_factor is -1.0; expected above -1"),
        (lambda: layers.RandomCrop(0, 3), "height is 0; expected a positive whole number"),
        (
            lambda: layers.RandomErasing((0.1, -0.2)),
            r"factor is \(0.1, -0.2\); expected one or two numbers from 0 to 1",
        ),
        (lambda: layers.RandomErasing(fill_value=300), "fill_value is 300; expected numbers in value_range"),
        (lambda: layers.RandomErasing(value_range=(1, 1)), r"value_range is \(1, 1\)"),
        (lambda: layers.RandomFlip(bounding_box_format="xyxy"), "unknown argument of RandomFlip 'bounding_box_format'"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()


def test_colors_must_fit_the_channels_and_images_must_be_images() -> None:
    with pytest.raises(ShapeError, match="received 1 channels; its fill_value has 3 numbers"):
        layers.RandomErasing(fill_value=(1, 2, 3))(IMAGES[..., :1])
    with pytest.raises(ShapeError, match="2 axes; expected 4"):
        layers.RandomFlip()(np.ones((3, 4)))


def test_a_model_learns_behind_such_layers_without_a_gradient_through_them() -> None:
    model = models.Sequential([layers.Input((6, 5, 3)), layers.RandomFlip(seed=1), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    before = model.layers[-1].get_weights()[0]
    model.fit(IMAGES, np.ones(4), verbose=0)
    assert not np.array_equal(model.layers[-1].get_weights()[0], before)
    np.testing.assert_array_equal(model.layers[0].variables[0].value, [1, 1])
