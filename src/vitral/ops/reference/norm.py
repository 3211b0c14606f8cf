"""Batch normalization in NumPy."""

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
