"""Colors taken from images at random."""

from typing import Any, ClassVar

import numpy as np

from vitral import ops
from vitral.core.configurable import is_number
from vitral.errors import ConfigError
from vitral.layers.augmentation.augmentation import Augmentation
from vitral.layers.augmentation.ranged import FactorAugmentation, check_colors
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape

_BRIGHTNESS = np.array([0.2989, 0.587, 0.114])
"""What red, green and blue add to the brightness (Recommendation ITU-R BT.601), with the digits that Keras has."""


def _toward_gray(shares: Array, channels: int) -> Array:
    """Matrices (n, channels, channels) that mix colors with their brightness: all of it for a share of 1."""
    brightness = _BRIGHTNESS if channels == 3 else np.ones(1)
    shares = shares[:, np.newaxis, np.newaxis]
    matrices: Array = shares * brightness + (1 - shares) * np.eye(channels)
    return matrices


@registry.register()
class RandomGrayscale(Augmentation):
    """While training, each image becomes gray with probability `factor`, from 0 to 1; it keeps its three channels.

    Gray is 0.2989 red + 0.587 green + 0.114 blue. Images with one channel are gray already. Raises ConfigError for a
    factor out of range, ShapeError for other numbers of channels.

    >>> RandomGrayscale(1.0)(np.array([100.0, 200.0, 50.0]).reshape(1, 1, 3)).ravel().round(2)
    array([152.99, 152.99, 152.99])
    """

    def __init__(
        self, factor: float = 0.5, data_format: str | None = None, seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(seed, data_format, **options)
        if not (is_number(factor) and 0 <= factor <= 1):
            raise ConfigError(f"RandomGrayscale: factor is {factor!r}; expected a number from 0 to 1")
        self.factor = factor

    def build(self, input_shape: Shape) -> None:
        check_colors(input_shape, self.name, "RandomGrayscale", or_gray=True)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Array:
        """Which images become gray (n,)."""
        return random.random(shape[0]) < self.factor

    def transform(self, x: Array, choice: Array) -> tuple[Array, Cache]:
        return ops.mix_channels2d(x, matrices=_toward_gray(choice.astype(x.dtype), x.shape[3]))

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        return ops.mix_channels2d_backward(dy, cache)

    def get_config(self) -> Config:
        return {**super().get_config(), "factor": self.factor}


@registry.register()
class RandomColorDegeneration(FactorAugmentation):
    """While training, each image is mixed with its own gray version: x + f (gray - x), cut to `value_range`.

    f is drawn between the two numbers of `factor`, from -1 to 1: 1 is gray, 0 leaves the image, below 0 its colors get
    stronger. One number stands for -factor to factor, as in Keras; give a pair such as (0, 0.5) for paler colors only.
    Gray is that of RandomGrayscale. Input (batch, height, width, 3 or 1) in `value_range`. Raises ConfigError for
    numbers out of range, ShapeError for other channels.

    >>> image = np.array([100.0, 200.0, 50.0]).reshape(1, 1, 3)
    >>> RandomColorDegeneration((0.5, 0.5))(image).ravel().round(2)
    array([126.49, 176.49, 101.5 ])
    """

    lowest_factor: ClassVar[float] = -1

    def build(self, input_shape: Shape) -> None:
        check_colors(input_shape, self.name, "RandomColorDegeneration", or_gray=True)

    def transform(self, x: Array, choice: Array) -> tuple[Array, Cache]:
        mixed, cache = ops.mix_channels2d(x, matrices=_toward_gray(choice, x.shape[3]))
        y, clip_cache = self.clip(mixed)
        return y, (cache, clip_cache)

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        cache, clip_cache = cache
        return ops.mix_channels2d_backward(ops.clip_backward(dy, clip_cache), cache)
