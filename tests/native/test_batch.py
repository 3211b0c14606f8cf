"""Batches by the kernels: the same values as NumPy's own indexing, and nothing written where a row does not exist."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("vitral._native", reason="the kernels were not compiled")

from tests.native.common import assert_same_for_any_number_of_threads
from vitral.errors import ShapeError
from vitral.ops.native import batch as native


def _source(samples: int, *shape: int, dtype: type = np.uint8) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (samples, *shape)).astype(dtype)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 20),
    st.lists(st.integers(1, 20), max_size=3),
    st.integers(1, 30),
    st.sampled_from([np.uint8, np.float32, np.float64, np.int32, np.bool_]),
    st.sampled_from([np.int64, np.int32]),
    st.sampled_from([np.float32, np.float64]),
)
def test_gather_is_indexing(samples, shape, count, dtype, of_rows, of_out) -> None:
    source = _source(samples, *shape, dtype=dtype)
    rows = np.random.default_rng(1).integers(0, samples, count).astype(of_rows)
    out = np.full((count, *shape), -1, of_out)
    native.gather(source, rows, out)
    np.testing.assert_array_equal(out, source[rows].astype(of_out))


def test_nan_and_infinity_go_through() -> None:
    source = np.array([[1, np.nan], [np.inf, -np.inf]], np.float32)
    out = np.empty((3, 2), np.float32)
    native.gather(source, np.array([1, 0, 1]), out)
    np.testing.assert_array_equal(out, source[[1, 0, 1]])


def test_arrays_need_not_be_contiguous() -> None:
    source, rows = _source(10, 6), np.arange(10)[::2]
    for values in (source, source[:, ::2], source[::-1]):
        out = np.empty((5, values.shape[1]), np.float32)
        native.gather(values, rows, out)
        np.testing.assert_array_equal(out, values[rows])
    wide = np.empty((5, 12), np.float32)
    native.gather(source, rows, wide[:, ::2])
    np.testing.assert_array_equal(wide[:, ::2], source[rows])


def test_the_batch_does_not_depend_on_threads() -> None:
    source, rows = _source(500, 28, 28, 1), np.random.default_rng(1).permutation(500)

    def compute():
        out = np.empty((500, 28, 28, 1), np.float32)
        native.gather(source, rows, out)
        return (out,)

    assert_same_for_any_number_of_threads(compute)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("row", [10, -1, 2**40])
def test_a_row_that_does_not_exist_is_refused_before_anything_is_written(dtype, row) -> None:
    out = np.full((3, 4), -1, np.float32)
    with pytest.raises(ShapeError, match=rf"gather received row {row} at place 2; expected rows from 0 to 9"):
        native.gather(_source(10, 4, dtype=dtype), np.array([0, 1, row]), out)
    assert (out == -1).all()


def test_wrong_shapes_are_refused() -> None:
    source, rows = _source(10, 4, 2), np.arange(3)
    for shape in [(3, 4), (3, 2, 4), (2, 4, 2), (3, 4, 2, 1)]:
        with pytest.raises(ShapeError, match=r"expected 3 samples of source, whose shape is \(10, 4, 2\)"):
            native.gather(source, rows, np.empty(shape, np.float32))
    with pytest.raises(ShapeError, match=r"gather received a batch of shape \(0, 4, 2\); expected at least one sample"):
        native.gather(source, rows[:0], np.empty((0, 4, 2), np.float32))
