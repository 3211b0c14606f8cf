"""Dense layers by the kernels, against the reference in float64; tolerance 4e-6 of the largest value."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("vitral._native", reason="the kernels are not compiled")

from tests.native.common import assert_same_for_any_number_of_threads, normal, strided, threads
from vitral.errors import ShapeError
from vitral.ops.native import dense
from vitral.ops.reference import dense as reference


def _assert_close(found, expected):
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=0, atol=4e-6 * (10 + np.abs(expected).max()))


def _check(x, kernel, bias, activation="linear"):
    y, cache = dense.dense(x, kernel, bias, activation=activation)
    double = [None if array is None else array.astype(np.float64) for array in (x, kernel, bias)]
    expected, expected_cache = reference.dense(*double, activation=activation)
    _assert_close(y, expected)
    dy = normal(*y.shape, seed=7)
    dy[np.abs(expected) < 1e-5] = 0  # on which side of zero such a value lies is for rounding to say
    found = dense.dense_backward(dy, cache, input_activation="sigmoid")
    wanted = reference.dense_backward(dy.astype(np.float64), expected_cache, input_activation="sigmoid")
    for gradient, expected_gradient in zip(found, wanted, strict=True):
        if expected_gradient is None:
            assert gradient is None
        else:
            _assert_close(gradient, expected_gradient)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 130), st.integers(1, 150), st.integers(1, 140), st.booleans(), st.sampled_from(["linear", "relu"])
)
def test_random_shapes(n, inputs, units, has_bias, activation):
    _check(normal(n, inputs), normal(inputs, units, seed=1), normal(units, seed=2) if has_bias else None, activation)


@pytest.mark.parametrize(
    ("n", "inputs", "units"),
    [
        (1, 3000, 128),
        (3, 2100, 10),
        (130, 5000, 70),
        (2100, 40, 30),
        (9, 30, 1100),
        (3, 2100, 32),
        (4500, 70, 130),
        (520, 1030, 510),
    ],
    ids=[
        "one sample",
        "few results",
        "sums in parts",
        "many samples",
        "many units",
        "as stored",
        "long sums",
        "shared blocks",
    ],
)
def test_each_way_to_share_the_work(n, inputs, units):
    _check(normal(n, inputs), normal(inputs, units, seed=1), normal(units, seed=2))


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softmax", "silu", "elu"])
def test_activations(activation):
    _check(normal(7, 20), normal(20, 11, seed=1) / 5, normal(11, seed=2), activation)


def test_more_than_two_axes():
    _check(normal(2, 3, 4), normal(4, 5), normal(5))


def test_a_sample_has_the_same_bits_in_a_batch_of_any_size():
    """Short sums are added in one order whichever way the work is shared."""
    for inputs, units in ((3, 1), (20, 10), (300, 70), (784, 100)):
        x, kernel, bias = normal(100, inputs), normal(inputs, units, seed=1), normal(units)
        whole = dense.dense(x, kernel, bias)[0]
        for n in (1, 2, 6, 7, 50):
            np.testing.assert_array_equal(dense.dense(x[:n], kernel, bias)[0], whole[:n])


@pytest.mark.parametrize(("n", "inputs", "units"), [(100, 300, 200), (70, 9000, 40), (3000, 50, 20)])
def test_same_bits_for_any_number_of_threads(n, inputs, units):
    x, kernel, bias = normal(n, inputs), normal(inputs, units, seed=1), normal(units)

    def compute():
        y, cache = dense.dense(x, kernel, bias, activation="relu")
        return y, *dense.dense_backward(normal(*y.shape, seed=5), cache, input_activation="relu")

    assert_same_for_any_number_of_threads(compute)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_infinity_go_through(value):
    x = normal(3, 5)
    x[1, 2] = value
    y, cache = dense.dense(x, np.ones((5, 4), np.float32), None, activation="relu")
    assert not np.isfinite(y[1]).any()
    assert np.isfinite(y[[0, 2]]).all()
    assert not np.isfinite(dense.dense_backward(np.ones_like(y), cache, through_activation=False)[1][2]).any()


def test_arrays_that_are_not_contiguous():
    x, kernel = normal(6, 8), normal(8, 5)
    np.testing.assert_array_equal(dense.dense(strided(x), strided(kernel), None)[0], dense.dense(x, kernel, None)[0])


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match=r"dense received a batch of shape \(0, 4\); expected at least one sample"):
        dense.dense(np.empty((0, 4), np.float32), normal(4, 2), None)
    with pytest.raises(ShapeError, match=r"x has the shape \(2, 5\), 10 values; expected 8"):
        dense.dense(normal(2, 5), normal(4, 2), None)


def test_large_weights_give_the_same_bits_whichever_way_they_are_read():
    """Weights beyond a cache are read there and back in turn."""
    x, kernel = normal(1, 9000), normal(9000, 64)
    for count in (1, 2, 3):
        with threads(count):
            results = [dense.dense(x, kernel, None)[0] for _ in range(4)]
        for result in results:
            np.testing.assert_array_equal(result, results[0])
        _assert_close(results[0], x.astype(np.float64) @ kernel.astype(np.float64))
