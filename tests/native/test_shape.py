"""Padding, scaling and dropout by the kernels against the reference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("vitral._native", reason="the kernels were not compiled")

from tests.native.common import assert_same_for_any_number_of_threads, normal, strided
from vitral import _native
from vitral.errors import ShapeError
from vitral.ops.native import shape as native
from vitral.ops.reference import shape as reference

_images = st.tuples(st.integers(1, 3), st.integers(1, 6), st.integers(1, 6), st.sampled_from([1, 3, 8, 17]))
_shapes = st.one_of(_images, st.tuples(st.integers(1, 50), st.integers(1, 40)), st.tuples(st.integers(1, 2000)))
_border = st.tuples(st.integers(0, 3), st.integers(0, 3))


@settings(max_examples=60, deadline=None)
@given(_images, st.tuples(_border, _border))
def test_zero_pad2d_is_the_reference(shape, padding) -> None:
    x = normal(*shape)
    y, cache = native.zero_pad2d(x, padding=padding)
    expected, other = reference.zero_pad2d(x, padding=padding)
    np.testing.assert_array_equal(y, expected)
    dy = normal(*y.shape, seed=1)
    np.testing.assert_array_equal(native.zero_pad2d_backward(dy, cache), reference.zero_pad2d_backward(dy, other))


@settings(max_examples=60, deadline=None)
@given(_shapes, st.sampled_from(["()", "(1,)", "(1, 1)", "channels"]))
def test_affine_is_the_reference(shape, kind) -> None:
    x = normal(*shape)
    of_scale = {"()": (), "(1,)": (1,), "(1, 1)": (1,) * min(2, len(shape)), "channels": shape[-1:]}[kind]
    scale, offset = normal(*of_scale, seed=1), normal(*of_scale, seed=2)
    scale, offset = np.asarray(scale, np.float32), np.asarray(offset, np.float32)
    y, cache = native.affine(x, scale=scale, offset=offset)
    expected, other = reference.affine(x, scale=scale, offset=offset)
    np.testing.assert_array_equal(y, expected)
    np.testing.assert_array_equal(native.affine_backward(x, cache), reference.affine_backward(x, other))


@settings(max_examples=60, deadline=None)
@given(_shapes, st.sampled_from([0.0, 0.3, 0.5]))
def test_dropout_is_the_reference(shape, rate) -> None:
    x = normal(*shape)
    x.flat[0], x.flat[-1] = np.nan, np.inf
    keep = np.random.default_rng(1).random(shape) >= rate
    with np.errstate(invalid="ignore"):
        y, cache = native.dropout(x, keep=keep, rate=rate)
        expected, other = reference.dropout(x, keep=keep, rate=rate)
        np.testing.assert_array_equal(y, expected)
        np.testing.assert_array_equal(native.dropout_backward(x, cache), reference.dropout_backward(x, other))


def test_what_is_not_compiled_goes_to_the_reference() -> None:
    x = normal(2, 3, 4, 5)
    noise = np.random.default_rng(0).random((2, 1, 1, 5)) > 0.5
    one, plane = np.float32(1), normal(4, 5)
    for operation, backward, values, options in [
        ("dropout", "dropout_backward", x, {"keep": noise, "rate": 0.5}),
        ("dropout", "dropout_backward", x.astype(np.float64), {"keep": x > 0, "rate": 0.5}),
        ("affine", "affine_backward", x, {"scale": plane, "offset": plane}),
        ("affine", "affine_backward", x, {"scale": plane[0], "offset": np.asarray(one)}),
        ("affine", "affine_backward", x.astype(np.float64), {"scale": np.ones(5), "offset": np.ones(5)}),
        ("zero_pad2d", "zero_pad2d_backward", x.astype(np.float64), {"padding": ((1, 0), (0, 2))}),
    ]:
        y, cache = getattr(native, operation)(values, **options)
        expected, other = getattr(reference, operation)(values, **options)
        assert y.dtype == expected.dtype
        np.testing.assert_array_equal(y, expected)
        np.testing.assert_array_equal(getattr(native, backward)(y, cache), getattr(reference, backward)(y, other))


def test_results_do_not_depend_on_threads() -> None:
    x, scale = normal(7, 61, 59, 5), normal(5)

    def compute():
        y, cache = native.zero_pad2d(x, padding=((1, 2), (3, 0)))
        return (
            y,
            native.zero_pad2d_backward(y, cache),
            native.affine(x, scale=scale, offset=scale)[0],
            native.dropout(x, keep=x > 0, rate=0.3)[0],
        )

    assert_same_for_any_number_of_threads(compute)


def test_arrays_need_not_be_contiguous() -> None:
    x, scale = normal(2, 3, 4, 6), normal(6)
    other = strided(x)
    for operation, options, strided_options in [
        ("zero_pad2d", {"padding": ((1, 1), (1, 1))}, {"padding": ((1, 1), (1, 1))}),
        ("affine", {"scale": scale, "offset": scale}, {"scale": strided(scale), "offset": strided(scale)}),
        ("dropout", {"keep": x > 0, "rate": 0.5}, {"keep": strided(x > 0), "rate": 0.5}),
    ]:
        y, cache = getattr(native, operation)(x, **options)
        z, same = getattr(native, operation)(other, **strided_options)
        np.testing.assert_array_equal(y, z)
        backward = getattr(native, f"{operation}_backward")
        np.testing.assert_array_equal(backward(y, cache), backward(strided(y), same))


def test_wrong_shapes_are_refused() -> None:
    empty, scale = np.empty((0, 4, 4, 3), np.float32), normal(3)
    for operation, options in [
        (native.zero_pad2d, {"padding": ((1, 1), (1, 1))}),
        (native.affine, {"scale": scale, "offset": scale}),
        (native.dropout, {"keep": np.empty(empty.shape, bool), "rate": 0.5}),
    ]:
        with pytest.raises(ShapeError, match=r" received a batch of shape \(0, 4, 4, 3\); expected at least one"):
            operation(empty, **options)
    x = normal(2, 4, 4, 3)
    _, padded = native.zero_pad2d(x, padding=((1, 0), (0, 0)))
    with pytest.raises(
        ShapeError, match=r"\(2, 4, 4, 3\) and \(2, 4, 4, 3\); expected images .* of \(\(1, 0\), \(0, 0\)\)"
    ):
        native.zero_pad2d_backward(x, padded)
    _, dropped = native.dropout(x, keep=x > 0, rate=0.5)
    with pytest.raises(ShapeError, match=r"keep has the shape \(2, 4, 4, 3\), 96 values; expected 6"):
        native.dropout_backward(normal(2, 3), dropped)
    with pytest.raises(ShapeError, match=r"scale has the shape \(5,\); expected one value, or one for each channel"):
        _native.affine(x, normal(5), None, np.empty_like(x))
