"""Initial values drawn from a distribution whose spread is given."""

from collections.abc import Sequence

import numpy as np

from vitral.config import floatx
from vitral.core.rng import check_seed, generator, next_seed
from vitral.initializers.initializer import Initializer, registry
from vitral.typing import Array, Config


class RandomInitializer(Initializer):
    """Base of all that draw: with a seed, the same shape gives the same values every time.

    Without one, the seed comes from `vitral.set_seed`'s root when the initializer is made.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = None if seed is None else check_seed(seed)
        self._stream = next_seed() if self.seed is None else self.seed

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        values = self.draw(generator(self._stream), tuple(shape))
        return values.astype(dtype or floatx())

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Values of this shape in float64."""
        raise NotImplementedError(f"{type(self).__name__} has no draw")

    def get_config(self) -> Config:
        return {"seed": self.seed}


@registry.register("uniform")
class RandomUniform(RandomInitializer):
    """Uniform on [minval, maxval).

    >>> values = RandomUniform(-1, 1, seed=0)((1000,)); bool(values.min() >= -1) and bool(values.max() < 1)
    True
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        return rng.uniform(self.minval, self.maxval, shape)

    def get_config(self) -> Config:
        return {"minval": self.minval, "maxval": self.maxval, **super().get_config()}


@registry.register("normal")
class RandomNormal(RandomInitializer):
    """Normal with this mean and standard deviation.

    >>> round(float(RandomNormal(2.0, 0.1, seed=0)((10000,)).mean()), 1)
    2.0
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        return rng.normal(self.mean, self.stddev, shape)

    def get_config(self) -> Config:
        return {"mean": self.mean, "stddev": self.stddev, **super().get_config()}


@registry.register()
class TruncatedNormal(RandomNormal):
    """Normal, drawing again whatever lies more than two standard deviations from the mean.

    >>> values = TruncatedNormal(stddev=1.0, seed=0)((10000,)); bool(abs(values).max() <= 2)
    True
    """

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        return self.mean + self.stddev * truncated_standard_normal(rng, shape)


def truncated_standard_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Standard normal values, none beyond 2 in size; their standard deviation is 0.8796."""
    values = rng.standard_normal(shape)
    outside = np.abs(values) > 2
    while outside.any():
        values[outside] = rng.standard_normal(int(outside.sum()))
        outside = np.abs(values) > 2
    return values
