"""Contrast and brightness changed at random."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from vitral import ops
from vitral.layers.arguments import bounds
from vitral.layers.augmentation.ranged import RangedAugmentation
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config


class Recoloring(NamedTuple):
    """A factor for the contrast and a summand for the brightness of each image (n,)."""

    contrast: Array
    brightness: Array


class ColorAugmentation(RangedAugmentation):
    """Base of layers that change the contrast or the brightness; results are cut to `value_range`."""

    factor: tuple[float, float]

    def transform(self, x: Array, choice: Recoloring) -> tuple[Array, Cache]:
        low, high = self.value_range
        return ops.recolor2d(x, contrast=choice.contrast, brightness=choice.brightness, low=low, high=high)

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        return ops.recolor2d_backward(dy, cache)

    def get_config(self) -> Config:
        return {**super().get_config(), "factor": self.factor}


@registry.register()
class RandomContrast(ColorAugmentation):
    """While training, each image's distance from its own mean, channel by channel, is multiplied by a factor.

    The factor lies between 1 - a and 1 + b for `factor` (a, b), two numbers from 0 to 1, the smaller first. One number
    f stands for (0, f), as in Keras: give (f, f) for contrasts both ways. Results are cut to `value_range`, (0, 255)
    or whatever range the pixels have. Raises ConfigError for numbers out of range.

    >>> image = np.array([0.4, 0.6]).reshape(1, 2, 1)
    >>> RandomContrast((0.5, 0.5), value_range=(0, 1), seed=1)(image).ravel().round(3)
    array([0.429, 0.571])
    """

    def __init__(
        self,
        factor: float | Sequence[float],
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(value_range, seed, data_format, **options)
        self.factor = bounds(factor, "factor", "RandomContrast", 0, 1)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Recoloring:
        less, more = self.factor
        return Recoloring(random.uniform(1 - less, 1 + more, shape[0]), np.zeros(shape[0]))


@registry.register()
class RandomBrightness(ColorAugmentation):
    """While training, a share of the range of values is added to all pixels of an image.

    `factor` f stands for shares from -f to f, a pair for those between its two numbers; they are from -1 (black) to 1
    (white). Results are cut to `value_range`, (0, 255) or whatever range the pixels have. Raises ConfigError for
    numbers out of range.

    >>> RandomBrightness((0.1, 0.1))(np.array([10, 250], np.uint8).reshape(1, 1, 2, 1)).ravel()
    array([ 35.5, 255. ], dtype=float32)
    """

    def __init__(
        self,
        factor: float | Sequence[float],
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(value_range, seed, data_format, **options)
        self.factor = bounds(factor, "factor", "RandomBrightness", -1, 1)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Recoloring:
        low, high = self.value_range
        return Recoloring(np.ones(shape[0]), random.uniform(*self.factor, shape[0]) * (high - low))
