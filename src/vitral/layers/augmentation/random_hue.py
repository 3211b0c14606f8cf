"""Hue and saturation changed at random."""

from typing import ClassVar

import numpy as np

from vitral import ops
from vitral.config import epsilon
from vitral.layers.augmentation.ranged import FactorAugmentation, check_colors
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Shape


class HueAugmentation(FactorAugmentation):
    """Base of layers that change hue and saturation; results are cut to `value_range`. Images have three channels."""

    def build(self, input_shape: Shape) -> None:
        check_colors(input_shape, self.name, type(self).__name__)

    def change(self, hsv: Array, choice: Array) -> Cache:
        """Change hue and saturation in place; returns what `change_backward` will need."""
        raise NotImplementedError(f"{type(self).__name__} has no change")

    def change_backward(self, dhsv: Array, cache: Cache) -> None:
        """Make the gradient of what was changed that of what was there before."""
        raise NotImplementedError(f"{type(self).__name__} has no change_backward")

    def transform(self, x: Array, choice: Array) -> tuple[Array, Cache]:
        low, high = self.value_range
        hsv, hsv_cache = ops.rgb_to_hsv((x - low) / (high - low))
        cache = self.change(hsv, choice.astype(x.dtype))
        rgb, rgb_cache = ops.hsv_to_rgb(hsv)
        y, clip_cache = self.clip(rgb * (high - low) + low)
        return y, (hsv_cache, cache, rgb_cache, clip_cache)

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        hsv_cache, cache, rgb_cache, clip_cache = cache
        # The range's length comes in before and goes out behind, so that it does not show in the gradient.
        dhsv = ops.hsv_to_rgb_backward(ops.clip_backward(dy, clip_cache), rgb_cache)
        self.change_backward(dhsv, cache)
        return ops.rgb_to_hsv_backward(dhsv, hsv_cache)


@registry.register()
class RandomHue(HueAugmentation):
    """While training, the colors of each image are turned along the circle of hues.

    `factor` f stands for 0 to f, a pair for what lies between its two numbers, from 0 to 1; 1 is half of the circle, in
    a direction that is drawn as well. Input (batch, height, width, 3) in `value_range`. Raises ConfigError for numbers
    out of range, ShapeError for other channels.

    >>> import numpy as np
    >>> red = np.array([1.0, 0.0, 0.0]).reshape(1, 1, 3)
    >>> RandomHue((2 / 3, 2 / 3), value_range=(0, 1), seed=1)(red).ravel()
    array([0., 1., 0.])
    """

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Array:
        """The turn of each image, in circles (n,)."""
        return random.choice((-0.5, 0.5), shape[0]) * super().draw(shape, random)

    def change(self, hsv: Array, choice: Array) -> Cache:
        hsv[..., 0] += choice[:, np.newaxis, np.newaxis]
        return None

    def change_backward(self, dhsv: Array, cache: Cache) -> None:
        """A turn leaves the gradient as it is."""


@registry.register()
class RandomSaturation(HueAugmentation):
    """While training, the saturation of each image is multiplied by f / (1 - f), and cut to 1 where it is more.

    f is drawn between the two numbers of `factor`: 0 makes an image gray, 0.5 leaves it as it is, 1 gives it pure
    colors. One number stands for -factor to factor, as in Keras, where all below 0 is gray too: give a pair such as
    (0.3, 0.7). Input (batch, height, width, 3) in `value_range`; Keras 3.15 cuts saturations to that range instead,
    which for (0, 255) leaves colors beyond it. Raises ConfigError for numbers out of range, ShapeError for other
    channels.

    >>> import numpy as np
    >>> pink = np.array([1.0, 0.5, 0.5]).reshape(1, 1, 3)
    >>> RandomSaturation((0, 0), (0, 1))(pink).ravel(), RandomSaturation((1, 1), (0, 1))(pink).ravel()
    (array([1., 1., 1.]), array([1., 0., 0.]))
    """

    lowest_factor: ClassVar[float] = -1

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Array:
        """What the saturation of each image is multiplied by (n,)."""
        factor = super().draw(shape, random)
        return factor / (1 - factor + epsilon())

    def change(self, hsv: Array, choice: Array) -> Cache:
        strength = choice[:, np.newaxis, np.newaxis]
        hsv[..., 1], cache = ops.clip(hsv[..., 1] * strength, low=0, high=1)
        return strength, cache

    def change_backward(self, dhsv: Array, cache: Cache) -> None:
        strength, clip_cache = cache
        dhsv[..., 1] = strength * ops.clip_backward(dhsv[..., 1], clip_cache)
