"""LSTM and GRU by the kernels against the reference in float64; rounding grows with the steps, to 1e-5 here."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("vitral._native", reason="the kernels were not compiled")

from tests.native.common import assert_same_for_any_number_of_threads, normal, strided
from tests.native.compare import in_double
from vitral.errors import ShapeError
from vitral.ops.native import recurrent as native
from vitral.ops.reference import recurrent as reference

_sizes = st.tuples(st.integers(1, 6), st.sampled_from([1, 2, 7, 48, 49, 100]), st.sampled_from([1, 3, 8, 17, 33, 64]))


def _lstm(steps, n, units):
    return [
        normal(steps, n, 4 * units),
        normal(units, 4 * units, seed=1) / np.float32(np.sqrt(units)),
        normal(n, units, seed=2),
        normal(n, units, seed=3),
    ]


def _gru(steps, n, units, has_bias=True):
    return [
        normal(steps, n, 3 * units),
        normal(units, 3 * units, seed=1) / np.float32(np.sqrt(units)),
        normal(3 * units, seed=4) if has_bias else None,
        normal(n, units, seed=2),
    ]


def _assert_close(found, expected) -> None:
    for one, other in zip(found, expected, strict=True):
        if other is None:
            assert one is None
        else:
            assert one.dtype == np.float32
            assert one.shape == other.shape
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-5 * (1 + np.abs(other).max()))


@settings(max_examples=60, deadline=None)
@given(_sizes, st.booleans())
def test_lstm_agrees_with_the_reference(sizes, with_last) -> None:
    arrays, dy = _lstm(*sizes), normal(*sizes, seed=5)
    last = {"dlast_h": normal(*sizes[1:], seed=6), "dlast_c": normal(*sizes[1:], seed=7)} if with_last else {}
    *found, cache = native.lstm(*arrays)
    *expected, expected_cache = reference.lstm(*in_double(arrays))
    _assert_close(found, expected)
    in_float64 = dict(zip(last, in_double(list(last.values())), strict=True))
    _assert_close(
        native.lstm_backward(dy, cache, **last), reference.lstm_backward(*in_double([dy]), expected_cache, **in_float64)
    )


@settings(max_examples=60, deadline=None)
@given(_sizes, st.booleans(), st.booleans())
def test_gru_agrees_with_the_reference(sizes, with_last, has_bias) -> None:
    arrays, dy = _gru(*sizes, has_bias), normal(*sizes, seed=5)
    last = normal(*sizes[1:], seed=6) if with_last else None
    y, cache = native.gru(*arrays)
    expected, expected_cache = reference.gru(*in_double(arrays))
    _assert_close([y], [expected])
    _assert_close(
        native.gru_backward(dy, cache, dlast_h=last),
        reference.gru_backward(*in_double([dy]), expected_cache, dlast_h=in_double([last])[0]),
    )


def test_nan_stays_in_its_sample() -> None:
    for arrays, forward in ((_lstm(3, 5, 20), native.lstm), (_gru(3, 5, 20), native.gru)):
        arrays[0][1, 2, 7] = np.nan
        y = forward(*arrays)[0]
        spoiled = np.zeros((3, 5), np.bool_)
        spoiled[1:, 2] = True
        np.testing.assert_array_equal(np.isnan(y).any(axis=-1), spoiled)


def test_results_do_not_depend_on_threads() -> None:
    lstm, gru, dy = _lstm(4, 150, 24), _gru(4, 150, 24), normal(4, 150, 24, seed=5)

    def compute():
        *found, cache = native.lstm(*lstm)
        y, other = native.gru(*gru)
        return *found, y, *native.lstm_backward(dy, cache), *native.gru_backward(dy, other)

    assert_same_for_any_number_of_threads(compute)


def test_arrays_need_not_be_contiguous_and_are_not_changed() -> None:
    arrays, dy = _lstm(2, 3, 5), normal(2, 3, 5, seed=5)
    last = [normal(3, 5, seed=6), normal(3, 5, seed=7)]
    before = [array.copy() for array in (*arrays, *last)]
    y, _, cache = native.lstm(*map(strided, arrays))
    np.testing.assert_array_equal(y, native.lstm(*arrays)[0])
    gradients = native.lstm_backward(strided(dy), cache, dlast_h=last[0], dlast_c=last[1])
    again = native.lstm_backward(dy, cache, dlast_h=last[0], dlast_c=last[1])
    for one, other in zip(gradients, again, strict=True):
        np.testing.assert_array_equal(one, other)
    for array, value in zip((*arrays, *last), before, strict=True):
        np.testing.assert_array_equal(array, value)


def test_float64_stays_on_the_reference() -> None:
    arrays = in_double(_lstm(2, 3, 5))
    y, _, cache = native.lstm(*arrays)
    assert y.dtype == np.float64
    assert native.lstm_backward(y, cache)[0].dtype == np.float64
    y, cache = native.gru(*in_double(_gru(2, 3, 5)))
    assert y.dtype == np.float64
    assert native.gru_backward(y, cache)[0].dtype == np.float64


def test_wrong_shapes_are_refused() -> None:
    p, kernel, h, c = _lstm(2, 3, 5)
    with pytest.raises(ShapeError, match=r"lstm received a batch of shape \(2, 0, 20\); expected at least one"):
        native.lstm(p[:, :0], kernel, h[:0], c[:0])
    with pytest.raises(
        ShapeError, match=r"the shape \(2, 3, 20\) and the kernel \(5, 15\); expected \(steps, batch, 4"
    ):
        native.lstm(p, kernel[:, :15], h, c)
    with pytest.raises(
        ShapeError, match=r"the shape \(2, 3, 20\) and the kernel \(5, 20\); expected \(steps, batch, 3"
    ):
        native.gru(p, kernel, None, h)
