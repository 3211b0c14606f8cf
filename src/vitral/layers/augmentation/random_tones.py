"""Values turned over or made coarse at random."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from vitral import ops
from vitral.errors import ConfigError
from vitral.layers.arguments import bounds, positive
from vitral.layers.augmentation.ranged import RangedAugmentation, each_image
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config


@registry.register()
class RandomInvert(RangedAugmentation):
    """While training, each image may become its negative: the upper end of `value_range` minus its values.

    `factor` is the probability: one number f stands for one drawn from 0 to f for each image, a pair for one between
    its two numbers, from 0 to 1; give (1, 1) to invert always. Raises ConfigError for numbers out of range.

    >>> RandomInvert((1, 1))(np.array([0.0, 100.0, 255.0]).reshape(1, 3, 1)).ravel()
    array([255., 155.,   0.])
    """

    def __init__(
        self,
        factor: float | Sequence[float] = 1.0,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(value_range, seed, data_format, **options)
        self.factor = bounds(factor, "factor", "RandomInvert", 0, 1)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Array:
        """Which images are inverted (n,)."""
        return random.random(shape[0]) < random.uniform(*self.factor, shape[0])

    def transform(self, x: Array, choice: Array) -> tuple[Array, Cache]:
        inverted = each_image(choice, x)
        return ops.affine(x, scale=1 - 2 * inverted, offset=inverted * self.value_range[1])

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        return ops.affine_backward(dy, cache)

    def get_config(self) -> Config:
        return {**super().get_config(), "factor": self.factor}


class Negative(NamedTuple):
    """What is added to each image, and from which value on it is turned over (n,); both in its range of values."""

    additions: Array
    thresholds: Array


@registry.register()
class Solarization(RangedAugmentation):
    """While training, something is added to each image, and values of a threshold and above are turned over.

    y = x + a, cut to `value_range`; from low + t on, y becomes low + high - y, with low and high the ends of the range.
    a and t are shares of the range, drawn from `addition_factor` and `threshold_factor`: one number f stands for 0 to
    f, a pair for what lies between its two numbers, from 0 to 1. That is what Keras documents; Keras 3.15 takes the
    lower number of a pair as it is, in 255ths of the range. Raises ConfigError for numbers out of range.

    >>> Solarization(threshold_factor=(0.5, 0.5))(np.array([0.0, 100.0, 200.0]).reshape(1, 3, 1)).ravel()
    array([  0., 100.,  55.])
    """

    def __init__(
        self,
        addition_factor: float | Sequence[float] = 0.0,
        threshold_factor: float | Sequence[float] = 0.0,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(value_range, seed, **options)
        self.addition_factor = bounds(addition_factor, "addition_factor", "Solarization", 0, 1)
        self.threshold_factor = bounds(threshold_factor, "threshold_factor", "Solarization", 0, 1)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Negative:
        low, high = self.value_range
        additions = random.uniform(*self.addition_factor, shape[0]) * (high - low)
        return Negative(additions, low + random.uniform(*self.threshold_factor, shape[0]) * (high - low))

    def transform(self, x: Array, choice: Negative) -> tuple[Array, Cache]:
        low, high = self.value_range
        shifted, clip_cache = self.clip(x + each_image(choice.additions, x))
        turned = (shifted >= each_image(choice.thresholds, x)).astype(x.dtype)
        y, cache = ops.affine(shifted, scale=1 - 2 * turned, offset=turned * (low + high))
        return y, (clip_cache, cache)

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        clip_cache, cache = cache
        return ops.clip_backward(ops.affine_backward(dy, cache), clip_cache)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "addition_factor": self.addition_factor,
            "threshold_factor": self.threshold_factor,
        }


@registry.register()
class RandomPosterization(RangedAugmentation):
    """While training, each image keeps only the upper bits of its values, taken as bytes, the others become 0.

    `factor` is the number of bits, from 1 to 8: a pair (a, b) stands for one drawn from a to b - 1 for each image, one
    number f for 1 to f - 1, as in Keras; give (f, f) for always f bits. Values of `value_range` are bytes from 0 to 255
    meanwhile; what lies beyond the range is cut to it. Results move in steps, so images get no gradient. Raises
    ConfigError unless the numbers are whole and in range.

    >>> RandomPosterization((2, 2))(np.array([60.0, 70.0, 255.0]).reshape(1, 3, 1)).ravel()
    array([  0.,  64., 192.])
    """

    def __init__(
        self,
        factor: int | Sequence[int],
        value_range: Sequence[float] = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(value_range, seed, data_format, **options)
        numbers: list[Any] = list(factor) if isinstance(factor, (tuple, list)) else [1, factor]
        bits = sorted(positive(number, "factor", "RandomPosterization") for number in numbers)
        if len(bits) != 2 or bits[1] > 8:
            raise ConfigError(
                f"RandomPosterization: factor is {factor!r}; expected one or two whole numbers from 1 to 8"
            )
        self.factor = (bits[0], bits[1])

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Array:
        """How many bits each image keeps (n,)."""
        fewest, limit = self.factor
        return random.integers(fewest, max(limit, fewest + 1), shape[0])

    def transform(self, x: Array, choice: Array) -> tuple[Array, Cache]:
        low, high = self.value_range
        step = each_image(2.0 ** (8 - choice), x)
        levels = np.floor(np.clip((x - low) / (high - low) * 255, 0, 255))
        return np.floor(levels / step) * step / 255 * (high - low) + low, ()

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        return np.zeros_like(dy)

    def get_config(self) -> Config:
        return {**super().get_config(), "factor": self.factor}
