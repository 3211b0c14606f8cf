"""Convolution by the kernels, on random shapes, against the reference in float64.

Tolerances are relative to the largest value of the result, plus 10 for sums whose terms cancel: 2e-5 for Winograd's
4x4 tiles, whose transforms multiply by up to 8 and divide by up to 24, and 2e-6 for everything that adds products as
they are.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("vitral._native", reason="the kernels are not compiled")

from tests.native.common import assert_same_for_any_number_of_threads, normal, strided
from vitral.errors import ShapeError
from vitral.ops.native import conv
from vitral.ops.native.fused import Affine
from vitral.ops.reference import conv as reference

_DIRECT, _WINOGRAD = 2e-6, 2e-5
_small = st.integers(1, 3)
_pairs = st.tuples(_small, _small)
_padding = st.sampled_from(["valid", "same"])


def _double(*arrays):
    return [None if array is None else array.astype(np.float64) for array in arrays]


def _check(x, kernel, bias, tolerance, **options):
    """Forward and all gradients, through the convolution alone and through the pooling behind it."""
    operations = [(conv.conv2d, conv.conv2d_backward, reference.conv2d, reference.conv2d_backward)]
    y = reference.conv2d(*_double(x, kernel, bias), **options)[0]
    if min(y.shape[1:3]) > 1:
        operations.append(
            (
                conv.conv2d_max_pool2d,
                conv.conv2d_max_pool2d_backward,
                reference.conv2d_max_pool2d,
                reference.conv2d_max_pool2d_backward,
            )
        )
    for forward, backward, expected_forward, expected_backward in operations:
        y, cache = forward(x, kernel, bias, **options)
        expected, expected_cache = expected_forward(*_double(x, kernel, bias), **options)
        _assert_close(y, expected, tolerance)
        dy = normal(*y.shape, seed=9)
        found = backward(dy, cache, input_activation="relu")
        wanted = expected_backward(*_double(dy), expected_cache, input_activation="relu")
        for gradient, expected_gradient in zip(found, wanted, strict=True):
            if expected_gradient is None:
                assert gradient is None
            else:
                _assert_close(gradient, expected_gradient, tolerance)
        alone = backward(dy, cache, input_gradient=False)
        assert alone[0] is None
        np.testing.assert_array_equal(alone[1], found[1])


def _assert_close(found, expected, tolerance):
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * (10 + np.abs(expected).max()))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 3),
    st.tuples(st.integers(9, 13), st.integers(9, 13)),
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
    _pairs,
    st.tuples(st.integers(1, 2), st.integers(1, 2)),
    _padding,
    st.sampled_from([(1, 1, 1), (1, 3, 8), (1, 17, 5), (2, 4, 6), (3, 6, 3), (5, 5, 5)]),
    st.booleans(),
)
def test_any_convolution(n, size, window, strides, dilation, padding, channels, has_bias):
    groups, inputs, filters = channels
    x, kernel = normal(n, *size, inputs), normal(*window, inputs // groups, filters, seed=1)
    bias = normal(filters, seed=2) if has_bias else None
    _check(x, kernel, bias, _DIRECT, strides=strides, padding=padding, dilation=dilation, groups=groups)


@settings(max_examples=80, deadline=None)
@given(
    st.integers(1, 10),
    st.tuples(st.integers(1, 13), st.integers(1, 13)),
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
    _pairs,
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.sampled_from([2, 3, 6, 8, 16, 35]),
    st.sampled_from([1, 1, 2, 3]),
    st.booleans(),
    st.sampled_from(["linear", "relu", "tanh"]),
)
def test_each_channel_by_itself(n, size, window, strides, dilation, channels, multiplier, has_bias, activation):
    filters = channels * multiplier
    x, kernel = normal(n, *size, channels), normal(*window, 1, filters, seed=1)
    bias = normal(filters, seed=2) if has_bias else None
    options = {"strides": strides, "padding": "same", "dilation": dilation, "groups": channels}
    _check(x, kernel, bias, _DIRECT, activation=activation if has_bias else "linear", **options)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 4),
    st.tuples(st.integers(3, 15), st.integers(3, 15)),
    st.sampled_from([16, 19, 32, 40, 65]),
    st.sampled_from([16, 17, 33, 64, 70]),
    _padding,
)
def test_three_by_three_with_many_channels(n, size, inputs, filters, padding):
    """Here Winograd's algorithm takes over, with 4x4 tiles, 2x2 tiles, and tiles that hang over the edge."""
    _check(normal(n, *size, inputs), normal(3, 3, inputs, filters, seed=1), normal(filters), _WINOGRAD, padding=padding)


@settings(max_examples=20, deadline=None)
@given(
    st.integers(4, 7),
    st.tuples(st.integers(15, 23), st.integers(15, 23)),
    st.sampled_from([16, 19, 32]),
    st.sampled_from([16, 17, 70]),
    _padding,
)
def test_three_by_three_with_many_channels_and_stride_two(n, size, inputs, filters, padding):
    """Forward in Winograd's tiles for this stride, whose transforms only add, where few of them hang over the edge."""
    x, kernel = normal(n, *size, inputs), normal(3, 3, inputs, filters, seed=1)
    _check(x, kernel, normal(filters), 2 * _DIRECT, strides=(2, 2), padding=padding)


@pytest.mark.parametrize(("inputs", "filters"), [(3, 8), (32, 32)])
@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh", "softmax", "gelu", "leaky_relu"])
def test_activations(activation, inputs, filters):
    x, kernel, bias = normal(2, 8, 8, inputs), normal(3, 3, inputs, filters) / 10, normal(filters)
    y, cache = conv.conv2d(x, kernel, bias, activation=activation)
    expected, expected_cache = reference.conv2d(*_double(x, kernel, bias), activation=activation)
    _assert_close(y, expected, _WINOGRAD)
    dy = normal(*y.shape, seed=9)
    if activation == "relu":
        dy[np.abs(expected) < 1e-4] = 0  # whether such a value is above zero is for rounding to say
    found, wanted = conv.conv2d_backward(dy, cache), reference.conv2d_backward(*_double(dy), expected_cache)
    for gradient, expected_gradient in zip(found, wanted, strict=True):
        _assert_close(gradient, expected_gradient, _WINOGRAD)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
@pytest.mark.parametrize(("inputs", "filters"), [(3, 8), (32, 32)])
def test_pooling_before_an_activation_that_grows(activation, inputs, filters):
    x, kernel, bias = normal(2, 8, 9, inputs), normal(3, 3, inputs, filters) / 10, normal(filters)
    y, cache = conv.conv2d_max_pool2d(x, kernel, bias, activation=activation)
    expected, expected_cache = reference.conv2d_max_pool2d(*_double(x, kernel, bias), activation=activation)
    _assert_close(y, expected, _WINOGRAD)
    dy = normal(*y.shape)
    found = conv.conv2d_max_pool2d_backward(dy, cache)
    wanted = reference.conv2d_max_pool2d_backward(*_double(dy), expected_cache)
    for gradient, expected_gradient in zip(found, wanted, strict=True):
        _assert_close(gradient, expected_gradient, _WINOGRAD)


def test_each_channel_by_itself_has_the_same_bits_for_any_number_of_threads():
    x, kernel = normal(19, 14, 14, 24), normal(3, 3, 1, 24)

    def compute():
        y, cache = conv.conv2d(x, kernel, kernel[0, 0, 0], padding="same", groups=24, activation="relu")
        return y, *conv.conv2d_backward(normal(*y.shape, seed=5), cache)

    assert_same_for_any_number_of_threads(compute)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_infinity_stay_in_their_channel(value):
    x = normal(1, 9, 9, 19)
    x[0, 4, 4, 17] = value
    y, cache = conv.conv2d(x, np.abs(normal(3, 3, 1, 19)) + 0.1, None, padding="same", groups=19, activation="relu")
    spoiled = np.zeros(y.shape, np.bool_)
    spoiled[0, 3:6, 3:6, 17] = True
    np.testing.assert_array_equal(np.isfinite(y), ~spoiled)
    _, dkernel, _ = conv.conv2d_backward(np.ones_like(y), cache, through_activation=False)
    np.testing.assert_array_equal(np.isfinite(dkernel).all(axis=(0, 1, 2)), np.arange(19) != 17)


@pytest.mark.parametrize("channels", [(3, 8), (32, 48)])
def test_same_bits_for_any_number_of_threads(channels):
    x, kernel, bias = normal(9, 14, 14, channels[0]), normal(3, 3, *channels), normal(channels[1])

    def compute():
        y, cache = conv.conv2d_max_pool2d(x, kernel, bias, padding="same", activation="relu")
        return y, *conv.conv2d_max_pool2d_backward(normal(*y.shape, seed=5), cache)

    assert_same_for_any_number_of_threads(compute)


@pytest.mark.parametrize(("inputs", "filters"), [(2, 3), (16, 16)])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_infinity_go_through(value, inputs, filters):
    x = normal(1, 9, 9, inputs)
    x[0, 4, 4, 0] = value
    kernel = np.abs(normal(3, 3, inputs, filters)) + 0.1
    y, cache = conv.conv2d(x, kernel, None, activation="relu")
    # Every window that holds the value: what Winograd makes of a tile's other outputs is not said.
    assert not np.isfinite(y[0, 2:5, 2:5]).any()
    assert np.isfinite(conv.conv2d(x[:, :3], kernel, None)[0]).all()
    _, dkernel, _ = conv.conv2d_backward(np.ones_like(y), cache, through_activation=False)
    assert not np.isfinite(dkernel[:, :, 0]).any()


def test_arrays_that_are_not_contiguous():
    x, kernel = normal(2, 6, 6, 4), normal(3, 3, 4, 5)
    y, cache = conv.conv2d(strided(x), strided(kernel), None)
    np.testing.assert_array_equal(y, conv.conv2d(x, kernel, None)[0])
    dy = normal(*y.shape)
    for one, other in zip(conv.conv2d_backward(strided(dy), cache), conv.conv2d_backward(dy, cache), strict=True):
        np.testing.assert_array_equal(one, other)


def test_float64_stays_on_the_reference():
    y, cache = conv.conv2d(np.ones((1, 4, 4, 1)), np.ones((2, 2, 1, 1)), None)
    assert y.dtype == np.float64
    assert type(cache) is not Affine
    assert conv.conv2d_backward(y, cache)[0].dtype == np.float64


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match=r"conv2d received a batch of shape \(0, 4, 4, 1\); expected at least one"):
        conv.conv2d(np.empty((0, 4, 4, 1), np.float32), normal(3, 3, 1, 1), None)
    with pytest.raises(ShapeError, match=r"x of shape \(1, 4, 4, 2\) and a kernel of shape \(3, 3, 3, 4\)"):
        conv.conv2d(normal(1, 4, 4, 2), normal(3, 3, 3, 4), None)
    with pytest.raises(ShapeError, match=r"bias has the shape \(3,\), 3 values; expected 4"):
        conv.conv2d(normal(1, 4, 4, 2), normal(3, 3, 2, 4), normal(3))


def test_a_single_image_sees_weights_that_were_changed_in_place():
    """What is made of the weights is kept from call to call: a change of one value, the last, must be noticed."""
    x, kernel = normal(1, 12, 12, 32), normal(3, 3, 32, 48)
    before = conv.conv2d(x, kernel, None, padding="same")[0]
    assert (conv.conv2d(x, kernel, None, padding="same")[0] == before).all()
    kernel[-1, -1, -1, -1] += 1
    after = conv.conv2d(x, kernel, None, padding="same")[0]
    expected = reference.conv2d(*_double(x, kernel, None), padding="same")[0]
    np.testing.assert_allclose(after, expected, atol=_WINOGRAD * (abs(expected).max() + 10))
    difference = after[0, :-1, :-1, -1] - before[0, :-1, :-1, -1]
    np.testing.assert_allclose(difference, x[0, 1:, 1:, -1], atol=_WINOGRAD * (abs(expected).max() + 10))


def test_a_single_image_has_the_bits_that_it_has_in_a_batch():
    x, kernel = normal(9, 12, 12, 32), normal(3, 3, 32, 48)
    together = conv.conv2d(x, kernel, None, padding="same")[0]
    for image in range(2):
        np.testing.assert_array_equal(
            conv.conv2d(x[image : image + 1], kernel, None, padding="same")[0][0], together[image]
        )
