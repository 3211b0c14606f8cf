"""Attention by the kernels against the reference in float64: sums of up to 70 products, to 2e-6 of the largest."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("vitral._native", reason="the kernels were not compiled")

from tests.native.common import assert_same_for_any_number_of_threads, normal
from tests.native.compare import in_double
from vitral.errors import ShapeError
from vitral.ops.native import attention as native
from vitral.ops.reference import attention as reference

_small, _place = st.integers(1, 3), st.integers(1, 20)


def _assert_close(found, expected) -> None:
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6 * (1 + np.abs(expected).max()))


def _arrays(n, heads, queries, keys, key_width, value_width):
    sizes = (queries, key_width), (keys, key_width), (keys, value_width)
    return [normal(n, heads, *size, seed=seed) for seed, size in enumerate(sizes)]


@settings(max_examples=100, deadline=None)
@given(_small, _small, _place, st.integers(1, 70), _place, _place, st.sampled_from([None, 0.1, 0.7]))
def test_agrees_with_the_reference(n, heads, queries, keys, key_width, value_width, rate) -> None:
    arrays = _arrays(n, heads, queries, keys, key_width, value_width)
    keep = None if rate is None else np.random.default_rng(3).random((n, heads, queries, keys)) >= rate
    options = {} if rate is None else {"keep": keep, "rate": rate}
    y, weights, cache = native.attention(*arrays, **options)
    expected_y, expected_weights, expected_cache = reference.attention(*in_double(arrays), **options)
    _assert_close(y, expected_y)
    _assert_close(weights, expected_weights)
    dy = normal(*y.shape, seed=4)
    found = native.attention_backward(dy, cache)
    for gradient, expected in zip(found, reference.attention_backward(*in_double([dy]), expected_cache), strict=True):
        _assert_close(gradient, expected)


def test_scores_of_any_size_give_weights() -> None:
    query, key, value = _arrays(1, 1, 2, 3, 4, 5)
    for scale in (1e-20, 1e4):
        y, weights, _ = native.attention(query * np.float32(scale), key, value)
        np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-6)
        assert np.isfinite(y).all()


def test_nan_stays_in_its_query() -> None:
    query, key, value = _arrays(2, 2, 5, 20, 4, 3)
    query[1, 0, 3, 2] = np.nan
    y, weights, cache = native.attention(query, key, value)
    spoiled = np.zeros(y.shape[:3], np.bool_)
    spoiled[1, 0, 3] = True
    np.testing.assert_array_equal(np.isnan(y).all(axis=-1), spoiled)
    np.testing.assert_array_equal(np.isnan(weights).any(axis=-1), spoiled)
    dquery, dkey, _ = native.attention_backward(np.ones_like(y), cache)
    np.testing.assert_array_equal(np.isnan(dquery).any(axis=-1), spoiled)
    assert np.isnan(dkey[1, 0]).all()
    assert np.isfinite(dkey[0]).all()


def test_results_do_not_depend_on_threads() -> None:
    arrays = _arrays(7, 3, 40, 40, 8, 8)
    keep = np.random.default_rng(3).random((7, 3, 40, 40)) >= 0.1

    def compute():
        y, weights, cache = native.attention(*arrays, keep=keep, rate=0.1)
        return y, weights, *native.attention_backward(normal(*y.shape, seed=4), cache)

    assert_same_for_any_number_of_threads(compute)


@pytest.mark.parametrize("masked", [True, False])
def test_float64_and_masks_stay_on_the_reference(masked) -> None:
    arrays = _arrays(2, 2, 3, 4, 5, 6)
    arrays = arrays if masked else in_double(arrays)
    mask = np.tri(3, 4, dtype=np.bool_)[None, None] if masked else None
    y, _, cache = native.attention(*arrays, mask=mask)
    expected, _, expected_cache = reference.attention(*arrays, mask=mask)
    np.testing.assert_array_equal(y, expected)
    found = native.attention_backward(y, cache)
    for one, other in zip(found, reference.attention_backward(y, expected_cache), strict=True):
        np.testing.assert_array_equal(one, other)


def test_wrong_shapes_are_refused() -> None:
    query, key, value = _arrays(2, 2, 3, 4, 5, 6)
    with pytest.raises(ShapeError, match=r"attention received a batch of shape \(0, 2, 3, 5\); expected at least one"):
        native.attention(query[:0], key[:0], value[:0])
    with pytest.raises(ShapeError, match=r"queries \(2, 3, 2, 5\), keys \(2, 4, 2, 5\) and values \(2, 3, 2, 6\)"):
        native.attention(query, key, value[:, :, :3])
    with pytest.raises(ShapeError, match=r"keep has the shape \(2, 2, 3, 3\), 36 values; expected 48"):
        native.attention(query, key, value, keep=np.ones((2, 2, 3, 3), np.bool_), rate=0.1)
