"""Images slanted at random."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from vitral.layers.arguments import bounds
from vitral.layers.augmentation.affine_layers import AffineAugmentation, affine_maps
from vitral.layers.layer import registry
from vitral.typing import Array, Config


@registry.register()
class RandomShear(AffineAugmentation):
    """While training, each image is slanted: what stands v rows below the top is shifted by `x` v columns to the left.

    And what stands u columns from the left edge by `y` u rows upward. x and y are drawn from `x_factor` and `y_factor`:
    one number f stands for -f to f, a pair for what lies between its two numbers, from -1 to 1; a coin tossed for each
    image then changes the signs of both. For `interpolation`, `fill_mode` and `fill_value` see `ops.affine_sample2d`.
    Raises ConfigError for numbers out of range.

    >>> image = np.arange(9.0).reshape(1, 3, 3, 1)
    >>> RandomShear((1, 1), fill_mode="constant", fill_value=-1, seed=1)(image)[0, :, :, 0]
    array([[ 0.,  1.,  2.],
           [ 4.,  5., -1.],
           [ 8., -1., -1.]])
    """

    def __init__(
        self,
        x_factor: float | Sequence[float] = 0.0,
        y_factor: float | Sequence[float] = 0.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        data_format: str | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **options)
        self.x_factor = x_factor
        self.y_factor = y_factor
        self._x_limits = bounds(x_factor, "x_factor", "RandomShear", -1, 1)
        self._y_limits = bounds(y_factor, "y_factor", "RandomShear", -1, 1)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Array:
        count = shape[0]
        sign = random.choice((-1.0, 1.0), count)
        x, y = (sign * random.uniform(*limits, count) for limits in (self._x_limits, self._y_limits))
        return affine_maps(count, a1=x, b0=y)

    def get_config(self) -> Config:
        # As they were given: Keras does not take the pair (-f, f) that it makes of a number f.
        return {**super().get_config(), "x_factor": self.x_factor, "y_factor": self.y_factor}
