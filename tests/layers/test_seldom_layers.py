"""Pools of a given size, lengths made equal, dropout for selu, repeated vectors: values from Keras and by hand."""

from typing import Any

import numpy as np
import pytest

from tests.ops.test_image import IMAGE
from vitral import layers
from vitral.errors import ConfigError, ShapeError

THIRDS = [[0, 0, 0], [2 / 3, -2 / 3, 1 / 3]]
VECTORS = np.array([[[1.0, 2, 3], [4, 0, -2]], [[0, 0, 0], [1, -1, 0.5]]])

# Keras 3.15.1 on JAX and on PyTorch, the same calls on the first three rows of IMAGE as a batch of one.
POOLED = {
    "AdaptiveAveragePooling2D((2, 3))": [[3.75, 3.1666667, 3.5], [6, 6.1666667, 6]],
    "AdaptiveAveragePooling2D(2)": [[4.1666667, 4], [6.5, 6.5]],
    "AdaptiveAveragePooling2D((4, 7))": [
        [3, 2, 2.5, 4, 2.5, 3, 5],
        [6, 3.75, 3.25, 5, 4, 3.5, 4],
        [7, 6, 6.25, 7.5, 6.75, 6, 6],
        [5, 6.5, 8.5, 9, 8, 8, 9],
    ],
    "AdaptiveMaxPooling2D((2, 3))": [[9, 6, 5], [9, 9, 9]],
    "AdaptiveMaxPooling2D(2)": [[9, 6], [9, 9]],
    "AdaptiveMaxPooling2D((4, 7))": [
        [3, 3, 4, 4, 4, 5, 5],
        [9, 9, 6, 6, 6, 5, 5],
        [9, 9, 9, 9, 9, 9, 9],
        [5, 8, 9, 9, 9, 9, 9],
    ],
}


@pytest.mark.parametrize("call", POOLED)
def test_a_pool_of_a_given_size_gives_what_keras_gives(call: str) -> None:
    layer = eval(f"layers.{call}")
    np.testing.assert_allclose(layer(IMAGE[np.newaxis, :3, :, np.newaxis])[0, ..., 0], POOLED[call], rtol=1e-6)


def test_a_pixel_that_wins_two_windows_gets_both_gradients() -> None:
    layer = layers.AdaptiveMaxPooling2D((1, 2))
    _, cache = layer.forward(np.array([1.0, 5.0, 2.0]).reshape(1, 1, 3, 1))  # the windows are 1 5 and 5 2
    dx = layer.backward(np.array([10.0, 100.0]).reshape(1, 1, 2, 1), cache)
    np.testing.assert_array_equal(dx.ravel(), [0, 110, 0])


def test_unit_lengths_are_those_of_keras() -> None:
    # Keras 3.15.1 on JAX and on PyTorch.
    expected = [
        [[0.26726124, 0.53452247, 0.80178368], [0.89442728, 0, -0.4472136]],
        [[0, 0, 0], [2 / 3, -2 / 3, 1 / 3]],
    ]
    np.testing.assert_allclose(layers.UnitNormalization()(VECTORS), expected, atol=1e-7)
    expected = [
        [[0.17149858, 0.34299716, 0.51449573], [0.68599434, 0, -0.34299716]],
        [[0, 0, 0], [2 / 3, -2 / 3, 1 / 3]],
    ]
    np.testing.assert_allclose(layers.UnitNormalization([1, 2])(VECTORS), expected, atol=1e-7)


def test_zeros_have_no_direction_and_get_no_gradient() -> None:
    layer = layers.UnitNormalization()
    y, cache = layer.forward(np.array([[0.0, 0.0], [3.0, 4.0]]))
    np.testing.assert_array_equal(y[0], [0, 0])
    # (dy - y (dy y)) / 5 with dy = (1, 0), y = (0.6, 0.8).
    np.testing.assert_allclose(layer.backward(np.array([[1.0, 2.0], [1.0, 0.0]]), cache), [[0, 0], [0.128, -0.096]])


def test_root_mean_squares_are_those_of_keras() -> None:
    layer = layers.RMSNormalization([1, 2], epsilon=0.1)
    layer.build((None, 2, 3))
    layer.set_weights([np.arange(1.0, 7.0).reshape(2, 3)])
    # Keras 3.15.1 on JAX.
    expected = [
        [[0.41642573, 1.66570294, 3.74783182], [6.66281176, 0, -4.99710894]],
        [[0, 0, 0], [5.80381012, -7.25476265, 4.35285759]],
    ]
    np.testing.assert_allclose(layer(VECTORS), expected, rtol=1e-6)


def test_alpha_dropout_gives_keras_two_values_and_keeps_mean_and_variance() -> None:
    values = layers.AlphaDropout(0.25, seed=1)(np.full(1000, 2.0), training=True)
    # Keras 3.15.1 on JAX gives these for a 2 that is dropped and for one that is kept.
    np.testing.assert_allclose(np.unique(values), [-1.143544, 2.115697], rtol=1e-6)
    x = np.random.default_rng(0).standard_normal((100, 1000), np.float32)
    layer = layers.AlphaDropout(0.3, seed=2)
    y = layer(x, training=True)
    assert y.dtype == np.float32
    assert abs(y.mean()) < 0.02
    assert abs(y.var() - 1) < 0.02
    np.testing.assert_array_equal(layer(x), x)


def test_a_vector_is_repeated_and_its_gradients_are_summed() -> None:
    layer = layers.RepeatVector(2)
    y, cache = layer.forward(np.array([[1.0, 2.0]]))
    np.testing.assert_array_equal(y, [[[1, 2], [1, 2]]])
    np.testing.assert_array_equal(layer.backward(np.array([[[1.0, 10.0], [3.0, 30.0]]]), cache), [[4, 40]])


class _Twice(layers.Wrapper):
    def forward(self, x: Any, training: bool = False) -> Any:
        y, one = self.layer.forward(x, training)
        y, two = self.layer.forward(y, training)
        return y, (one, two)

    def backward(self, dy: Any, cache: Any) -> Any:
        return self.layer.backward(self.layer.backward(dy, cache[1]), cache[0])


def test_a_wrapper_has_the_weights_of_its_layer_and_is_built_again_from_its_configuration() -> None:
    layer = _Twice(layers.Dense(2, use_bias=False))
    layer.build((None, 2))
    assert [variable.path for variable in layer.weights] == [layer.layer.kernel.path]
    layer.set_weights([np.array([[1.0, 1.0], [0.0, 1.0]])])
    np.testing.assert_array_equal(layer(np.array([[1.0, 0.0]])), [[1, 2]])
    again = _Twice.from_config(layer.get_config())
    assert again.layer.units == 2
    assert isinstance(layers.TimeDistributed(layers.Dense(1)), layers.Wrapper)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.AdaptiveMaxPooling2D(0), "AdaptiveMaxPooling2D: output_size is 0; expected a positive whole"),
        (lambda: layers.AdaptiveAveragePooling2D(2, data_format="channels_first"), "data_format is 'channels_first'"),
        (lambda: layers.AlphaDropout(1.0), "AlphaDropout: rate is 1.0; expected a number from 0 to below 1"),
        (lambda: layers.RepeatVector(1.5), "RepeatVector: n is 1.5; expected a positive whole number"),
        (lambda: layers.RMSNormalization(epsilon=0), "RMSNormalization: epsilon is 0; expected a number above 0"),
        (
            lambda: layers.UnitNormalization(0)(VECTORS),
            "UnitNormalization: axis is 0; expected axes of the input, from",
        ),
        (lambda: layers.RMSNormalization(3)(VECTORS), "RMSNormalization: axis is 3; expected axes of the input"),
        (lambda: layers.Wrapper(3), "Wrapper: layer is 3; expected a layer"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()


def test_a_scale_needs_known_lengths() -> None:
    with pytest.raises(ShapeError, match="expected known sizes along its axis, 1"):
        layers.RMSNormalization(1).build((None, None, 3))
