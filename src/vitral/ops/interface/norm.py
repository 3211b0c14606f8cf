"""Batch normalization (Ioffe and Szegedy, ICML 2015), along the last axis."""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def batch_norm_training(
    x: Array, gamma: Array | None, beta: Array | None, *, epsilon: float, activation: str = "linear"
) -> tuple[Array, Array, Array, Cache]:
    """y = activation(gamma (x - mean) / sqrt(variance + epsilon) + beta), with the batch's own mean and variance.

    The activation is linear or relu.

    x (..., channels), gamma and beta (channels,) or None for 1 and 0; returns (y, mean, variance, cache), the
    variance divided by the number of values, not by one less.
    """
    raise NotImplementedError


@operation
def batch_norm_training_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """dgamma = sum dz x', dbeta = sum dz, dx = gamma / std (dz - mean of dz - x' mean of (dz x')).

    dz = dy * activation'(z), and x' = (x - mean) / std is the normalized input. Returns (dx, dgamma, dbeta), the last
    two also where gamma or beta was None.
    """
    raise NotImplementedError


@operation
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
    """The same with a mean and a variance that are given, so that samples do not depend on each other."""
    raise NotImplementedError


@operation
def batch_norm_inference_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """dx = dz gamma / std, dgamma = sum dz x', dbeta = sum dz, with dz = dy * activation'(z)."""
    raise NotImplementedError


@operation
def layer_norm(
    x: Array, gamma: Array | None, beta: Array | None, *, axes: tuple[int, ...], epsilon: float
) -> tuple[Array, Cache]:
    """y = (x - mean) / sqrt(variance + epsilon) gamma + beta, with mean and variance of each sample along `axes`.

    x (n, ...); `axes` in order, counted from the front, without the batch's; gamma and beta have their lengths, or are
    None.
    """
    raise NotImplementedError


@operation
def layer_norm_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """Gradients (dx, dgamma, dbeta).

    With the normalized x^ and dz = dy gamma: dx = (dz - mean(dz) - x^ mean(dz x^)) / sqrt(variance + epsilon), means
    along `axes`; dgamma and dbeta sum dy x^ and dy over all other axes.
    """
    raise NotImplementedError


@operation
def group_norm(
    x: Array, gamma: Array | None, beta: Array | None, *, groups: int, epsilon: float
) -> tuple[Array, Cache]:
    """layer_norm with a mean and a variance for each of `groups` runs of channels; gamma and beta for each channel.

    x (n, ..., channels), gamma and beta (channels,) or None.
    """
    raise NotImplementedError


@operation
def group_norm_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """Gradients (dx, dgamma, dbeta), as for layer_norm."""
    raise NotImplementedError
