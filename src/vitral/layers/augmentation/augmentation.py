"""The base of layers that change images at random while training."""

from typing import Any

import numpy as np

from vitral.layers.augmentation.image_layer import ImageLayer
from vitral.typing import Array, Cache, Config, Shape


class Augmentation(ImageLayer):
    """Base of layers that change every image of a batch in a way drawn at random, and nothing outside training.

    A subclass writes `draw`, which chooses what is done to a batch, `transform`, which does it, and
    `transform_backward`.
    """

    def __init__(self, seed: int | None = None, data_format: str | None = None, **options: Any) -> None:
        super().__init__(data_format, **options)
        self.seed = seed
        self.seed_generator = self.add_seed_generator(seed)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Any:
        """What is done to a batch of this shape."""
        raise NotImplementedError(f"{type(self).__name__} has no draw")

    def transform(self, x: Array, choice: Any) -> tuple[Array, Cache]:
        """The images, changed as `draw` chose, and what `transform_backward` will need."""
        raise NotImplementedError(f"{type(self).__name__} has no transform")

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        """The gradient of the images that were given to `transform`."""
        raise NotImplementedError(f"{type(self).__name__} has no transform_backward")

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        if not training:
            return x, None
        return self.transform(x, self.draw(x.shape, self.seed_generator.next()))

    def backward(self, dy: Array, cache: Cache) -> Array:
        return dy if cache is None else self.transform_backward(dy, cache)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> Config:
        return {**super().get_config(), "seed": self.seed}
