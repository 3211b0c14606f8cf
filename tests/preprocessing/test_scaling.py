"""Scaling to 0..1 and the z-score."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from vitral import config
from vitral.errors import ConfigError, DataError, ShapeError
from vitral.preprocessing import Standardizer, add_channel_axis, scale_unit


def test_the_ends_of_the_range() -> None:
    x = np.array([[0, 51, 255]], dtype=np.uint8)
    scaled = scale_unit(x)
    assert scaled.dtype == np.float32
    np.testing.assert_array_equal(scaled, np.array([[0, 0.2, 1]], dtype=np.float32))
    np.testing.assert_array_equal(scale_unit(np.array([0, 4, 16]), 16), [0, 0.25, 1])


def test_the_float_type_of_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "_floatx", "float64")
    assert scale_unit(np.array([1, 255], dtype=np.uint8))[0] == 1 / 255


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([0.0, np.nan], "pixels from nan to nan; expected 0 to 255"),
        ([0.0, np.inf], "pixels from 0 to inf; expected 0 to 255"),
        ([0, 256], "pixels from 0 to 256; expected 0 to 255"),
        ([-1, 5], "pixels from -1 to 5; expected 0 to 255"),
        ([0.0, 1.0], "pixels from 0 to 1 are scaled already; expected 0 to 255"),
        ([], r"nothing to scale: the array has shape \(0,\)"),
    ],
)
def test_what_must_not_be_scaled(x: list[float], message: str) -> None:
    with pytest.raises(DataError, match=message):
        scale_unit(np.array(x))


def test_black_and_binary_images_are_no_mistake() -> None:
    assert scale_unit(np.zeros((2, 2))).max() == 0
    assert scale_unit(np.array([0, 1], dtype=np.uint8)).max() == np.float32(1 / 255)


def test_a_largest_value_must_be_positive() -> None:
    with pytest.raises(ConfigError, match="max_value is 0"):
        scale_unit(np.array([1]), 0)


@pytest.fixture
def images() -> np.ndarray:
    """3,000 images, more than one piece of the loop, with a corner that never varies."""
    x = np.random.Generator(np.random.Philox(7)).integers(0, 256, (3000, 4, 4), dtype=np.uint8)
    x[:, 0, 0] = 9
    return x


def test_z_score_is_that_of_scikit_learn(images: np.ndarray) -> None:
    train, test = images[:2500], images[2500:]
    peer = StandardScaler().fit(train.reshape(2500, -1))
    ours = Standardizer().fit(train)
    np.testing.assert_allclose(ours.mean.reshape(-1), peer.mean_, rtol=1e-12)
    np.testing.assert_allclose(np.square(ours.std.reshape(-1)), peer.var_, rtol=1e-12)
    np.testing.assert_allclose(
        ours.transform(test).reshape(500, -1), peer.transform(test.reshape(500, -1)), rtol=1e-5, atol=1e-6
    )


def test_z_score_of_the_training_set_has_mean_0_and_deviation_1(images: np.ndarray) -> None:
    scaled = Standardizer().fit_transform(images)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(scaled.std(axis=0).reshape(-1)[1:], 1, rtol=1e-5)
    assert scaled.dtype == np.float32


def test_a_constant_pixel_becomes_0_also_where_the_test_set_has_something(images: np.ndarray) -> None:
    standardizer = Standardizer().fit(images)
    assert np.flatnonzero(standardizer.constant).tolist() == [0]
    assert standardizer.std[0, 0] == 0
    assert standardizer.transform(np.full((1, 4, 4), 255, dtype=np.uint8))[0, 0, 0] == 0


def test_what_was_learned_can_be_kept(images: np.ndarray) -> None:
    standardizer = Standardizer().fit(images)
    again = Standardizer.from_state(standardizer.get_state())
    np.testing.assert_array_equal(again.transform(images), standardizer.transform(images))


def test_misuse_of_the_standardizer() -> None:
    with pytest.raises(ConfigError, match="has learned nothing yet"):
        Standardizer().transform(np.zeros((1, 2)))
    with pytest.raises(ShapeError, match=r"samples of shape \(3,\); expected \(2,\), as in fit"):
        Standardizer().fit(np.eye(2)).transform(np.zeros((1, 3)))
    with pytest.raises(DataError, match=r"the array has shape \(0, 2\)"):
        Standardizer().fit(np.zeros((0, 2)))
    with pytest.raises(DataError, match="values that are not finite"):
        Standardizer().fit(np.array([[1.0], [np.nan]]))


def test_the_channel_axis_is_added_without_a_copy() -> None:
    x = np.zeros((5, 28, 28))
    with_channel = add_channel_axis(x)
    assert with_channel.shape == (5, 28, 28, 1)
    assert np.shares_memory(x, with_channel)
    with pytest.raises(ShapeError, match=r"images of shape \(5, 28, 28, 1\)"):
        add_channel_axis(with_channel)
