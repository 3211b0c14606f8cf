"""Several augmentations, of which each image of a batch gets one that is drawn for it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from vitral.layers.augmentation.affine_layers import RandomRotation, RandomTranslation
from vitral.layers.augmentation.augmentation import Augmentation
from vitral.layers.augmentation.histogram import AutoContrast, Equalization
from vitral.layers.augmentation.image_layer import ImageLayer
from vitral.layers.augmentation.random_color import RandomBrightness, RandomContrast
from vitral.layers.augmentation.random_gray import RandomColorDegeneration
from vitral.layers.augmentation.random_sharpness import RandomSharpness
from vitral.layers.augmentation.random_shear import RandomShear
from vitral.layers.augmentation.random_tones import RandomPosterization, Solarization
from vitral.typing import Array, Cache, Shape


class Selection(NamedTuple):
    """Which augmentation each image gets (n,), None where the number is that of none; and what each of them does."""

    which: Array
    choices: dict[int, Any]


class Selector:
    """Augmentations of the strength `factor`, the bounds of a number from 0 to 1, to choose from.

    These are a slant, a shift, a turn, posterization, solarization, stretched contrast and a level histogram; with
    `all_ops` also brightness, paler colors, contrast and sharpness.
    """

    def __init__(
        self,
        factor: tuple[float, float],
        value_range: Sequence[float],
        interpolation: str,
        all_ops: bool,
        name: str,
    ) -> None:
        bits = max(1, int(8 * factor[1]))
        # They draw from the stream of the layer that they belong to, so theirs need none of the root's numbers.
        random: dict[str, Any] = {"seed": 0, "name": name}
        moved = {"interpolation": interpolation, **random}
        colored = {"value_range": value_range, **random}
        self.layers: list[ImageLayer] = [
            RandomShear(factor, factor, **moved),
            RandomTranslation(factor, factor, **moved),
            RandomRotation(factor, **moved),
            RandomPosterization(bits, **colored),
            Solarization(factor, factor, **colored),
            AutoContrast(value_range, name=name),
            Equalization(value_range, name=name),
        ]
        if all_ops:
            kinds: list[Any] = [RandomBrightness, RandomColorDegeneration, RandomContrast, RandomSharpness]
            self.layers += [kind(factor, **colored) for kind in kinds]

    def build(self, input_shape: Shape) -> None:
        """Raise ShapeError for images that an augmentation does not take."""
        for layer in self.layers:
            layer.build(input_shape)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator, or_none: bool = False) -> Selection:
        """One augmentation for each image, or perhaps none."""
        which = random.integers(len(self.layers) + or_none, size=shape[0])
        choices = {}
        for number, layer in enumerate(self.layers):
            images = int(np.count_nonzero(which == number))
            if images and isinstance(layer, Augmentation):
                choices[number] = layer.draw((images, *shape[1:]), random)
        return Selection(which, choices)

    def transform(self, x: Array, selection: Selection) -> tuple[Array, Cache]:
        """Every image changed as was drawn for it."""
        y, caches = x.copy(), []
        for number, layer in enumerate(self.layers):
            chosen = selection.which == number
            if not chosen.any():
                continue
            if isinstance(layer, Augmentation):
                y[chosen], cache = layer.transform(x[chosen], selection.choices[number])
            else:
                y[chosen], cache = layer.forward(x[chosen], training=True)
            caches.append((layer, chosen, cache))
        return y, caches

    def transform_backward(self, dy: Array, caches: Cache) -> Array:
        """The gradient of the images that were given to `transform`."""
        dx = dy.copy()
        for layer, chosen, cache in caches:
            dx[chosen] = layer.backward(dy[chosen], cache)
        return dx
