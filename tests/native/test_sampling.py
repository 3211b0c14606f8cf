"""Images seen through affine maps by the kernels: forward the same bits as the reference in float32."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("vitral._native", reason="the kernels were not compiled")

from tests.native.common import assert_same_for_any_number_of_threads, normal, strided
from vitral.errors import ShapeError
from vitral.ops.native import sampling as native
from vitral.ops.reference import sampling as reference
from vitral.typing import Array

_MODES = ["reflect", "wrap", "nearest", "constant"]
_KINDS = ["shift", "zoom", "turn", "any"]


def _maps(count: int, kind: str) -> Array:
    """Maps that stay near the image, some of them farther beyond its edge than it is wide."""
    drawn = np.random.default_rng(5).uniform(-1, 1, (count, 6))
    maps = np.tile(np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]), (count, 1))
    maps[:, [2, 5]] = 9 * drawn[:, [2, 5]]
    if kind in ("zoom", "any"):
        maps[:, [0, 4]] = 3 * drawn[:, [0, 4]]
    if kind in ("turn", "any"):
        maps[:, [1, 3]] = 2 * drawn[:, [1, 3]]
    return maps


@settings(max_examples=150, deadline=None)
@given(
    st.tuples(st.integers(1, 5), st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3, 4, 17])),
    st.sampled_from(_KINDS),
    st.sampled_from(_MODES),
    st.sampled_from(["nearest", "bilinear"]),
)
def test_agrees_with_the_reference(shape, kind, fill_mode, interpolation) -> None:
    x, dy, maps = normal(*shape), normal(*shape, seed=1), _maps(shape[0], kind)
    options = {"maps": maps, "fill_mode": fill_mode, "interpolation": interpolation, "fill_value": 0.5}
    y, cache = native.affine_sample2d(x, **options)
    expected, expected_cache = reference.affine_sample2d(x, **options)
    np.testing.assert_array_equal(y, expected)
    dx = native.affine_sample2d_backward(dy, cache)
    expected_dx = reference.affine_sample2d_backward(dy, expected_cache)
    # The pixels' contributions come in another order; at most 81 images' pixels meet in one.
    np.testing.assert_allclose(dx, expected_dx, rtol=0, atol=1e-6 * (1 + np.abs(dy).sum()))


def test_nan_and_infinity_go_through() -> None:
    x = normal(1, 5, 5, 3)
    x[0, 2, 2, 1] = np.nan
    y, cache = native.affine_sample2d(x, maps=np.array([[1, 0, 0.5, 0, 1, 0]]), fill_mode="reflect")
    spoiled = np.zeros(x.shape, np.bool_)
    spoiled[0, 1:3, 1:3, 1] = True  # of the pixels in the row above it gets nothing, but 0 times NaN is NaN
    np.testing.assert_array_equal(np.isnan(y), spoiled)
    dx = native.affine_sample2d_backward(x, cache)
    assert np.isnan(dx[0, 2, 2:4, 1]).all()
    assert np.isfinite(dx[..., [0, 2]]).all()


def test_results_do_not_depend_on_threads() -> None:
    x, maps = normal(30, 20, 20, 3), _maps(30, "any")

    def compute():
        y, cache = native.affine_sample2d(x, maps=maps, fill_mode="reflect")
        return y, native.affine_sample2d_backward(x, cache)

    assert_same_for_any_number_of_threads(compute)


def test_arrays_need_not_be_contiguous() -> None:
    x, maps = normal(3, 4, 5, 2), _maps(3, "any")
    y, cache = native.affine_sample2d(strided(x), maps=strided(maps))
    np.testing.assert_array_equal(y, native.affine_sample2d(x, maps=maps)[0])
    dx = native.affine_sample2d_backward(strided(x), cache)
    np.testing.assert_array_equal(dx, native.affine_sample2d_backward(x, cache))


def test_float64_stays_on_the_reference() -> None:
    x, maps = normal(2, 3, 4, 1).astype(np.float64), _maps(2, "any")
    y, cache = native.affine_sample2d(x, maps=maps)
    np.testing.assert_array_equal(y, reference.affine_sample2d(x, maps=maps)[0])
    assert native.affine_sample2d_backward(y, cache).dtype == np.float64


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(
        ShapeError, match=r"affine_sample2d received a batch of shape \(0, 2, 2, 1\); expected at least"
    ):
        native.affine_sample2d(normal(0, 2, 2, 1), maps=np.zeros((0, 6)))
    with pytest.raises(ShapeError, match=r"affine_sample2d received shape \(2, 2, 1\); expected \(batch, height"):
        native.affine_sample2d(normal(2, 2, 1), maps=np.zeros((2, 6)))
    with pytest.raises(ShapeError, match=r"maps has the shape \(3, 6\), 18 values; expected 12"):
        native.affine_sample2d(normal(2, 2, 2, 1), maps=np.zeros((3, 6)))
