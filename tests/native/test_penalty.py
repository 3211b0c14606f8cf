"""Penalties of the kernels against their formulas in double precision."""

import numpy as np
import pytest

pytest.importorskip("vitral._native", reason="the kernels were not compiled")

from tests.native.common import assert_same_for_any_number_of_threads, normal, strided
from vitral.errors import ShapeError
from vitral.ops.native import penalty as native


@pytest.mark.parametrize("shape", [(), (1,), (3, 5), (3, 3, 16, 33), (70_001,)])
def test_l2_penalty_is_its_formula(shape) -> None:
    value, before = normal(*shape), normal(*shape, seed=1)
    gradient = before.copy()
    penalty = native.l2_penalty(value, gradient, strength=0.25)
    exact = value.astype(np.float64)
    np.testing.assert_allclose(penalty, 0.25 * (exact**2).sum(), rtol=1e-6)
    np.testing.assert_allclose(gradient, before + 0.5 * exact, rtol=1e-5, atol=1e-6)


def test_arrays_need_not_be_contiguous() -> None:
    value, gradient, expected = normal(6, 8), strided(normal(6, 8, seed=1)), normal(6, 8, seed=1)
    penalty = native.l2_penalty(value, expected, strength=0.1)
    assert native.l2_penalty(strided(value), gradient, strength=0.1) == pytest.approx(penalty, rel=1e-6)
    np.testing.assert_allclose(gradient, expected, rtol=1e-6)


def test_nan_and_infinity_go_through() -> None:
    value, gradient = np.array([1, np.nan, np.inf], np.float32), np.zeros(3, np.float32)
    assert np.isnan(native.l2_penalty(value, gradient, strength=0.5))
    np.testing.assert_array_equal(gradient, value)


def test_same_bits_for_any_number_of_threads() -> None:
    def compute():
        gradient = normal(300, 401, seed=1)
        return np.array(native.l2_penalty(normal(300, 401), gradient, strength=0.1)), gradient

    assert_same_for_any_number_of_threads(compute)


def test_a_gradient_of_another_size_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"gradient has the shape \(2,\), 2 values; expected 3"):
        native.l2_penalty(normal(3), normal(2), strength=0.1)
