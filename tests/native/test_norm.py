"""Batch and layer normalization by the kernels against the reference in float64."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("vitral._native", reason="the kernels were not compiled")

from tests.native.common import assert_same_for_any_number_of_threads, normal, strided
from vitral.errors import ShapeError
from vitral.ops.native import norm as native
from vitral.ops.reference import norm as reference
from vitral.typing import Array

_TOLERANCE = {"rtol": 1e-5, "atol": 1e-5}

_channels = st.sampled_from([1, 2, 3, 4, 7, 8, 10, 16, 19, 33])
_shapes = st.one_of(
    st.tuples(st.integers(1, 40), _channels),
    st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9), _channels),
)
_weights = st.sampled_from(["both", "gamma", "beta", "none"])


def _gamma_beta(channels: int, weights: str) -> tuple[Array | None, Array | None]:
    gamma = normal(channels, seed=2) if weights in ("both", "gamma") else None
    beta = normal(channels, seed=3) if weights in ("both", "beta") else None
    return gamma, beta


def _double(array: Array | None) -> Array | None:
    return None if array is None else array.astype(np.float64)


@settings(max_examples=100, deadline=None)
@given(_shapes, _weights, st.sampled_from(["linear", "relu"]))
def test_training_agrees_with_the_reference(shape, weights, activation) -> None:
    x, dy = normal(*shape), normal(*shape, seed=1)
    gamma, beta = _gamma_beta(shape[-1], weights)
    # An epsilon that does not let the rounding of two or three equal values be blown up.
    options = {"epsilon": 0.1, "activation": activation}
    *results, cache = native.batch_norm_training(x, gamma, beta, **options)
    *expected, other = reference.batch_norm_training(_double(x), _double(gamma), _double(beta), **options)
    for result, wanted in zip(results, expected, strict=True):
        np.testing.assert_allclose(result, wanted, **_TOLERANCE)
    if activation == "relu":
        dy[np.abs(expected[0]) < 1e-4] = 0  # where rounding decides on which side of 0 z is
    gradients = native.batch_norm_training_backward(dy, cache)
    wanted = reference.batch_norm_training_backward(_double(dy), other)
    for gradient, value in zip(gradients, wanted, strict=True):
        np.testing.assert_allclose(gradient, value, rtol=1e-4, atol=1e-4)


@settings(max_examples=60, deadline=None)
@given(_shapes, _weights, st.sampled_from(["linear", "relu"]))
def test_inference_agrees_with_the_reference(shape, weights, activation) -> None:
    x, dy = normal(*shape), normal(*shape, seed=1)
    mean, variance = normal(shape[-1], seed=4), normal(shape[-1], seed=5) ** 2
    gamma, beta = _gamma_beta(shape[-1], weights)
    options = {"epsilon": 0.1, "activation": activation}
    y, cache = native.batch_norm_inference(x, gamma, beta, mean, variance, **options)
    doubles = [_double(array) for array in (x, gamma, beta, mean, variance)]
    expected, other = reference.batch_norm_inference(*doubles, **options)
    np.testing.assert_allclose(y, expected, **_TOLERANCE)
    if activation == "relu":
        dy[np.abs(expected) < 1e-4] = 0
    gradients = native.batch_norm_inference_backward(dy, cache)
    wanted = reference.batch_norm_inference_backward(_double(dy), other)
    for gradient, value in zip(gradients, wanted, strict=True):
        np.testing.assert_allclose(gradient, value, rtol=1e-4, atol=1e-4)


_of_layers = st.sampled_from(
    [((5, 7), 1), ((3, 4, 19), 1), ((2, 3, 4, 5), 2), ((70, 64), 1), ((2, 9, 5, 3), 3), ((3, 1), 1)]
)


@settings(max_examples=60, deadline=None)
@given(_of_layers, _weights)
def test_layer_norm_agrees_with_the_reference(shape_and_axes, weights) -> None:
    shape, count = shape_and_axes
    axes = tuple(range(len(shape) - count, len(shape)))
    x, dy = normal(*shape), normal(*shape, seed=1)
    gamma, beta = _gamma_beta(int(np.prod(shape[-count:])), weights)
    gamma, beta = (None if values is None else values.reshape(shape[-count:]) for values in (gamma, beta))
    y, cache = native.layer_norm(x, gamma, beta, axes=axes, epsilon=0.1)
    expected, other = reference.layer_norm(_double(x), _double(gamma), _double(beta), axes=axes, epsilon=0.1)
    np.testing.assert_allclose(y, expected, **_TOLERANCE)
    wanted = reference.layer_norm_backward(_double(dy), other)
    for gradient, value in zip(native.layer_norm_backward(dy, cache), wanted, strict=True):
        assert gradient.shape == value.shape
        np.testing.assert_allclose(gradient, value, **_TOLERANCE)


def test_layer_norm_of_a_large_mean_and_of_nan() -> None:
    x = 1000 + normal(40, 64)
    exact = reference.layer_norm(_double(x), None, None, axes=(1,), epsilon=1e-3)[0]
    np.testing.assert_allclose(native.layer_norm(x, None, None, axes=(1,), epsilon=1e-3)[0], exact, atol=3e-4)
    x[3, 5], x[4, 60] = np.nan, np.inf
    y, cache = native.layer_norm(x, None, None, axes=(1,), epsilon=1e-3)
    spoiled = np.isin(np.arange(40), [3, 4])
    for result in (y, native.layer_norm_backward(normal(40, 64), cache)[0]):
        np.testing.assert_array_equal(np.isnan(result).any(axis=1), spoiled)


def test_layer_norm_does_not_depend_on_threads() -> None:
    x, gamma = normal(3000, 40), normal(40, seed=1)

    def compute():
        y, cache = native.layer_norm(x, gamma, gamma, axes=(1,), epsilon=1e-3)
        return y, *native.layer_norm_backward(normal(3000, 40, seed=2), cache)

    assert_same_for_any_number_of_threads(compute)


@pytest.mark.parametrize(("dtype", "axes"), [(np.float64, (2,)), (np.float32, (1,))])
def test_layer_norm_of_float64_or_inner_axes_goes_to_the_reference(dtype, axes) -> None:
    x = normal(2, 3, 4).astype(dtype)
    y, cache = native.layer_norm(x, None, None, axes=axes, epsilon=1e-3)
    z, other = reference.layer_norm(x, None, None, axes=axes, epsilon=1e-3)
    np.testing.assert_array_equal(y, z)
    for one, two in zip(native.layer_norm_backward(x, cache), reference.layer_norm_backward(x, other), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("channels", [3, 8, 40])
def test_a_large_mean_does_not_swallow_the_variance(channels) -> None:
    x = 1000 + normal(40, 25, 25, channels)
    x[0] = 0  # and a first sample that says nothing about the others
    _, mean, variance, _ = native.batch_norm_training(x, None, None, epsilon=1e-3)
    np.testing.assert_allclose(mean, x.mean(axis=(0, 1, 2), dtype=np.float64), rtol=1e-7)
    np.testing.assert_allclose(variance, x.var(axis=(0, 1, 2), dtype=np.float64), rtol=1e-5)
    y, _, variance, _ = native.batch_norm_training(x[1:], None, None, epsilon=1e-3)
    np.testing.assert_allclose(variance, x[1:].var(axis=(0, 1, 2), dtype=np.float64), rtol=1e-6)
    exact = reference.batch_norm_training(x[1:].astype(np.float64), None, None, epsilon=1e-3)[0]
    np.testing.assert_allclose(y, exact, atol=1e-4)  # float32 holds 1000 to 6e-5


def test_nan_and_infinity_stay_in_their_channel() -> None:
    x = normal(6, 20)
    x[2, 3], x[4, 18] = np.nan, np.inf
    for activation in ("linear", "relu"):
        y, mean, variance, cache = native.batch_norm_training(x, None, None, epsilon=1e-3, activation=activation)
        spoiled = np.isin(np.arange(20), [3, 18])
        for result in (y, mean[None], variance[None], native.batch_norm_training_backward(x, cache)[0]):
            assert np.isfinite(result[:, ~spoiled]).all()
            assert not np.isfinite(result[:, spoiled]).all()
        assert np.isnan(y[:, spoiled]).all()


@pytest.mark.parametrize("shape", [(64, 17, 17, 10), (3000, 40), (50_000, 3)])
def test_results_do_not_depend_on_threads(shape) -> None:
    x, dy = normal(*shape), normal(*shape, seed=1)

    def compute():
        y, mean, variance, cache = native.batch_norm_training(x, None, None, epsilon=1e-3, activation="relu")
        z, other = native.batch_norm_inference(x, None, None, mean, variance, epsilon=1e-3)
        gradients = native.batch_norm_training_backward(dy, cache), native.batch_norm_inference_backward(dy, other)
        return y, mean, variance, z, *gradients[0], *gradients[1]

    assert_same_for_any_number_of_threads(compute)


def test_arrays_need_not_be_contiguous() -> None:
    x, gamma, beta = normal(4, 5, 6, 7), normal(7, seed=1), normal(7, seed=2)
    one = native.batch_norm_training(x, gamma, beta, epsilon=1e-3)
    other = native.batch_norm_training(strided(x), strided(gamma), strided(beta), epsilon=1e-3)
    np.testing.assert_array_equal(one[0], other[0])
    for a, b in zip(
        native.batch_norm_training_backward(x, one[-1]),
        native.batch_norm_training_backward(strided(x), other[-1]),
        strict=True,
    ):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(("dtype", "activation"), [(np.float64, "linear"), (np.float32, "tanh")])
def test_what_is_not_compiled_goes_to_the_reference(dtype, activation) -> None:
    x, gamma = normal(5, 4).astype(dtype), normal(4, seed=1).astype(dtype)
    options = {"epsilon": 1e-3, "activation": activation}
    *results, cache = native.batch_norm_training(x, gamma, None, **options)
    *expected, other = reference.batch_norm_training(x, gamma, None, **options)
    gradients = native.batch_norm_training_backward(x, cache)
    for a, b in zip(
        (*results, *gradients), (*expected, *reference.batch_norm_training_backward(x, other)), strict=True
    ):
        assert a.dtype == dtype
        np.testing.assert_array_equal(a, b)
    y, cache = native.batch_norm_inference(x, gamma, None, gamma, gamma**2, **options)
    z, other = reference.batch_norm_inference(x, gamma, None, gamma, gamma**2, **options)
    np.testing.assert_array_equal(y, z)
    np.testing.assert_array_equal(
        native.batch_norm_inference_backward(x, cache)[0], reference.batch_norm_inference_backward(x, other)[0]
    )


def test_wrong_shapes_are_refused() -> None:
    x, four = normal(2, 4), normal(4) ** 2
    empty = np.empty((0, 4), np.float32)
    with pytest.raises(ShapeError, match=r"batch_norm_training received a batch of shape \(0, 4\); expected at least"):
        native.batch_norm_training(empty, None, None, epsilon=1e-3)
    with pytest.raises(ShapeError, match=r"batch_norm_inference received a batch of shape \(0, 4\)"):
        native.batch_norm_inference(empty, None, None, four, four, epsilon=1e-3)
    with pytest.raises(ShapeError, match=r"gamma has the shape \(3,\), 3 values; expected 4"):
        native.batch_norm_training(x, normal(3), None, epsilon=1e-3)
    with pytest.raises(ShapeError, match=r"mean has the shape \(3,\), 3 values; expected 4"):
        native.batch_norm_inference(x, None, None, normal(3), four, epsilon=1e-3)
    with pytest.raises(ShapeError, match=r"layer_norm received a batch of shape \(0, 4\); expected at least"):
        native.layer_norm(empty, None, None, axes=(1,), epsilon=1e-3)
    with pytest.raises(ShapeError, match=r"gamma has the shape \(3,\), 3 values; expected 4"):
        native.layer_norm(x, normal(3), None, axes=(1,), epsilon=1e-3)
    *_, cache = native.batch_norm_training(x, None, None, epsilon=1e-3)
    with pytest.raises(ShapeError, match=r"dy has the shape \(2, 3\), 6 values; expected 8"):
        native.batch_norm_training_backward(normal(2, 3), cache)
