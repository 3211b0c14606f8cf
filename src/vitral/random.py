"""`keras.random`: arrays of random numbers, and the stream that layers of one's own draw from.

`seed` says where the numbers come from: a whole number gives the same ones in every call, a `SeedGenerator` the next
ones of its stream, None new ones, which `vitral.set_seed` fixes. The numbers are not Keras', their distributions are.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from vitral.config import floatx
from vitral.core.rng import SeedGenerator, check_seed, generator, next_seed
from vitral.core.targets import as_float
from vitral.errors import ConfigError
from vitral.typing import Array

__all__ = [
    "SeedGenerator",
    "beta",
    "binomial",
    "categorical",
    "dropout",
    "gamma",
    "normal",
    "randint",
    "shuffle",
    "truncated_normal",
    "uniform",
]

Seed: TypeAlias = int | SeedGenerator | None


def uniform(
    shape: Sequence[int], minval: float = 0.0, maxval: float = 1.0, dtype: str | None = None, seed: Seed = None
) -> Array:
    """Numbers evenly spread over [minval, maxval).

    >>> uniform((2, 3)).shape
    (2, 3)
    """
    kind = _kind(dtype or floatx(), "f", "uniform")
    values = (minval + (maxval - minval) * _generator(seed).random(tuple(shape))).astype(kind)
    # A float64 just below maxval would be rounded up to it.
    below: Array = np.minimum(values, np.nextafter(kind.type(maxval), kind.type(minval)))
    return below


def normal(
    shape: Sequence[int], mean: float = 0.0, stddev: float = 1.0, dtype: str | None = None, seed: Seed = None
) -> Array:
    """Numbers of the normal distribution.

    >>> bool((normal((3,), seed=1) == normal((3,), seed=1)).all())
    True
    """
    kind = _kind(dtype or floatx(), "f", "normal")
    return _generator(seed).normal(mean, stddev, tuple(shape)).astype(kind)


def truncated_normal(
    shape: Sequence[int], mean: float = 0.0, stddev: float = 1.0, dtype: str | None = None, seed: Seed = None
) -> Array:
    """Normal numbers, drawn again where they lie more than two standard deviations from the mean."""
    kind = _kind(dtype or floatx(), "f", "truncated_normal")
    rng = _generator(seed)
    values = rng.standard_normal(tuple(shape))
    while (outside := np.abs(values) > 2).any():
        values[outside] = rng.standard_normal(int(outside.sum()))
    return (mean + stddev * values).astype(kind)


def gamma(shape: Sequence[int], alpha: float | Array, dtype: str | None = None, seed: Seed = None) -> Array:
    """Numbers of the gamma distribution of shape parameter `alpha` and scale 1."""
    kind = _kind(dtype or floatx(), "f", "gamma")
    return _generator(seed).gamma(alpha, size=tuple(shape)).astype(kind)


def beta(
    shape: Sequence[int],
    alpha: float | Array,
    beta: float | Array,
    dtype: str | None = None,
    seed: Seed = None,
) -> Array:
    """Numbers of the beta distribution, from 0 to 1."""
    kind = _kind(dtype or floatx(), "f", "beta")
    return _generator(seed).beta(alpha, beta, tuple(shape)).astype(kind)


def binomial(
    shape: Sequence[int],
    counts: int | Array,
    probabilities: float | Array,
    dtype: str | None = None,
    seed: Seed = None,
) -> Array:
    """How many of `counts` tries succeed, as numbers of floating point, as in Keras."""
    kind = _kind(dtype or floatx(), "f", "binomial")
    return _generator(seed).binomial(counts, probabilities, tuple(shape)).astype(kind)


def randint(shape: Sequence[int], minval: int, maxval: int, dtype: str = "int32", seed: Seed = None) -> Array:
    """Whole numbers from minval to maxval - 1.

    >>> sorted(set(randint((100,), 0, 3).tolist()))
    [0, 1, 2]
    """
    kind = _kind(dtype, "i", "randint")
    return _generator(seed).integers(minval, maxval, tuple(shape)).astype(kind)


def categorical(logits: Array, num_samples: int, dtype: str = "int32", seed: Seed = None) -> Array:
    """Classes drawn for each row of `logits` (batch, classes), by their softmax: (batch, num_samples).

    The largest of the logits plus Gumbel noise is such a draw.
    """
    scores = np.asarray(logits, np.float64)
    noise = _generator(seed).gumbel(size=(scores.shape[0], num_samples, scores.shape[1]))
    chosen: Array = (scores[:, np.newaxis] + noise).argmax(-1).astype(dtype)
    return chosen


def shuffle(x: Array, axis: int = 0, seed: Seed = None) -> Array:
    """A copy of x whose slices along an axis are in another order.

    >>> sorted(shuffle(np.arange(5)).tolist())
    [0, 1, 2, 3, 4]
    """
    return _generator(seed).permutation(np.asarray(x), axis)


def dropout(inputs: Array, rate: float, noise_shape: Sequence[int | None] | None = None, seed: Seed = None) -> Array:
    """The inputs with a part, `rate`, of them set to 0, and the others divided by 1 - rate.

    Along an axis where `noise_shape` has 1, all are kept or dropped together; None is the axis' length. Raises
    ConfigError unless 0 <= rate < 1.
    """
    if not 0 <= rate < 1:
        raise ConfigError(f"dropout: rate is {rate!r}; expected a number of at least 0 and below 1")
    inputs = as_float(inputs)
    lengths = noise_shape or inputs.shape
    shape = tuple(full if given is None else given for given, full in zip(lengths, inputs.shape, strict=True))
    kept = _generator(seed).random(shape) >= rate
    y: Array = np.where(kept, inputs / inputs.dtype.type(1 - rate), inputs.dtype.type(0))
    return y


def _generator(seed: Seed) -> np.random.Generator:
    if isinstance(seed, SeedGenerator):
        return seed.next()
    return generator(next_seed() if seed is None else check_seed(seed))


def _kind(dtype: str, wanted: Literal["f", "i"], function: str) -> np.dtype:
    """The type; raises ConfigError unless it is one of floating point ("f") or of whole numbers ("i")."""
    kind = np.dtype(dtype)
    if kind.kind != wanted:
        expected = {"f": "a floating-point", "i": "an integer"}[wanted]
        raise ConfigError(f"random.{function}: dtype is {dtype!r}; expected {expected} type")
    return kind
