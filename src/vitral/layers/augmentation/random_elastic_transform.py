"""Images distorted at random, as if printed on rubber."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from vitral import ops
from vitral.layers.arguments import bounds
from vitral.layers.augmentation.affine_layers import check_sampling
from vitral.layers.augmentation.bells import gaussian_bells
from vitral.layers.augmentation.ranged import RangedAugmentation
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config


class Distortion(NamedTuple):
    """How much each image is distorted, from 0 to 1 (n,), and normal noise for each pixel's column and row
    (n, height, width, 2)."""

    strengths: Array
    noise: Array


@registry.register()
class RandomElasticTransform(RangedAugmentation):
    """While training, every pixel of an image is moved a little, and its neighbors in about the same direction.

    The shifts are normal noise, blurred by a Gaussian bell (Simard, Steinkraus and Platt, "Best practices for
    convolutional neural networks", ICDAR 2003). With a strength s and images of height x width pixels, the bell has the
    standard deviation sigma = 0.05 s min(height, width) and 6 sigma pixels, the noise sigma; shifts are the result
    times 0.1 s max(height, width).

    `factor` is the probability that an image is distorted: one number f stands for one drawn from 0 to f for each
    image, a pair for one between its two numbers. s is drawn from `scale` in the same way, for each image. (Keras 3.15
    draws one for the whole batch.) Both are from 0 to 1. For `interpolation`, `fill_mode` and `fill_value` see
    `ops.affine_sample2d`; results are cut to `value_range`. Raises ConfigError for arguments out of range.

    >>> image = np.arange(16.0).reshape(1, 4, 4, 1)
    >>> y = RandomElasticTransform((1, 1), (1, 1), seed=1)(image)
    >>> bool(0 < np.abs(y - image).max() < 3)
    True
    """

    def __init__(
        self,
        factor: float | Sequence[float] = 1.0,
        scale: float | Sequence[float] = 1.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(value_range, seed, data_format, **options)
        self.factor = bounds(factor, "factor", "RandomElasticTransform", 0, 1)
        self.scale = bounds(scale, "scale", "RandomElasticTransform", 0, 1)
        check_sampling(interpolation, fill_mode, "RandomElasticTransform")
        self.interpolation = interpolation
        self.fill_mode = fill_mode
        self.fill_value = fill_value

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Distortion:
        count = shape[0]
        distorted = random.random(count) < random.uniform(*self.factor, count)
        return Distortion(random.uniform(*self.scale, count) * distorted, random.standard_normal((*shape[:3], 2)))

    def transform(self, x: Array, choice: Distortion) -> tuple[Array, Cache]:
        _, height, width, _ = x.shape
        shifts = _smooth_shifts(choice)
        y, cache = ops.sample2d(
            x,
            columns=np.arange(width) + shifts[..., 0],
            rows=np.arange(height)[:, np.newaxis] + shifts[..., 1],
            interpolation=self.interpolation,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
        )
        y, clip_cache = self.clip(y)
        return y, (cache, clip_cache)

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        cache, clip_cache = cache
        return ops.sample2d_backward(ops.clip_backward(dy, clip_cache), cache)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "factor": self.factor,
            "scale": self.scale,
            "interpolation": self.interpolation,
            "fill_mode": self.fill_mode,
            "fill_value": self.fill_value,
        }


def _smooth_shifts(choice: Distortion) -> Array:
    """How far each pixel is moved to the right and down (n, height, width, 2)."""
    sides = choice.noise.shape[1:3]
    sigma = 0.05 * choice.strengths * min(sides)
    bells = gaussian_bells(int(6 * sigma.max()) | 1, sigma)
    blurred, _ = ops.blur2d(choice.noise, down=bells, across=bells)
    shifts: Array = blurred * (sigma * 0.1 * choice.strengths * max(sides))[:, np.newaxis, np.newaxis, np.newaxis]
    return shifts
