"""Boxes of images erased at random, also known as cutout."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from vitral.errors import ConfigError, ShapeError
from vitral.layers.arguments import bounds, value_limits
from vitral.layers.augmentation.augmentation import Augmentation
from vitral.layers.augmentation.boxes import inside_boxes, random_spans
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape


class Erased(NamedTuple):
    """Pixels to erase (n, height, width), and what is put there: one row of channels for each, or for all of them."""

    mask: Array
    values: Array


@registry.register()
class RandomErasing(Augmentation):
    """While training, a box of each image is replaced by noise or by `fill_value` (Zhong et al., AAAI 2020).

    `factor`, from 0 to 1, is the probability: one number f stands for one drawn from 0 to f for each image, as in
    Keras, so give (1, 1) to erase always. Height and width of the box are the square roots of shares of the image,
    each drawn from `scale`, from 0 to 1. Without `fill_value`, one number or one for each channel, the box is filled
    with normal noise times the upper end of `value_range`, cut to that range.

    Raises ConfigError for numbers out of range, and for a `fill_value` outside `value_range`; ShapeError if it has not
    one number for each channel.

    >>> image = np.ones((1, 4, 4, 1))
    >>> RandomErasing((1, 1), scale=(0.25, 0.25), fill_value=0, seed=1)(image)[0, :, :, 0]
    array([[1., 1., 1., 1.],
           [1., 1., 1., 1.],
           [1., 1., 0., 0.],
           [1., 1., 0., 0.]])
    """

    def __init__(
        self,
        factor: float | Sequence[float] = 1.0,
        scale: float | Sequence[float] = (0.02, 0.33),
        fill_value: float | Sequence[float] | None = None,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, data_format, **options)
        self.factor = bounds(factor, "factor", "RandomErasing", 0, 1)
        self.scale = bounds(scale, "scale", "RandomErasing", 0, 1)
        self.value_range = value_limits(value_range, "RandomErasing")
        low, high = self.value_range
        if fill_value is not None and not all(low <= value <= high for value in np.ravel(fill_value)):
            raise ConfigError(
                f"RandomErasing: fill_value is {fill_value!r}; expected numbers in value_range, {self.value_range}"
            )
        self.fill_value = fill_value

    def build(self, input_shape: Shape) -> None:
        colors = 1 if self.fill_value is None else len(np.ravel(self.fill_value))
        if colors not in (1, input_shape[-1]):
            raise ShapeError(
                f'layer "{self.name}" (RandomErasing) received {input_shape[-1]} channels; '
                f"its fill_value has {colors} numbers"
            )

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Erased:
        count, height, width, channels = shape
        across, down = np.sqrt(random.uniform(*self.scale, (2, count)))
        columns = random_spans(random, width, across)
        rows = random_spans(random, height, down)
        erases = random.random(count) < random.uniform(*self.factor, count)
        mask = inside_boxes(shape, rows, columns) & erases[:, np.newaxis, np.newaxis]
        if self.fill_value is not None:
            return Erased(mask, np.asarray(self.fill_value))
        noise = random.standard_normal((np.count_nonzero(mask), channels)) * self.value_range[1]
        return Erased(mask, np.clip(noise, *self.value_range))

    def transform(self, x: Array, choice: Erased) -> tuple[Array, Cache]:
        y = x.copy()
        y[choice.mask] = choice.values
        return y, choice.mask

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        """Pixels that were erased get no gradient."""
        dx = dy.copy()
        dx[cache] = 0
        return dx

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "factor": self.factor,
            "scale": self.scale,
            "fill_value": self.fill_value,
            "value_range": self.value_range,
        }
