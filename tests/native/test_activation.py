"""Activations of the kernels against the reference in double precision."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("vitral._native", reason="the kernels were not compiled")

from tests.native.compare import assert_same_bits_on_any_threads, ulps
from vitral.errors import ShapeError
from vitral.ops.native import activation as native
from vitral.ops.reference import activation as reference
from vitral.typing import Array

# Name, options, and how far the forward pass may be from the exact value in units in the last place.
FORWARD: list[tuple[str, dict[str, Any], float]] = [
    ("linear", {}, 0),
    ("relu", {}, 0),
    ("relu", {"negative_slope": 0.2}, 1),
    ("relu", {"max_value": 6.0}, 0),
    ("relu", {"negative_slope": 0.1, "max_value": 1.0, "threshold": 0.5}, 2),
    ("sigmoid", {}, 3),
    ("tanh", {}, 2),
    ("elu", {}, 2),
    ("elu", {"alpha": 0.3}, 2.5),
    ("silu", {}, 3.5),
    ("softplus", {}, 2.5),
]
ELEMENTWISE = [(name, options) for name, options, _ in FORWARD] + [("gelu", {}), ("gelu", {"approximate": True})]
ROWWISE: list[tuple[str, dict[str, Any]]] = [("softmax", {}), ("log_softmax", {})]
ALL = ELEMENTWISE + ROWWISE

SMALLEST = np.finfo(np.float32).tiny  # results below it become zero

EXTREMES = np.array(
    [
        *(0.0, -0.0, 1e-45, -1e-45, 1e-38, -1e-38, 1e-10, -1e-10, 0.6249, -0.6251, 1.0, -1.0, 15.0, -15.0),
        *(87.0, -87.0, 88.9, -88.9, 103.5, -103.5, 1e4, -1e4, 3e38, -3e38, np.inf, -np.inf, np.nan),
    ],
    np.float32,
)


def values(seed: int, shape: tuple[int, ...], scale: float = 3.0) -> Array:
    return (np.random.default_rng(seed).normal(size=shape) * scale).astype(np.float32)


def both_ways(module: Any, name: str, options: dict[str, Any], x: Array, dy: Array) -> tuple[Array, Array]:
    y, cache = getattr(module, name)(x, **options)
    return y, getattr(module, f"{name}_backward")(dy, cache)


def exactly(name: str, options: dict[str, Any], x: Array, dy: Array) -> tuple[Array, Array]:
    with np.errstate(all="ignore"):
        return both_ways(reference, name, options, x.astype(np.float64), dy.astype(np.float64))


def assert_close(result: Array, exact: Array, dy_or_x: Array, factor: float = 8) -> None:
    """Within `factor` roundings of the numbers that go into the result."""
    scale = np.maximum(np.abs(exact), np.abs(dy_or_x))
    assert (np.abs(result - exact) <= factor * 2.0**-24 * scale + SMALLEST).all()


@given(st.sampled_from(FORWARD), st.integers(1, 70), st.integers(0, 2**32), st.sampled_from([0.01, 1, 10, 60]))
@settings(max_examples=150, deadline=None)
def test_elementwise_forward(case: tuple[str, dict[str, Any], float], size: int, seed: int, scale: float) -> None:
    name, options, limit = case
    x = values(seed, (size,), scale)
    exact, _ = exactly(name, options, x, x)
    # silu's tail is x times a sigmoid that has become subnormal and has lost digits.
    assert ulps(getattr(native, name)(x, **options)[0], exact, 1e-36 if name == "silu" else 0) <= limit


@given(st.sampled_from(ALL), st.integers(1, 9), st.integers(1, 40), st.integers(0, 2**32), st.sampled_from([0.1, 3]))
@settings(max_examples=200, deadline=None)
def test_both_ways_agree_with_the_reference(
    case: tuple[str, dict[str, Any]], rows: int, columns: int, seed: int, scale: float
) -> None:
    name, options = case
    x, dy = values(seed, (rows, columns), scale), values(seed + 1, (rows, columns))
    y, dx = both_ways(native, name, options, x, dy)
    exact_y, exact_dx = exactly(name, options, x, dy)
    assert y.dtype == dx.dtype == np.float32
    rowwise = (name, options) in ROWWISE
    assert_close(y, exact_y, np.maximum(np.abs(x).max(axis=-1, keepdims=True), 1) if rowwise else x)
    scale_of_dx = (np.abs(dy).sum(axis=-1, keepdims=True) if rowwise else np.abs(dy)) * (1 + np.abs(exact_y))
    assert_close(dx, exact_dx, scale_of_dx, 16)


@pytest.mark.parametrize(("name", "options"), ELEMENTWISE)
def test_extremes_and_what_is_no_number(name: str, options: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y, dx = both_ways(native, name, options, EXTREMES, np.ones_like(EXTREMES))
    # The limits at infinity, which the reference's formulas do not always give, from large values instead.
    at = np.nan_to_num(EXTREMES, posinf=1e5, neginf=-1e5, nan=0.0)
    with np.errstate(all="ignore"):
        exact_y, exact_dx = exactly(name, options, at, np.ones_like(at))
    finite, number = np.isfinite(EXTREMES), ~np.isnan(EXTREMES)
    assert_close(y[finite], exact_y[finite], at[finite])
    assert_close(dx[number], exact_dx[number], np.float32(1))
    assert np.isnan(y[-1])
    for index in (-3, -2):
        limit = exact_y[index] if abs(exact_y[index]) < 100 else np.copysign(np.inf, exact_y[index])
        assert y[index] == np.float32(limit)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_rows_with_extremes(name: str) -> None:
    x = np.array([[1e4, -1e4, 0], [-np.inf, 1, 2], [1e38, 1e38, -1e38], [np.nan, 1, 2], [np.inf, 0, 1]], np.float32)
    dy = np.ones_like(x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y, dx = both_ways(native, name, {}, x, dy)
    exact_y, exact_dx = exactly(name, {}, x, dy)
    np.testing.assert_allclose(y, exact_y, rtol=1e-6)
    np.testing.assert_allclose(dx[:3], exact_dx[:3], atol=1e-6)
    assert np.isnan(y[3:]).all()


@pytest.mark.parametrize(("name", "options"), ALL)
def test_a_batch_without_samples_is_refused(name: str, options: dict[str, Any]) -> None:
    if name == "linear":
        return
    with pytest.raises(ShapeError, match=rf"{name} received a batch of shape \(0, 3\); expected at least one sample"):
        getattr(native, name)(np.zeros((0, 3), np.float32), **options)


@pytest.mark.parametrize(("name", "options"), ALL)
def test_double_precision_is_the_reference(name: str, options: dict[str, Any]) -> None:
    x, dy = values(0, (3, 5)).astype(np.float64), values(1, (3, 5)).astype(np.float64)
    for one, two in zip(
        both_ways(native, name, options, x, dy), both_ways(reference, name, options, x, dy), strict=True
    ):
        assert one.dtype == np.float64
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(("name", "options"), ALL)
def test_values_need_not_lie_in_a_row(name: str, options: dict[str, Any]) -> None:
    x, dy = values(0, (6, 10)), values(1, (6, 10))
    views = np.asfortranarray(x)[::2, ::-1], np.asfortranarray(dy)[::2, ::-1]
    copies = np.ascontiguousarray(views[0]), np.ascontiguousarray(views[1])
    for one, two in zip(
        both_ways(native, name, options, *views), both_ways(native, name, options, *copies), strict=True
    ):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("name", ["relu", "softmax"])
def test_a_gradient_of_another_shape_is_refused(name: str) -> None:
    _, cache = getattr(native, name)(values(0, (3, 5)))
    with pytest.raises(ShapeError, match=r"dy has the shape \(2, 5\), 10 values; expected 15"):
        getattr(native, f"{name}_backward")(values(0, (2, 5)), cache)


@pytest.mark.parametrize(("name", "options"), ALL)
def test_the_number_of_threads_changes_no_bit(name: str, options: dict[str, Any]) -> None:
    x, dy = values(0, (3001, 37)), values(1, (3001, 37))
    assert_same_bits_on_any_threads(lambda: both_ways(native, name, options, x, dy))
