"""Pooling by the kernels against the reference in float64."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("vitral._native", reason="the kernels were not compiled")

from tests.native.common import assert_same_for_any_number_of_threads, normal, strided
from vitral.errors import ShapeError
from vitral.ops.native import pool as native
from vitral.ops.reference import pool as reference
from vitral.ops.reference.activation import FROM_OUTPUT, FUSED

_WINDOWS = [("max_pool2d", native.max_pool2d_backward), ("average_pool2d", native.average_pool2d_backward)]
_ACTIVATIONS = sorted(FROM_OUTPUT)
_TOLERANCE = {"rtol": 1e-5, "atol": 1e-6}

_channels = st.sampled_from([1, 2, 3, 4, 7, 8, 10, 16, 19, 33])
_pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))


@settings(max_examples=150, deadline=None)
@given(
    st.tuples(st.integers(1, 3), st.integers(4, 9), st.integers(4, 9), _channels),
    _pairs,
    st.one_of(st.none(), _pairs),
    st.sampled_from(["valid", "same"]),
    st.sampled_from(_ACTIVATIONS),
    st.sampled_from(["max_pool2d", "average_pool2d"]),
)
def test_agrees_with_the_reference(shape, pool_size, strides, padding, activation, name) -> None:
    options = {"pool_size": pool_size, "strides": strides or pool_size, "padding": padding}
    # With relu, many windows hold several equal zeros.
    x = FUSED[activation][0](normal(*shape))[0]
    y, cache = getattr(native, name)(x, **options)
    expected, expected_cache = getattr(reference, name)(x.astype(np.float64), **options)
    np.testing.assert_allclose(y, expected, **_TOLERANCE)
    dy = normal(*y.shape, seed=1)
    np.testing.assert_allclose(
        getattr(native, f"{name}_backward")(dy, cache, input_activation=activation),
        getattr(reference, f"{name}_backward")(dy.astype(np.float64), expected_cache, input_activation=activation),
        **_TOLERANCE,
    )


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (2, 7, 5, 3), (3, 16, 16, 20), (2, 17, 16, 8)])
@pytest.mark.parametrize("name", ["global_max_pool2d", "global_average_pool2d"])
def test_global_pools_agree_with_the_reference(name, shape, keepdims) -> None:
    x = normal(*shape)
    y, cache = getattr(native, name)(x, keepdims=keepdims)
    expected, expected_cache = getattr(reference, name)(x.astype(np.float64), keepdims=keepdims)
    np.testing.assert_allclose(y, expected, **_TOLERANCE)
    dy = normal(*y.shape, seed=1)
    dx = getattr(native, f"{name}_backward")(dy, cache)
    assert dx.dtype == np.float32
    np.testing.assert_allclose(dx, getattr(reference, f"{name}_backward")(dy, expected_cache), **_TOLERANCE)


@pytest.mark.parametrize("channels", [1, 3, 16, 18])
def test_nan_and_infinity(channels) -> None:
    x = normal(1, 4, 4, channels)
    x[0, 0, 1], x[0, 1, 1] = np.nan, np.nan  # the first window
    x[0, 0, 3], x[0, 1, 3] = np.inf, np.nan  # the second
    x[0, 2:, :2] = -np.inf  # the third
    y, cache = native.max_pool2d(x, pool_size=(2, 2), strides=(2, 2))
    assert np.isnan(y[0, 0]).all()
    assert (y[0, 1, 0] == -np.inf).all()
    dx = native.max_pool2d_backward(np.ones_like(y), cache)
    first = np.zeros((4, 4))
    first[0, 1] = first[1, 3] = first[2, 0] = 1
    np.testing.assert_array_equal(dx[0, :, :2], np.repeat(first[:, :2, None], channels, axis=2))
    np.testing.assert_array_equal(dx[0, :2], np.repeat(first[:2, :, None], channels, axis=2))
    mean, _ = native.average_pool2d(x, pool_size=(2, 2), strides=(2, 2))
    assert np.isnan(mean[0, 0]).all()
    assert (mean[0, 1, 0] == -np.inf).all()


def test_ties_go_to_the_first_place() -> None:
    y, cache = native.max_pool2d(np.zeros((1, 4, 4, 17), np.float32), pool_size=(3, 3), strides=(1, 1))
    dx = native.max_pool2d_backward(np.ones_like(y), cache)
    np.testing.assert_array_equal(dx[0, :, :, 16], [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    assert not native.max_pool2d_backward(np.ones_like(y), cache, input_activation="relu").any()


@pytest.mark.parametrize(("name", "backward"), _WINDOWS)
@pytest.mark.parametrize(("size", "stride", "channels"), [(2, 2, 32), (3, 2, 5), (5, 5, 16)])
def test_results_do_not_depend_on_threads(name, backward, size, stride, channels) -> None:
    x = normal(9, 33, 31, channels)

    def compute():
        y, cache = getattr(native, name)(x, pool_size=(size, size), strides=(stride, stride), padding="same")
        return y, backward(y, cache, input_activation="tanh")

    assert_same_for_any_number_of_threads(compute)


@pytest.mark.parametrize(("name", "backward"), _WINDOWS)
def test_arrays_need_not_be_contiguous(name, backward) -> None:
    x, options = normal(2, 6, 6, 5), {"pool_size": (2, 2), "strides": (2, 2)}
    y, cache = getattr(native, name)(x, **options)
    z, other = getattr(native, name)(strided(x), **options)
    np.testing.assert_array_equal(y, z)
    np.testing.assert_array_equal(backward(y, cache), backward(strided(y), other))


@pytest.mark.parametrize(("name", "backward"), _WINDOWS)
def test_float64_and_large_windows_go_to_the_reference(name, backward) -> None:
    x = normal(1, 20, 20, 2)
    for values, size in ((x.astype(np.float64), 2), (x, 17)):
        options = {"pool_size": (size, size), "strides": (1, 1)}
        y, cache = getattr(native, name)(values, **options)
        expected, other = getattr(reference, name)(values, **options)
        assert y.dtype == values.dtype
        np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(
            backward(y, cache), getattr(reference, f"{name}_backward")(y, other), rtol=1e-4, atol=1e-5
        )


@pytest.mark.parametrize("name", ["max_pool2d", "average_pool2d", "global_max_pool2d", "global_average_pool2d"])
def test_wrong_shapes_are_refused(name) -> None:
    options = {} if "global" in name else {"pool_size": (2, 2), "strides": (2, 2)}
    operation = getattr(native, name)
    with pytest.raises(ShapeError, match=rf"{name} received a batch of shape \(0, 4, 4, 3\); expected at least one"):
        operation(np.empty((0, 4, 4, 3), np.float32), **options)
    if options:
        with pytest.raises(ShapeError, match=r"received shape \(4, 4, 3\); expected \(batch, height, width"):
            operation(np.empty((4, 4, 3), np.float32), **options)
        with pytest.raises(ShapeError, match="0 windows of 2 columns with stride 2 do not fit on an image of 1 col"):
            operation(np.empty((2, 4, 1, 3), np.float32), **options)


@pytest.mark.parametrize(("name", "backward"), _WINDOWS)
def test_a_gradient_of_the_wrong_shape_is_refused(name, backward) -> None:
    _, cache = getattr(native, name)(normal(2, 4, 4, 3), pool_size=(2, 2), strides=(2, 2))
    with pytest.raises(ShapeError, match=r"dy has the shape \(2, 2, 2, 2\), 16 values; expected 24"):
        backward(normal(2, 2, 2, 2), cache)
