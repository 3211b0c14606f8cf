"""Batch normalization in NumPy."""

import numpy as np

from vitral.typing import Array, Cache


def batch_norm_training(
    x: Array, gamma: Array | None, beta: Array | None, *, epsilon: float
) -> tuple[Array, Array, Array, Cache]:
    axes = tuple(range(x.ndim - 1))
    mean = x.mean(axis=axes)
    normalized = x - mean
    variance = np.square(normalized).mean(axis=axes)
    inverse_std = 1 / np.sqrt(variance + x.dtype.type(epsilon))
    normalized *= inverse_std
    return _scale_shift(normalized, gamma, beta), mean, variance, (normalized, inverse_std, gamma)


def batch_norm_training_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    normalized, inverse_std, gamma = cache
    axes = tuple(range(dy.ndim - 1))
    samples = dy.size // dy.shape[-1]
    dbeta = dy.sum(axis=axes)
    dgamma = (dy * normalized).sum(axis=axes)
    # Every x moves the mean and the variance too: that is what the two subtracted terms are.
    dx = dy - dbeta / samples - normalized * (dgamma / samples)
    dx *= inverse_std if gamma is None else inverse_std * gamma
    return dx, dgamma, dbeta


def batch_norm_inference(
    x: Array, gamma: Array | None, beta: Array | None, mean: Array, variance: Array, *, epsilon: float
) -> tuple[Array, Cache]:
    inverse_std = 1 / np.sqrt(variance + x.dtype.type(epsilon))
    normalized = (x - mean) * inverse_std
    return _scale_shift(normalized, gamma, beta), (normalized, inverse_std, gamma)


def batch_norm_inference_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    normalized, inverse_std, gamma = cache
    axes = tuple(range(dy.ndim - 1))
    dx = dy * (inverse_std if gamma is None else inverse_std * gamma)
    return dx, (dy * normalized).sum(axis=axes), dy.sum(axis=axes)


def _scale_shift(normalized: Array, gamma: Array | None, beta: Array | None) -> Array:
    y = normalized.copy() if gamma is None else normalized * gamma
    if beta is not None:
        y += beta
    return y
