"""Losses for numbers and distributions in NumPy: each value right above its derivative."""

import math

import numpy as np

from vitral.typing import Array


def mean_absolute_percentage_error(predictions: Array, targets: Array, *, epsilon: float) -> tuple[Array, Array]:
    error = predictions - targets
    scale = np.maximum(np.abs(targets), epsilon)
    losses = 100 * np.abs(error / scale).mean(axis=-1)
    return losses, 100 / error.shape[-1] * np.sign(error) / scale


def mean_squared_logarithmic_error(predictions: Array, targets: Array, *, epsilon: float) -> tuple[Array, Array]:
    bounded = np.maximum(predictions, epsilon)
    error = np.log1p(bounded) - np.log1p(np.maximum(targets, epsilon))
    losses = np.square(error).mean(axis=-1)
    return losses, np.where(predictions > epsilon, 2 / error.shape[-1] * error / (1 + bounded), 0)


def log_cosh(predictions: Array, targets: Array) -> tuple[Array, Array]:
    error = predictions - targets
    size = np.abs(error)
    # log((e^x + e^-x) / 2) = |x| + log(1 + e^-2|x|) - log 2, which cannot overflow.
    losses = (size + np.log1p(np.exp(-2 * size)) - math.log(2)).mean(axis=-1)
    return losses, np.tanh(error) / error.shape[-1]


def poisson(predictions: Array, targets: Array, *, epsilon: float) -> tuple[Array, Array]:
    rate = predictions + epsilon
    losses = (predictions - targets * np.log(rate)).mean(axis=-1)
    return losses, (1 - targets / rate) / rate.shape[-1]


def kl_divergence(predictions: Array, targets: Array, *, epsilon: float) -> tuple[Array, Array]:
    t, p = np.clip(targets, epsilon, 1), np.clip(predictions, epsilon, 1)
    losses = (t * np.log(t / p)).sum(axis=-1)
    return losses, np.where(predictions == p, -t / p, 0)


def cosine_similarity(predictions: Array, targets: Array, *, epsilon: float) -> tuple[Array, Array]:
    t, _ = _direction(targets, epsilon)
    p, length = _direction(predictions, epsilon)
    cosine = (t * p).sum(axis=-1, keepdims=True)
    # A vector shorter than epsilon is divided by epsilon, whatever its length.
    turned = np.where(length > epsilon, t - cosine * p, t)
    return -cosine[..., 0], -turned / np.maximum(length, epsilon)


def _direction(vectors: Array, epsilon: float) -> tuple[Array, Array]:
    """The vectors divided by their lengths, and the lengths."""
    length = np.sqrt(np.square(vectors).sum(axis=-1, keepdims=True))
    return vectors / np.maximum(length, epsilon), length
