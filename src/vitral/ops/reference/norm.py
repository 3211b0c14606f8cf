"""Normalization of batches and of single samples, in NumPy."""

import numpy as np

from vitral.ops.reference.activation import FUSED
from vitral.typing import Array, Cache


def batch_norm_training(
    x: Array, gamma: Array | None, beta: Array | None, *, epsilon: float, activation: str = "linear"
) -> tuple[Array, Array, Array, Cache]:
    axes = tuple(range(x.ndim - 1))
    mean = x.mean(axis=axes)
    normalized = x - mean
    variance = np.square(normalized).mean(axis=axes)
    inverse_std = 1 / np.sqrt(variance + x.dtype.type(epsilon))
    normalized *= inverse_std
    y, activation_cache = FUSED[activation][0](_scale_shift(normalized, gamma, beta))
    return y, mean, variance, (normalized, inverse_std, gamma, activation, activation_cache)


def batch_norm_training_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    normalized, inverse_std, gamma, activation, activation_cache = cache
    dz = FUSED[activation][1](dy, activation_cache)
    axes = tuple(range(dz.ndim - 1))
    samples = dz.size // dz.shape[-1]
    dbeta = dz.sum(axis=axes)
    dgamma = (dz * normalized).sum(axis=axes)
    # Every x moves the mean and the variance too: that is what the two subtracted terms are.
    dx = dz - dbeta / samples - normalized * (dgamma / samples)
    dx *= inverse_std if gamma is None else inverse_std * gamma
    return dx, dgamma, dbeta


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
    inverse_std = 1 / np.sqrt(variance + x.dtype.type(epsilon))
    normalized = (x - mean) * inverse_std
    y, activation_cache = FUSED[activation][0](_scale_shift(normalized, gamma, beta))
    return y, (normalized, inverse_std, gamma, activation, activation_cache)


def batch_norm_inference_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    normalized, inverse_std, gamma, activation, activation_cache = cache
    dz = FUSED[activation][1](dy, activation_cache)
    axes = tuple(range(dz.ndim - 1))
    dx = dz * (inverse_std if gamma is None else inverse_std * gamma)
    return dx, (dz * normalized).sum(axis=axes), dz.sum(axis=axes)


def _scale_shift(normalized: Array, gamma: Array | None, beta: Array | None) -> Array:
    y = normalized.copy() if gamma is None else normalized * gamma
    if beta is not None:
        y += beta
    return y


def layer_norm(
    x: Array, gamma: Array | None, beta: Array | None, *, axes: tuple[int, ...], epsilon: float
) -> tuple[Array, Cache]:
    shape = tuple(size if axis in axes else 1 for axis, size in enumerate(x.shape))
    gamma, beta = (None if values is None else values.reshape(shape) for values in (gamma, beta))
    normalized, inverse_std = _normalized(x, axes, epsilon)
    return _scale_shift(normalized, gamma, beta), (normalized, inverse_std, gamma, axes)


def layer_norm_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    normalized, inverse_std, gamma, axes = cache
    others = tuple(axis for axis in range(dy.ndim) if axis not in axes)
    dz = dy if gamma is None else dy * gamma
    dx = _normalized_backward(dz, normalized, inverse_std, axes)
    return dx, (dy * normalized).sum(axis=others), dy.sum(axis=others)


def group_norm(
    x: Array, gamma: Array | None, beta: Array | None, *, groups: int, epsilon: float
) -> tuple[Array, Cache]:
    by_group = x.reshape(len(x), -1, groups, x.shape[-1] // groups)
    normalized, inverse_std = _normalized(by_group, (1, 3), epsilon)
    return _scale_shift(normalized.reshape(x.shape), gamma, beta), (normalized, inverse_std, gamma)


def group_norm_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    normalized, inverse_std, gamma = cache
    dz = dy if gamma is None else dy * gamma
    dx = _normalized_backward(dz.reshape(normalized.shape), normalized, inverse_std, (1, 3)).reshape(dy.shape)
    others = tuple(range(dy.ndim - 1))
    return dx, (dy * normalized.reshape(dy.shape)).sum(axis=others), dy.sum(axis=others)


def _normalized(x: Array, axes: tuple[int, ...], epsilon: float) -> tuple[Array, Array]:
    """x with mean 0 and variance 1 along the axes, and 1 / sqrt(variance + epsilon)."""
    normalized = x - x.mean(axis=axes, keepdims=True)
    inverse_std = 1 / np.sqrt(np.square(normalized).mean(axis=axes, keepdims=True) + x.dtype.type(epsilon))
    normalized *= inverse_std
    return normalized, inverse_std


def _normalized_backward(dz: Array, normalized: Array, inverse_std: Array, axes: tuple[int, ...]) -> Array:
    """Every x moves the mean and the variance too: that is what the two subtracted terms are."""
    dx = dz - dz.mean(axis=axes, keepdims=True)
    dx -= normalized * (dz * normalized).mean(axis=axes, keepdims=True)
    dx *= inverse_std
    return dx
