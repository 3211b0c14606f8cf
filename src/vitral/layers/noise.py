"""Noise on the values, while training."""

import math
from typing import Any

from vitral.core.configurable import is_number
from vitral.errors import ConfigError
from vitral.layers.elementwise import Elementwise
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config


@registry.register()
class GaussianNoise(Elementwise):
    """While training, normal noise of the standard deviation `stddev`, from 0 to 1, is added to every value.

    Raises ConfigError for a `stddev` out of range.

    >>> import numpy as np
    >>> GaussianNoise(0.5, seed=1)(np.zeros((1, 3)), training=True).round(2)
    array([[ 0.68, -0.2 , -0.26]])
    """

    def __init__(self, stddev: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        if not (is_number(stddev) and 0 <= stddev <= 1):
            raise ConfigError(f"GaussianNoise: stddev is {stddev!r}; expected a number from 0 to 1")
        self.stddev = stddev
        self.seed = seed
        self.seed_generator = self.add_seed_generator(seed)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        if not training or self.stddev == 0:
            return x, None
        noise = self.seed_generator.next().standard_normal(x.shape, x.dtype)
        noise *= self.stddev
        noise += x
        return noise, None

    def backward(self, dy: Array, cache: Cache) -> Array:
        return dy

    def get_config(self) -> Config:
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


@registry.register()
class GaussianDropout(Elementwise):
    """While training, every value is multiplied by normal noise of mean 1 and variance rate / (1 - rate).

    Mean and variance are those of Dropout's factors (Srivastava et al., JMLR 2014, section 10). Raises ConfigError
    unless 0 <= rate < 1.

    >>> import numpy as np
    >>> GaussianDropout(0.5, seed=1)(np.ones((1, 3)), training=True).round(2)
    array([[2.36, 0.6 , 0.48]])
    """

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        if not (is_number(rate) and 0 <= rate < 1):
            raise ConfigError(f"GaussianDropout: rate is {rate!r}; expected a number from 0 to below 1")
        self.rate = rate
        self.seed = seed
        self.seed_generator = self.add_seed_generator(seed)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        if not training or self.rate == 0:
            return x, None
        factor = self.seed_generator.next().standard_normal(x.shape, x.dtype)
        factor *= math.sqrt(self.rate / (1 - self.rate))
        factor += 1
        return x * factor, factor

    def backward(self, dy: Array, cache: Cache) -> Array:
        return dy if cache is None else dy * cache

    def get_config(self) -> Config:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
