"""Images made blurred or sharp at random."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from vitral import ops
from vitral.errors import ConfigError
from vitral.layers.arguments import bounds, positive
from vitral.layers.augmentation.bells import gaussian_bells
from vitral.layers.augmentation.ranged import FactorAugmentation, RangedAugmentation, each_image
from vitral.layers.layer import registry
from vitral.ops.geometry import Pair
from vitral.typing import Array, Cache, Config


@registry.register()
class RandomSharpness(FactorAugmentation):
    """While training, each image is mixed with a blurred one: x + (1 - 2 f) (blurred - x), cut to `value_range`.

    `factor` f stands for 0 to f, a pair for what lies between its two numbers, from 0 to 1: 0 is blurred, 0.5 leaves
    the image, above that edges get stronger. A blurred pixel is 5/13 of itself and 1/13 of each of its eight neighbors,
    beyond the edge 0, the smoothing filter of the Python Imaging Library. Raises ConfigError for numbers out of range.

    >>> image = np.array([[13.0, 0, 0], [0, 0, 0], [0, 0, 26.0]])[..., np.newaxis]
    >>> RandomSharpness((0, 0))(image)[..., 0]
    array([[ 5.,  1.,  0.],
           [ 1.,  3.,  2.],
           [ 0.,  2., 10.]])
    """

    def transform(self, x: Array, choice: Array) -> tuple[Array, Cache]:
        # The blurred pixel is 4/13 of itself and 9/13 of the mean of all nine.
        share = each_image((1 - 2 * choice) * 9 / 13, x)
        third = np.full((len(x), 3), 1 / 3)
        mean, cache = ops.blur2d(x, down=third, across=third)
        y, clip_cache = self.clip(x + share * (mean - x))
        return y, (share, cache, clip_cache)

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        share, cache, clip_cache = cache
        dz = ops.clip_backward(dy, clip_cache)
        dx: Array = dz + share * (ops.blur2d_backward(dz, cache) - dz)
        return dx


class Blur(NamedTuple):
    """Which images are blurred (n,), and the standard deviations in pixels, (n, 2), to the right and down."""

    blurred: Array
    sigma: Array


@registry.register()
class RandomGaussianBlur(RangedAugmentation):
    """While training, images are blurred by a Gaussian bell, and all of them cut to `value_range`.

    `factor` is the probability: one number f stands for one drawn from 0 to f for each image, a pair for one between
    its two numbers, from 0 to 1. `kernel_size`, an odd number of pixels or two, is (width, height) of the bell, and
    `sigma` its standard deviation in pixels: one drawn from 0 to sigma, or between two numbers from 0 to 1, for each
    image and axis. (Keras 3.15 draws one for the whole batch.) Beyond the edge there are zeros. Raises ConfigError for
    numbers out of range.

    >>> image = np.array([0.0, 0.0, 100.0, 0.0, 0.0]).reshape(1, 5, 1)
    >>> RandomGaussianBlur((1, 1), kernel_size=(3, 1), sigma=(1, 1))(image).ravel().round(1)
    array([ 0. , 27.4, 45.2, 27.4,  0. ])
    """

    def __init__(
        self,
        factor: float | Sequence[float] = 1.0,
        kernel_size: int | Sequence[int] = 3,
        sigma: float | Sequence[float] = 1.0,
        value_range: Sequence[float] = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(value_range, seed, data_format, **options)
        self.factor = bounds(factor, "factor", "RandomGaussianBlur", 0, 1)
        self.kernel_size = _odd_pair(kernel_size)
        self.sigma = bounds(sigma, "sigma", "RandomGaussianBlur", 0, 1)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Blur:
        blurred = random.random(shape[0]) < random.uniform(*self.factor, shape[0])
        return Blur(blurred, random.uniform(*self.sigma, (shape[0], 2)))

    def transform(self, x: Array, choice: Blur) -> tuple[Array, Cache]:
        across, down = (
            gaussian_bells(size, choice.sigma[:, axis] * choice.blurred) for axis, size in enumerate(self.kernel_size)
        )
        blurred, cache = ops.blur2d(x, down=down, across=across)
        y, clip_cache = self.clip(blurred)
        return y, (cache, clip_cache)

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        cache, clip_cache = cache
        return ops.blur2d_backward(ops.clip_backward(dy, clip_cache), cache)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "factor": self.factor,
            "kernel_size": self.kernel_size,
            "sigma": self.sigma,
        }


def _odd_pair(kernel_size: Any) -> Pair:
    sizes: list[Any] = list(kernel_size) if isinstance(kernel_size, (tuple, list)) else [kernel_size] * 2
    width, *rest = (positive(size, "kernel_size", "RandomGaussianBlur") for size in sizes)
    if len(rest) != 1 or not width % 2 or not rest[0] % 2:
        raise ConfigError(f"RandomGaussianBlur: kernel_size is {kernel_size!r}; expected one odd number or two")
    return width, rest[0]
