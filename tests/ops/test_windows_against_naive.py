"""Convolution and pooling on random shapes, strides, paddings, dilations and groups, against the definitions."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ops import naive
from vitral import ops

_small = st.integers(1, 3)
_pairs = st.tuples(_small, _small)
_sizes = st.tuples(st.integers(1, 3), st.integers(7, 10), st.integers(7, 10))
_padding = st.sampled_from(["valid", "same"])


def _normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape)


@settings(max_examples=80, deadline=None)
@given(_sizes, _pairs, _pairs, _pairs, _padding, st.sampled_from([1, 2, 3]), st.booleans())
def test_conv2d(size, window, strides, dilation, padding, groups, has_bias) -> None:
    x = _normal(*size, 2 * groups)
    kernel = _normal(*window, 2, 3 * groups)
    bias = _normal(3 * groups) if has_bias else None
    y, _ = ops.conv2d(x, kernel, bias, strides=strides, padding=padding, dilation=dilation, groups=groups)
    expected = naive.conv2d(x, kernel, strides, padding, dilation, groups) + (0 if bias is None else bias)
    np.testing.assert_allclose(y, expected, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(_sizes, _pairs, _pairs, _padding)
def test_pooling(size, window, strides, padding) -> None:
    x = _normal(*size, 3)
    for kind, operation in (("max", ops.max_pool2d), ("average", ops.average_pool2d)):
        y, _ = operation(x, pool_size=window, strides=strides, padding=padding)
        np.testing.assert_allclose(y, naive.pool2d(x, window, strides, padding, kind), atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(_sizes, _pairs, _pairs, _pairs, _padding, st.sampled_from([1, 2]))
def test_conv2d_backward_is_the_adjoint(size, window, strides, dilation, padding, groups) -> None:
    """<conv(x, W), dy> = <x, dx> = <W, dW>: convolution is linear in x and in W."""
    x, kernel = _normal(*size, 2 * groups), _normal(*window, 2, 2 * groups)
    y, cache = ops.conv2d(x, kernel, None, strides=strides, padding=padding, dilation=dilation, groups=groups)
    dy = np.random.default_rng(1).standard_normal(y.shape)
    dx, dkernel, dbias = ops.conv2d_backward(dy, cache)
    assert dbias is None
    np.testing.assert_allclose([(x * dx).sum(), (kernel * dkernel).sum()], (y * dy).sum(), rtol=1e-10, atol=1e-10)


@settings(max_examples=60, deadline=None)
@given(_sizes, _pairs, _pairs, _padding)
def test_pooling_backward_hands_all_of_dy_on(size, window, strides, padding) -> None:
    x = _normal(*size, 2)
    for operation, backward in (
        (ops.max_pool2d, ops.max_pool2d_backward),
        (ops.average_pool2d, ops.average_pool2d_backward),
    ):
        y, cache = operation(x, pool_size=window, strides=strides, padding=padding)
        dy = np.random.default_rng(1).standard_normal(y.shape)
        np.testing.assert_allclose(backward(dy, cache).sum(), dy.sum(), atol=1e-10)
