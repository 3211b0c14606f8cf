"""Sums by the kernels: the same bits as NumPy's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("vitral._native", reason="the kernels were not compiled")

from tests.native.common import assert_same_for_any_number_of_threads, normal, strided
from vitral.ops.native import merge as native

_shapes = st.lists(st.integers(0, 9), max_size=4)


@settings(max_examples=60, deadline=None)
@given(_shapes, st.booleans())
def test_add_is_numpys(shape, is_strided) -> None:
    a, b = normal(*shape, 5), normal(*shape, 5, seed=1)
    y, cache = native.add(strided(a) if is_strided else a, b)
    np.testing.assert_array_equal(y, a + b)
    da, db = native.add_backward(y, cache)
    np.testing.assert_array_equal(da, y)
    np.testing.assert_array_equal(db, y)


def test_nan_and_infinity_go_through() -> None:
    values = np.array([np.nan, np.inf, -np.inf, 1] * 5, np.float32)
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(native.add(values, values[::-1])[0], values + values[::-1])


def test_results_do_not_depend_on_threads() -> None:
    a = normal(300_000)
    assert_same_for_any_number_of_threads(lambda: (native.add(a, a)[0],))


@pytest.mark.parametrize(("shape", "dtype"), [((2, 1), np.float32), ((2, 3), np.float64)])
def test_what_is_stretched_or_float64_goes_to_the_reference(shape, dtype) -> None:
    a, b = normal(2, 3).astype(dtype), normal(*shape, seed=1).astype(dtype)
    y, cache = native.add(a, b)
    np.testing.assert_array_equal(y, a + b)
    assert [gradient.shape for gradient in native.add_backward(y, cache)] == [(2, 3), shape]
