"""Brightness, contrast, saturation and hue changed at random, one behind the other."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from vitral.layers.augmentation.augmentation import Augmentation
from vitral.layers.augmentation.random_color import RandomBrightness, RandomContrast
from vitral.layers.augmentation.random_hue import RandomHue, RandomSaturation
from vitral.layers.augmentation.ranged import RangedAugmentation
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape

Factor = float | Sequence[float]


@registry.register()
class RandomColorJitter(RangedAugmentation):
    """While training, a RandomBrightness, a RandomContrast, a RandomSaturation and a RandomHue, in this order.

    Each has the factor of its name, as that layer takes it, and is left out without one. Input (batch, height, width,
    channels) in `value_range`, three channels where saturation or hue change. Raises ConfigError for numbers out of
    range, ShapeError for other channels.

    >>> image = np.array([100.0, 200.0, 50.0]).reshape(1, 1, 3)
    >>> layer = RandomColorJitter(brightness_factor=(0.1, 0.1), saturation_factor=(0, 0))
    >>> layer(image).ravel()
    array([225.5, 225.5, 225.5])
    """

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        brightness_factor: Factor | None = None,
        contrast_factor: Factor | None = None,
        saturation_factor: Factor | None = None,
        hue_factor: Factor | None = None,
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(value_range, seed, data_format, **options)
        self.factors = {
            "brightness_factor": brightness_factor,
            "contrast_factor": contrast_factor,
            "saturation_factor": saturation_factor,
            "hue_factor": hue_factor,
        }
        kinds: list[Any] = [RandomBrightness, RandomContrast, RandomSaturation, RandomHue]
        # They draw from this layer's stream, so theirs need none of the root's numbers.
        self._steps: list[Augmentation] = [
            kind(factor, value_range=value_range, seed=0, name=f"{self.name}_{kind.__name__}")
            for kind, factor in zip(kinds, self.factors.values(), strict=True)
            if factor is not None
        ]

    def build(self, input_shape: Shape) -> None:
        for step in self._steps:
            step.build(input_shape)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> list[Any]:
        """What each step does."""
        return [step.draw(shape, random) for step in self._steps]

    def transform(self, x: Array, choice: list[Any]) -> tuple[Array, Cache]:
        caches = []
        for step, what in zip(self._steps, choice, strict=True):
            x, cache = step.transform(x, what)
            caches.append(cache)
        return x, caches

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        for step, inner in zip(reversed(self._steps), reversed(cache), strict=True):
            dy = step.transform_backward(dy, inner)
        return dy

    def get_config(self) -> Config:
        return {**super().get_config(), **self.factors}
