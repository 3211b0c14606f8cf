"""Images changed by several augmentations drawn at random, of one strength."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from vitral.layers.arguments import bounds, positive
from vitral.layers.augmentation.ranged import RangedAugmentation
from vitral.layers.augmentation.selection import Selection, Selector
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class RandAugment(RangedAugmentation):
    """While training, each image goes through `num_ops` augmentations, one behind the other, drawn for it from eleven.

    These are RandomShear, RandomTranslation, RandomRotation, RandomBrightness, RandomColorDegeneration, RandomContrast,
    RandomSharpness, RandomPosterization, Solarization, AutoContrast and Equalization, with the strength `factor`: a
    pair, or one number f for (0, f), from 0 to 1 (Cubuk et al., "RandAugment", NeurIPS 2020). Keras 3.15 draws the same
    augmentations for all images of a batch. Input (batch, height, width, 3 or 1) in `value_range`; `interpolation` is
    "bilinear" or "nearest". Raises ConfigError for arguments out of range, ShapeError for other channels.

    >>> images = np.arange(48.0).reshape(1, 4, 4, 3)
    >>> RandAugment(seed=1)(images).shape, bool((RandAugment()(images, training=False) == images).all())
    ((1, 4, 4, 3), True)
    """

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        num_ops: int = 2,
        factor: float | Sequence[float] = 0.5,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(value_range, seed, data_format, **options)
        self.num_ops = positive(num_ops, "num_ops", "RandAugment")
        self.factor = bounds(factor, "factor", "RandAugment", 0, 1)
        self.interpolation = interpolation
        self._selector = Selector(self.factor, self.value_range, interpolation, True, f"{self.name}_step")

    def build(self, input_shape: Shape) -> None:
        self._selector.build(input_shape)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> list[Selection]:
        return [self._selector.draw(shape, random) for _ in range(self.num_ops)]

    def transform(self, x: Array, choice: list[Selection]) -> tuple[Array, Cache]:
        caches = []
        for selection in choice:
            x, cache = self._selector.transform(x, selection)
            caches.append(cache)
        return x, caches

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        for inner in reversed(cache):
            dy = self._selector.transform_backward(dy, inner)
        return dy

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "num_ops": self.num_ops,
            "factor": self.factor,
            "interpolation": self.interpolation,
        }
