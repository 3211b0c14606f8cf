"""The base of layers that take batches of images, single images, or images with their labels."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from vitral.core.targets import as_float
from vitral.errors import ConfigError
from vitral.layers.arguments import channels_last
from vitral.layers.layer import Layer
from vitral.typing import Array, Config


class ImageLayer(Layer):
    """Base of layers on images (batch, height, width, channels).

    Called by itself, such a layer trains unless told not to, and takes one image without a batch axis as well, or a
    dictionary of "images" and "labels", as Keras' layers do.
    """

    input_rank = 4
    unless_told = True

    def __init__(self, data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        channels_last(data_format, type(self).__name__)

    def forward_pair(self, images: Array, labels: Array | None, training: bool) -> tuple[Array, Array | None]:
        """The images and their labels as `forward` has them."""
        return self.forward(images, training)[0], labels

    def __call__(self, inputs: Any, *more: Any, training: bool | None = None) -> Any:  # type: ignore[override]
        """The new images; for {"images": ..., "labels": ...} a dictionary of both.

        Raises ShapeError if the images do not fit, ConfigError for other keys.
        """
        if isinstance(inputs, Mapping) and not more:
            return self._call_on_pair(inputs, training is not False)
        if isinstance(inputs, (np.ndarray, list)) and np.ndim(inputs) == 3:
            return super().__call__(np.asarray(inputs)[np.newaxis], *more, training=training)[0]
        return super().__call__(inputs, *more, training=training)

    def _call_on_pair(self, pair: Mapping[str, Any], training: bool) -> dict[str, Any]:
        if "images" not in pair or not set(pair) <= {"images", "labels"}:
            raise ConfigError(f'{type(self).__name__} received the keys {sorted(pair)}; expected "images" and "labels"')
        images = as_float(pair["images"])
        if not self.built:
            self.build((None, *images.shape[1:]))
        self.check_batch(images)
        labels = np.asarray(pair["labels"]) if "labels" in pair else None
        images, labels = self.forward_pair(images, labels, training)
        return {"images": images} if labels is None else {"images": images, "labels": labels}

    def get_config(self) -> Config:
        return {**super().get_config(), "data_format": "channels_last"}
