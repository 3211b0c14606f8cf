"""The bases of layers that change the values of pixels, which lie in a known range."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from vitral import ops
from vitral.errors import ShapeError
from vitral.layers.arguments import bounds, value_limits
from vitral.layers.augmentation.augmentation import Augmentation
from vitral.typing import Array, Cache, Config, Shape


class RangedAugmentation(Augmentation):
    """Base of layers whose images have values in `value_range`, (0, 255) or whatever range the pixels have."""

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, data_format, **options)
        self.value_range = value_limits(value_range, type(self).__name__)

    def clip(self, x: Array) -> tuple[Array, Cache]:
        """The images with values beyond the range cut to it; the cache is for `ops.clip_backward`."""
        low, high = self.value_range
        return ops.clip(x, low=low, high=high)

    def get_config(self) -> Config:
        return {**super().get_config(), "value_range": self.value_range}


class FactorAugmentation(RangedAugmentation):
    """Base of layers whose one random number for each image is drawn from `factor`.

    A pair stands for the numbers between its two, one number f for those from `lowest_factor`, but not below -f, to f.
    Raises ConfigError for numbers below `lowest_factor` or above 1.
    """

    lowest_factor: ClassVar[float] = 0

    def __init__(
        self,
        factor: float | Sequence[float],
        value_range: Sequence[float] = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(value_range, seed, data_format, **options)
        self.factor = bounds(factor, "factor", type(self).__name__, self.lowest_factor, 1)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Array:
        """One number for each image (n,)."""
        return random.uniform(*self.factor, shape[0])

    def get_config(self) -> Config:
        return {**super().get_config(), "factor": self.factor}


def check_colors(input_shape: Shape, name: str, layer: str, or_gray: bool = False) -> None:
    """Raise ShapeError unless images have three channels: red, green and blue; or one, where that will do."""
    if input_shape[3] != 3 and not (or_gray and input_shape[3] == 1):
        raise ShapeError(f'layer "{name}" ({layer}) received {input_shape[3]} channels; expected 3{" or 1" * or_gray}')


def each_image(values: Array, x: Array) -> Array:
    """One number for each image (n,) in the shape and of the type that images are multiplied by."""
    return values.astype(x.dtype)[:, np.newaxis, np.newaxis, np.newaxis]
