"""Noise, learned slopes, cut, enlarged and turned images: values worked out by hand and from Keras."""

from typing import Any

import numpy as np
import pytest

from vitral import layers
from vitral.errors import ConfigError, ShapeError

IMAGE = np.array([[3.0, 1, 4], [9, 2, 6]]).reshape(1, 2, 3, 1)


def test_noise_has_its_mean_and_its_spread_and_is_drawn_anew() -> None:
    x = np.full((100, 1000), 2.0, np.float32)
    layer = layers.GaussianNoise(0.3, seed=1)
    y = layer(x, training=True)
    assert y.dtype == np.float32
    # Standard errors of mean and standard deviation: 0.3 / sqrt(n) and 0.3 / sqrt(2 n) for n = 100,000.
    assert abs(y.mean() - 2) < 0.005
    assert abs(y.std() - 0.3) < 0.0034
    assert not np.array_equal(layer(x, training=True), y)
    np.testing.assert_array_equal(layer(x), x)


def test_gaussian_dropout_multiplies_by_noise_of_dropouts_variance() -> None:
    x = np.full((100, 1000), 2.0, np.float32)
    factor = layers.GaussianDropout(0.2, seed=1)(x, training=True) / x
    # Variance 0.2 / 0.8, so a standard deviation of 0.5.
    assert abs(factor.mean() - 1) < 0.008
    assert abs(factor.std() - 0.5) < 0.006
    np.testing.assert_array_equal(layers.GaussianDropout(0.2)(x), x)


def test_spatial_dropout_drops_whole_channels() -> None:
    y = layers.SpatialDropout2D(0.25, seed=1)(np.ones((100, 3, 2, 40), np.float32), training=True)
    np.testing.assert_array_equal(y, np.broadcast_to(y[:, :1, :1], y.shape))
    # Standard deviation of the dropped share of 4,000 channels is 0.0068; five of them.
    assert abs((y[:, 0, 0] == 0).mean() - 0.25) < 0.034
    # What Keras 3.15.1 writes, and all that its constructor takes.
    expected = {"name": "drop", "rate": 0.25, "seed": 3, "data_format": "channels_last"}
    assert layers.SpatialDropout2D(0.25, seed=3, name="drop").get_config() == expected


def test_a_learned_slope_by_hand() -> None:
    layer = layers.PReLU(shared_axes=[1])
    layer.build((None, 2, 2))
    assert layer.alpha.shape == (1, 2)
    layer.set_weights([np.array([[0.5, -2.0]])])
    y, cache = layer.forward(np.array([[[-1.0, -3.0], [2.0, -4.0]]]))
    np.testing.assert_array_equal(y, [[[-0.5, 6.0], [2.0, 8.0]]])
    dx = layer.backward(np.array([[[1.0, 10.0], [100.0, 1000.0]]]), cache)
    np.testing.assert_array_equal(dx, [[[0.5, -20.0], [100.0, -2000.0]]])
    np.testing.assert_array_equal(layer.alpha.grad, [[-1.0, -30.0 - 4000.0]])


def test_slopes_start_at_zero_and_have_the_shape_that_keras_gives_them() -> None:
    layer = layers.PReLU()
    np.testing.assert_array_equal(layer(np.array([[-1.0, 2.0]])), [[0.0, 2.0]])
    assert layer.count_params() == 2
    images = layers.PReLU(shared_axes=(1, 2))
    images.build((None, None, None, 8))
    assert images.alpha.shape == (1, 1, 8)


def test_cropping_and_permuting_by_hand() -> None:
    np.testing.assert_array_equal(layers.Cropping2D(((0, 1), (1, 0)))(IMAGE)[0, :, :, 0], [[1, 4]])
    assert layers.Cropping2D(2).compute_output_shape((None, 9, None, 3)) == (None, 5, None, 3)
    np.testing.assert_array_equal(layers.Permute((2, 1))(IMAGE[..., 0]), [[[3, 9], [1, 2], [4, 6]]])


def test_pixels_are_repeated_or_interpolated_as_in_keras() -> None:
    repeated = layers.UpSampling2D((2, 1))(IMAGE)[0, :, :, 0]
    np.testing.assert_array_equal(repeated, [[3, 1, 4], [3, 1, 4], [9, 2, 6], [9, 2, 6]])
    # Keras 3.15.1 on JAX: UpSampling2D((2, 3), interpolation="bilinear")
    expected = [
        [3, 3, 2.33333, 1.66667, 1, 2, 3, 4, 4],
        [4.5, 4.5, 3.41667, 2.33333, 1.25, 2.33333, 3.41667, 4.5, 4.5],
        [7.5, 7.5, 5.58333, 3.66667, 1.75, 3, 4.25, 5.5, 5.5],
        [9, 9, 6.66667, 4.33333, 2, 3.33333, 4.66667, 6, 6],
    ]
    enlarged = layers.UpSampling2D((2, 3), interpolation="bilinear")(IMAGE)[0, :, :, 0]
    np.testing.assert_allclose(enlarged, expected, atol=1e-5)


def test_repeating_a_pixel_that_is_not_a_number_leaves_the_others() -> None:
    y = layers.UpSampling2D(2)(np.array([[np.nan, 1.0]]).reshape(1, 1, 2, 1))
    np.testing.assert_array_equal(y[0, 0, :, 0], [np.nan, np.nan, 1, 1])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.GaussianNoise(1.5), "GaussianNoise: stddev is 1.5; expected a number from 0 to 1"),
        (lambda: layers.GaussianDropout(1.0), "GaussianDropout: rate is 1.0; expected a number from 0 to below 1"),
        (lambda: layers.SpatialDropout2D(0.1, data_format="channels_first"), "SpatialDropout2D: data_format is"),
        (lambda: layers.Cropping2D((1, -1)), r"Cropping2D: cropping is \(1, -1\); expected a whole number from 0 on"),
        (lambda: layers.Permute((0, 1)), r"Permute: dims is \(0, 1\); expected the axes from 1 on"),
        (lambda: layers.UpSampling2D(0), "UpSampling2D: size is 0; expected a positive whole number"),
        (lambda: layers.UpSampling2D(2, interpolation="area"), "UpSampling2D: interpolation is 'area'"),
        (lambda: layers.PReLU(shared_axes=[3]).build((None, 2, 2)), r"PReLU: shared_axes is \[3\]; expected axes from"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match="received images of 2x3 pixels; expected more than it cuts off, 2x0"):
        layers.Cropping2D((1, 0))(IMAGE)
    with pytest.raises(ShapeError, match="expected known sizes but for shared_axes"):
        layers.PReLU(shared_axes=[1]).build((None, None, None, 8))
    with pytest.raises(ShapeError, match="4 axes; expected 3"):
        layers.Permute((2, 1))(IMAGE)
