"""The base of layers that change images at random while training."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from vitral.config import floatx
from vitral.errors import ConfigError
from vitral.layers.arguments import channels_last
from vitral.layers.elementwise import Elementwise
from vitral.typing import Array, Cache, Config


class Augmentation(Elementwise):
    """Base of layers that change every image of a batch in a way drawn at random, and nothing outside training.

    A subclass writes `draw`, which chooses what is done to a batch, `transform`, which does it, and
    `transform_backward`. Images are (batch, height, width, channels) of any range unless the layer says otherwise.

    Called by itself, such a layer trains unless told not to, and takes one image without a batch axis as well, or a
    dictionary of "images" and "labels", as Keras' layers do.
    """

    input_rank = 4

    def __init__(self, seed: int | None = None, data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        channels_last(data_format, type(self).__name__)
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

    def transform_labels(self, labels: Array, choice: Any) -> Array:
        """The labels of the changed images; as they were unless the layer mixes images."""
        return labels

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        if not training:
            return x, None
        return self.transform(x, self.draw(x.shape, self.seed_generator.next()))

    def backward(self, dy: Array, cache: Cache) -> Array:
        return dy if cache is None else self.transform_backward(dy, cache)

    def __call__(self, x: Any, training: bool = True) -> Any:
        """The changed images; for {"images": ..., "labels": ...} a dictionary of both, changed together.

        Raises ShapeError if the images do not fit, ConfigError for other keys.
        """
        if isinstance(x, Mapping):
            return self._call_on_pair(x, training)
        if isinstance(x, (np.ndarray, list, tuple)) and np.ndim(x) == 3:
            return super().__call__(np.asarray(x)[np.newaxis], training)[0]
        return super().__call__(x, training)

    def _call_on_pair(self, pair: Mapping[str, Any], training: bool) -> dict[str, Any]:
        if "images" not in pair or not set(pair) <= {"images", "labels"}:
            raise ConfigError(f'{type(self).__name__} received the keys {sorted(pair)}; expected "images" and "labels"')
        images = np.asarray(pair["images"])
        images = images.astype(images.dtype if images.dtype.kind == "f" else floatx(), copy=False)
        if not self.built:
            self.build((None, *images.shape[1:]))
        self.check_batch(images)
        if not training:
            return {**pair, "images": self.forward(images)[0]}
        choice = self.draw(images.shape, self.seed_generator.next())
        result = {"images": self.transform(images, choice)[0]}
        if "labels" in pair:
            result["labels"] = self.transform_labels(np.asarray(pair["labels"]), choice)
        return result

    def get_config(self) -> Config:
        return {**super().get_config(), "seed": self.seed, "data_format": "channels_last"}
