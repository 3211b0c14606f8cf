"""Depthwise, separable and transposed convolutions, and normalizations of samples: values from Keras."""

from typing import Any

import numpy as np
import pytest

from tests.gradients.check import check_layer
from vitral import config, layers, models
from vitral.errors import ConfigError, ShapeError
from vitral.typing import Array


def _integers(shape: tuple[int, ...], modulus: int, offset: int) -> Array:
    """Small whole numbers in no order, so that every sum is exact."""
    return (np.arange(np.prod(shape)) * 7 % modulus - offset).reshape(shape).astype(np.float32)


# Keras 3.15.1 on TensorFlow: the layer built for (None, 3, 4, 2), with weights w = _integers(w.shape, 13, 6), called on
# _integers((1, 3, 4, 2), 11, 5). TensorFlow refuses output_padding=0 with an even kernel, which is not among these.
CONVOLUTIONS = {
    'Conv2DTranspose(1, 3, strides=2, padding="same")': [
        [[26], [23], [37], [14], [8], [-17], [-43], [-26]],
        [[17], [14], [37], [23], [11], [-23], [-37], [-14]],
        [[9], [5], [-28], [-38], [-37], [-4], [-35], [-25]],
        [[18], [17], [-1], [-29], [-49], [-20], [-31], [-11]],
        [[-2], [-2], [24], [10], [-7], [-11], [17], [23]],
        [[19], [20], [5], [-26], [-43], [-17], [8], [14]],
    ],
    "Conv2DTranspose(1, (3, 2), strides=(1, 3))": [
        [[26], [23], [-6], [11], [14], [-6], [-15], [-17], [-6], [-30], [-26], [-6]],
        [[47], [43], [-6], [18], [15], [-6], [-33], [-35], [-6], [-51], [-41], [-6]],
        [[61], [58], [-6], [8], [1], [-6], [-56], [-56], [-6], [1], [8], [-6]],
        [[41], [41], [-6], [-41], [-51], [-6], [-35], [-33], [-6], [15], [18], [-6]],
        [[20], [21], [-6], [-26], [-30], [-6], [-17], [-15], [-6], [14], [11], [-6]],
    ],
    'Conv2DTranspose(1, 3, strides=2, padding="same", output_padding=0)': [
        [[14], [37], [23], [11], [-23], [-37], [-14]],
        [[5], [-28], [-38], [-37], [-4], [-35], [-25]],
        [[17], [-1], [-29], [-49], [-20], [-31], [-11]],
        [[-2], [24], [10], [-7], [-11], [17], [23]],
        [[20], [5], [-26], [-43], [-17], [8], [14]],
    ],
    "Conv2DTranspose(1, 2, dilation_rate=2)": [
        [[26], [11], [14], [-10], [-17], [-26]],
        [[21], [-5], [6], [-40], [-20], [-29]],
        [[42], [13], [8], [28], [-38], [11]],
        [[19], [-17], [4], [-40], [-20], [-17]],
        [[18], [-18], [4], [4], [-19], [17]],
    ],
    'DepthwiseConv2D(2, strides=2, padding="same", depth_multiplier=2)': [
        [[40, -24, -38, 69], [-32, -6, 13, -21]],
        [[12, -2, -13, -6], [-4, -11, -6, 8]],
    ],
    'DepthwiseConv2D(3, padding="same")': [
        [[0, 46], [15, 31], [6, 42], [-12, -4]],
        [[33, 1], [48, -21], [-28, -3], [-53, -9]],
        [[24, -12], [21, -22], [-31, -14], [-42, 7]],
    ],
    "SeparableConv2D(2, 2, depth_multiplier=2)": [
        [[-226, 166], [132, -148], [182, -77]],
        [[-158, 87], [46, -73], [-80, 53]],
    ],
}

# Keras 3.15.1 on TensorFlow: built for (None, 2, 3, 4), weights cos(0), cos(1) ..., called on sin(0), sin(1) ...
NORMALIZATIONS = {
    "LayerNormalization()": [
        [
            [-0.16086, 1.02898, -0.86181, -0.18364],
            [0.32347, -0.00019, -0.4529, -2.56266],
            [2.31142, 0.84983, -0.14546, 0.2315],
        ],
        [
            [-0.61496, 0.57743, -0.8625, -1.45893],
            [1.40573, -0.08559, -0.13743, -2.39819],
            [1.96203, 1.00256, -0.28112, 0.4882],
        ],
    ],
    "LayerNormalization(axis=[1, 3])": [
        [
            [0.13997, 0.99124, -0.82031, -0.41993],
            [0.3366, -0.02037, -0.50797, -2.92519],
            [2.17674, 0.7662, -0.0672, 0.43341],
        ],
        [
            [0.61484, 0.27973, 2.04992, 1.09285],
            [-0.7876, -0.01199, 0.33353, 1.51961],
            [-1.35717, 0.56053, 0.83038, -0.17769],
        ],
    ],
    "LayerNormalization(epsilon=0.1, center=False, scale=False)": [
        [
            [-0.91878, 0.71584, 0.84759, -0.64465],
            [-0.60411, -0.89327, 0.07886, 1.41852],
            [1.21654, 0.53143, -0.60339, -1.14458],
        ],
        [
            [-1.41284, 0.06011, 0.93833, 0.41439],
            [0.32759, -0.93531, -0.54076, 1.14848],
            [0.88085, 0.78336, -0.29708, -1.36712],
        ],
    ],
    "GroupNormalization(2)": [
        [
            [0.89519, 1.1113, -0.97821, -1.19035],
            [-0.14955, -0.23156, -0.23878, -1.95373],
            [2.26096, 0.79106, -0.07418, 0.49827],
        ],
        [
            [0.15447, 0.79706, -1.02878, -1.94382],
            [0.49775, -0.23341, 0.05456, -1.20331],
            [2.15548, 1.10771, -0.40708, 0.27072],
        ],
    ],
    "GroupNormalization(-1, epsilon=0.1)": [
        [
            [0.92827, 1.02365, -0.89464, -1.23721],
            [-0.08627, -0.14738, -0.23057, -1.93622],
            [2.25458, 0.74439, -0.08275, 0.30903],
        ],
        [
            [0.20896, 0.74962, -0.94006, -1.92715],
            [0.54232, -0.14899, 0.03287, -1.24907],
            [2.15214, 1.02052, -0.38172, 0.10067],
        ],
    ],
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("call", CONVOLUTIONS)
def test_a_convolution_gives_what_keras_gives(call: str, dtype: type) -> None:
    layer = eval(f"layers.{call}")
    layer.build((None, 3, 4, 2))
    layer.set_weights([_integers(weight.shape, 13, 6) for weight in layer.get_weights()])
    y = layer(_integers((1, 3, 4, 2), 11, 5).astype(dtype))
    np.testing.assert_allclose(y[0], CONVOLUTIONS[call], atol=1e-4)
    assert layer.output_shape[1:] == y.shape[1:]


@pytest.mark.parametrize("call", NORMALIZATIONS)
def test_a_normalization_gives_what_keras_gives(call: str) -> None:
    layer = eval(f"layers.{call}")
    layer.build((None, 2, 3, 4))
    layer.set_weights([np.cos(np.arange(weight.size)).reshape(weight.shape) for weight in layer.get_weights()])
    y = layer(np.sin(np.arange(24, dtype=np.float32)).reshape(1, 2, 3, 4))
    np.testing.assert_allclose(y[0], NORMALIZATIONS[call], atol=2e-5)


def test_weights_have_the_names_and_shapes_that_keras_gives_them() -> None:
    expected = {
        layers.DepthwiseConv2D((2, 3), depth_multiplier=4): [("kernel", (2, 3, 5, 4)), ("bias", (20,))],
        layers.SeparableConv2D(6, (2, 3), depth_multiplier=4): [
            ("depthwise_kernel", (2, 3, 5, 4)),
            ("pointwise_kernel", (1, 1, 20, 6)),
            ("bias", (6,)),
        ],
        layers.Conv2DTranspose(6, (2, 3)): [("kernel", (2, 3, 6, 5)), ("bias", (6,))],
        layers.LayerNormalization(axis=[3, 2]): [("gamma", (8, 5)), ("beta", (8, 5))],
        layers.GroupNormalization(5): [("gamma", (5,)), ("beta", (5,))],
    }
    for layer, weights in expected.items():
        layer.build((None, 7, 8, 5))
        assert [(weight.name, weight.shape) for weight in layer.weights] == weights


@pytest.mark.parametrize(
    ("layer", "names"),
    [
        (lambda **options: layers.DepthwiseConv2D(1, **options), ["depthwise", "bias"]),
        (lambda **options: layers.SeparableConv2D(2, 1, **options), ["depthwise", "pointwise", "bias"]),
        (lambda **options: layers.Conv2DTranspose(2, 1, **options), ["kernel", "bias"]),
        (layers.LayerNormalization, ["gamma", "beta"]),
        (lambda **options: layers.GroupNormalization(1, **options), ["gamma", "beta"]),
        (layers.PReLU, ["alpha"]),
    ],
)
def test_every_weight_can_have_a_regularizer_and_a_constraint(layer: Any, names: list[str]) -> None:
    options = {f"{name}_regularizer": "l2" for name in names} | {f"{name}_constraint": "non_neg" for name in names}
    made = layer(**options)
    made.build((None, 2, 2, 2))
    assert len(made.weights) == len(names)
    for weight in made.weights:
        assert (type(weight.regularizer).__name__, type(weight.constraint).__name__) == ("L2", "NonNeg")
    assert layers.deserialize(layers.serialize(made)).get_config() == made.get_config()


def test_multiply_adds_are_kernel_values_times_places_where_they_are_used() -> None:
    image = (None, 8, 8, 4)
    assert layers.DepthwiseConv2D(3, depth_multiplier=2).multiply_adds(image) == 6 * 6 * 4 * 2 * 9
    assert layers.SeparableConv2D(5, 3).multiply_adds(image) == 6 * 6 * 4 * 9 + 6 * 6 * 4 * 5
    assert layers.Conv2DTranspose(5, 3, strides=2).multiply_adds(image) == 8 * 8 * 9 * 4 * 5


def test_sizes_that_are_not_known_stay_unknown() -> None:
    image = (None, None, 9, 4)
    assert layers.Conv2DTranspose(2, 3, strides=2).compute_output_shape(image) == (None, None, 19, 2)
    assert layers.SeparableConv2D(2, 3).compute_output_shape(image) == (None, None, 7, 2)
    assert layers.DepthwiseConv2D(3).compute_output_shape((None, 9, 9, None)) == (None, 7, 7, None)


def test_gradients_pass_through_their_activations_when_neighbors_share_a_pass() -> None:
    config.set_floatx("float64")
    try:
        model = models.Sequential(
            [
                layers.Input((5, 4, 2)),
                layers.Conv2D(3, 2, activation="tanh"),
                layers.DepthwiseConv2D(2, activation="sigmoid", padding="same"),
                layers.SeparableConv2D(2, 2, activation="tanh"),
                layers.Conv2DTranspose(2, 2, strides=2, activation="sigmoid"),
                layers.LayerNormalization(),
                layers.Flatten(),
                layers.Dense(2),
            ]
        )
        check_layer(model, np.random.default_rng(0).standard_normal((2, 5, 4, 2)), training=True)
    finally:
        config.set_floatx("float32")


def test_each_group_has_mean_0_and_variance_1_in_each_sample() -> None:
    x = np.random.default_rng(0).standard_normal((3, 5, 4, 6)) * 4 + 2
    y = layers.GroupNormalization(2, epsilon=1e-12)(x).reshape(3, 20, 2, 3)
    np.testing.assert_allclose(y.mean(axis=(1, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=(1, 3)), 1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.DepthwiseConv2D(0), "DepthwiseConv2D: kernel_size is 0; expected a positive whole number"),
        (lambda: layers.DepthwiseConv2D(3, depth_multiplier=0.5), "depth_multiplier is 0.5"),
        (
            lambda: layers.DepthwiseConv2D(3, kernel_initializer="ones"),
            "unknown argument of DepthwiseConv2D 'kernel_ini",
        ),
        (lambda: layers.SeparableConv2D(2, 3, strides=2, dilation_rate=2), "expected at most one of them above 1"),
        (
            lambda: layers.Conv2DTranspose(2, 3, strides=2, output_padding=2),
            "output_padding is 2; expected whole numbers",
        ),
        (lambda: layers.Conv2DTranspose(2, 3, data_format="channels_first"), "data_format is 'channels_first'"),
        (lambda: layers.GroupNormalization(0), "groups is 0; expected a positive whole number, or -1"),
        (lambda: layers.GroupNormalization(1, axis=1)(np.ones((1, 2, 2))), "axis is 1; expected -1"),
        (lambda: layers.LayerNormalization(epsilon=0), "LayerNormalization: epsilon is 0; expected a number above 0"),
        (
            lambda: layers.LayerNormalization(axis=0)(np.ones((1, 2))),
            "axis is 0; expected axes of the input, from 1 to 1",
        ),
        (lambda: layers.LayerNormalization(axis=[1, -1])(np.ones((1, 2))), r"axis is \[1, -1\]"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match="received images of 2x9 pixels; expected at least its window of 3x3"):
        layers.DepthwiseConv2D(3).build((None, 2, 9, 4))
    with pytest.raises(ShapeError, match="expected known channels"):
        layers.SeparableConv2D(2, 3).build((None, 9, 9, None))
    with pytest.raises(ShapeError, match=r"received images of 1x3 pixels; with its output_padding, \(0, 0\), nothing"):
        layers.Conv2DTranspose(1, 2, padding="same", output_padding=0).build((None, 1, 3, 1))
    with pytest.raises(ShapeError, match="received 4 channels; expected a multiple of groups, 3"):
        layers.GroupNormalization(3).build((None, 4))
    with pytest.raises(ShapeError, match="expected known sizes along its axis, -1"):
        layers.LayerNormalization().build((None, None))
