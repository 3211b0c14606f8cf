"""Batch and layer normalization by the compiled kernels."""

import math
from typing import NamedTuple

from vitral import _native
from vitral.ops.native.module import contiguous, empty, expect_samples, float32, gradient
from vitral.ops.reference import norm as reference
from vitral.typing import Array, Cache

_ACTIVATIONS = ("linear", "relu")


class _Normalized(NamedTuple):
    """Backward normalizes x again, which takes less time than keeping the normalized values would."""

    x: Array
    statistics: Array  # (3, channels): mean, variance, 1 / sqrt(variance + epsilon)
    gamma: Array | None
    beta: Array | None
    relu: bool


def batch_norm_training(
    x: Array, gamma: Array | None, beta: Array | None, *, epsilon: float, activation: str = "linear"
) -> tuple[Array, Array, Array, Cache]:
    if not float32(x, gamma, beta) or activation not in _ACTIVATIONS:
        return reference.batch_norm_training(x, gamma, beta, epsilon=epsilon, activation=activation)
    expect_samples("batch_norm_training", x)
    x = contiguous(x)
    y = empty(x.shape)
    statistics = empty((3, x.shape[-1]))
    cache = _Normalized(x, statistics, _vector(gamma), _vector(beta), activation == "relu")
    _native.batch_norm_training(x, cache.gamma, cache.beta, epsilon, cache.relu, y, statistics)
    return y, statistics[0], statistics[1], cache


def batch_norm_training_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    if not isinstance(cache, _Normalized):
        return reference.batch_norm_training_backward(dy, cache)
    return _backward(dy, cache, of_batch=True)


def batch_norm_inference(
    x: Array,
    gamma: Array | None,
    beta: Array | None,
    mean: Array,
    variance: Array,
    *,
    epsilon: float,
    activation: str = "linear",
) -> tuple[Array, Cache]:
    if not float32(x, gamma, beta, mean, variance) or activation not in _ACTIVATIONS:
        return reference.batch_norm_inference(x, gamma, beta, mean, variance, epsilon=epsilon, activation=activation)
    expect_samples("batch_norm_inference", x)
    x = contiguous(x)
    y = empty(x.shape)
    statistics = empty((3, x.shape[-1]))
    cache = _Normalized(x, statistics, _vector(gamma), _vector(beta), activation == "relu")
    _native.batch_norm_inference(
        x, cache.gamma, cache.beta, contiguous(mean), contiguous(variance), epsilon, cache.relu, y, statistics
    )
    return y, cache


def batch_norm_inference_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    if not isinstance(cache, _Normalized):
        return reference.batch_norm_inference_backward(dy, cache)
    return _backward(dy, cache, of_batch=False)


class _LayerNormalized(NamedTuple):
    x: Array
    columns: int
    gamma: Array | None
    moments: Array  # (2, rows): mean, 1 / sqrt(variance + epsilon)
    shape: tuple[int, ...]  # of gamma


def layer_norm(
    x: Array, gamma: Array | None, beta: Array | None, *, axes: tuple[int, ...], epsilon: float
) -> tuple[Array, Cache]:
    if not float32(x, gamma, beta) or axes != tuple(range(x.ndim - len(axes), x.ndim)):
        return reference.layer_norm(x, gamma, beta, axes=axes, epsilon=epsilon)
    expect_samples("layer_norm", x)
    x = contiguous(x)
    shape = x.shape[x.ndim - len(axes) :]
    columns = math.prod(shape)
    y, moments = empty(x.shape), empty((2, x.size // columns))
    cache = _LayerNormalized(x, columns, _vector(gamma), moments, shape)
    _native.layer_norm(x, columns, cache.gamma, _vector(beta), epsilon, y, moments)
    return y, cache


def layer_norm_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    if not isinstance(cache, _LayerNormalized):
        return reference.layer_norm_backward(dy, cache)
    dx, sums = empty(cache.x.shape), empty((2, *cache.shape))
    _native.layer_norm_backward(gradient(dy), cache.x, cache.columns, cache.gamma, cache.moments, dx, sums)
    return dx, sums[0], sums[1]


def _backward(dy: Array, cache: _Normalized, *, of_batch: bool) -> tuple[Array, Array, Array]:
    dx = empty(cache.x.shape)
    sums = empty((2, dx.shape[-1]))
    _native.batch_norm_backward(of_batch, gradient(dy), *cache, dx, sums)
    return dx, sums[0], sums[1]


def _vector(values: Array | None) -> Array | None:
    return None if values is None else contiguous(values)
