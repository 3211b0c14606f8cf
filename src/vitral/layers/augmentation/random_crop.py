"""A part of the images cut out at random."""

from typing import Any

import numpy as np

from vitral import ops
from vitral.layers.arguments import positive
from vitral.layers.augmentation.augmentation import Augmentation
from vitral.layers.augmentation.largest_window import resize_window, resize_window_backward
from vitral.layers.layer import registry
from vitral.ops.geometry import Pair
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class RandomCrop(Augmentation):
    """While training, height x width pixels are cut out, at one place for all images of a batch, as in Keras.

    Outside training, and where an image is smaller than that, the largest part in the middle that has this aspect
    ratio is brought to this size. (Keras 3.15 says so too, but leaves the images as they are outside training.)
    For another place in each image, shift them with RandomTranslation.

    >>> image = np.arange(9.0).reshape(1, 3, 3, 1)
    >>> RandomCrop(2, 2, seed=1)(image)[0, :, :, 0]
    array([[3., 4.],
           [6., 7.]])
    """

    def __init__(
        self, height: int, width: int, seed: int | None = None, data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(seed, data_format, **options)
        self.height = positive(height, "height", "RandomCrop")
        self.width = positive(width, "width", "RandomCrop")

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Pair | None:
        """The first row and column that are kept; None where the images are too small."""
        rows, columns = shape[1] - self.height, shape[2] - self.width
        if rows < 0 or columns < 0:
            return None
        return int(random.integers(rows, endpoint=True)), int(random.integers(columns, endpoint=True))

    def transform(self, x: Array, choice: Pair | None) -> tuple[Array, Cache]:
        if choice is None:
            y, cache = resize_window(x, (self.height, self.width))
            return y, (True, cache)
        top, left = choice
        bottom, right = x.shape[1] - self.height - top, x.shape[2] - self.width - left
        y, cache = ops.crop2d(x, cropping=((top, bottom), (left, right)))
        return y, (False, cache)

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        resized, inner = cache
        return resize_window_backward(dy, inner) if resized else ops.crop2d_backward(dy, inner)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return super().forward(x, training) if training else self.transform(x, None)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], self.height, self.width, input_shape[3])

    def get_config(self) -> Config:
        return {**super().get_config(), "height": self.height, "width": self.width}
