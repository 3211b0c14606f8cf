"""Images brought to one size, in training and outside it alike."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from vitral import ops
from vitral.errors import ConfigError
from vitral.layers.arguments import positive
from vitral.layers.augmentation.image_layer import ImageLayer
from vitral.layers.augmentation.largest_window import centered_cropping, resize_window, resize_window_backward
from vitral.layers.layer import registry
from vitral.ops.geometry import Pair
from vitral.typing import Array, Cache, Config, Shape

_INTERPOLATIONS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")
_NOTHING = ((0, 0), (0, 0))


class SizedLayer(ImageLayer):
    """Base of layers whose images have one size, `height` x `width`."""

    def __init__(self, height: int, width: int, data_format: str | None = None, **options: Any) -> None:
        super().__init__(data_format, **options)
        self.height = positive(height, "height", type(self).__name__)
        self.width = positive(width, "width", type(self).__name__)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], self.height, self.width, input_shape[3])

    def get_config(self) -> Config:
        return {**super().get_config(), "height": self.height, "width": self.width}


@registry.register()
class CenterCrop(SizedLayer):
    """The height x width pixels in the middle, with an odd one more cut off at the bottom and at the right.

    Of an image that is smaller than that, the largest part in the middle with this aspect ratio is brought to this
    size.

    >>> CenterCrop(2, 2)(np.arange(12.0).reshape(3, 4, 1))[:, :, 0]
    array([[1., 2.],
           [5., 6.]])
    """

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        image = x.shape[1], x.shape[2]
        if image[0] < self.height or image[1] < self.width:
            y, cache = resize_window(x, (self.height, self.width))
            return y, (True, cache)
        y, cache = ops.crop2d(x, cropping=centered_cropping(image, (self.height, self.width)))
        return y, (False, cache)

    def backward(self, dy: Array, cache: Cache) -> Array:
        resized, inner = cache
        return resize_window_backward(dy, inner) if resized else ops.crop2d_backward(dy, inner)


@registry.register()
class Resizing(SizedLayer):
    """Images of another size; see `ops.resize2d` for the interpolations and `antialias`.

    Sides are stretched as they must; with `crop_to_aspect_ratio` the largest part in the middle that has the right
    aspect ratio is used instead, with `pad_to_aspect_ratio` the whole image with borders of `fill_value`. Called by
    itself on whole numbers, the layer gives whole numbers of the same type, rounded.

    Raises ConfigError for another interpolation or fill_mode than "constant", and for both ways at once.

    >>> Resizing(1, 2)(np.array([[0, 10, 20, 31]], np.uint8).reshape(1, 4, 1)).ravel()
    array([ 5, 26], dtype=uint8)
    """

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(height, width, data_format, **options)
        if interpolation not in _INTERPOLATIONS:
            expected = ", ".join(_INTERPOLATIONS)
            raise ConfigError(f"Resizing: interpolation is {interpolation!r}; expected one of {expected}")
        if fill_mode != "constant":
            raise ConfigError(f"Resizing: fill_mode is {fill_mode!r}; expected 'constant'")
        if crop_to_aspect_ratio and pad_to_aspect_ratio:
            raise ConfigError("Resizing: crop_to_aspect_ratio and pad_to_aspect_ratio are both True; expected one")
        self.interpolation = interpolation
        self.crop_to_aspect_ratio = crop_to_aspect_ratio
        self.pad_to_aspect_ratio = pad_to_aspect_ratio
        self.fill_value = fill_value
        self.antialias = antialias

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        size = self.height, self.width
        if self.crop_to_aspect_ratio:
            return resize_window(x, size, self.interpolation, self.antialias)
        padding, pad_cache = self.padding((x.shape[1], x.shape[2])), None
        if padding != _NOTHING:
            x, pad_cache = ops.pad2d(x, padding=padding, value=self.fill_value)
        y, cache = ops.resize2d(x, size=size, interpolation=self.interpolation, antialias=self.antialias)
        return y, (pad_cache, cache)

    def padding(self, image: Pair) -> tuple[Pair, Pair]:
        """Rows and columns to add on each side of an image of this size."""
        return _borders(image, (self.height, self.width)) if self.pad_to_aspect_ratio else _NOTHING

    def backward(self, dy: Array, cache: Cache) -> Array:
        if self.crop_to_aspect_ratio:
            return resize_window_backward(dy, cache)
        pad_cache, resize_cache = cache
        dx = ops.resize2d_backward(dy, resize_cache)
        return dx if pad_cache is None else ops.pad2d_backward(dx, pad_cache)

    def __call__(self, inputs: Any, *more: Any, training: bool | None = None) -> Any:  # type: ignore[override]
        result = super().__call__(inputs, *more, training=training)
        if isinstance(inputs, Mapping):
            return {**result, "images": _of_type(result["images"], inputs["images"])}
        return _of_type(result, inputs) if isinstance(inputs, (np.ndarray, list)) else result

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "interpolation": self.interpolation,
            "crop_to_aspect_ratio": self.crop_to_aspect_ratio,
            "pad_to_aspect_ratio": self.pad_to_aspect_ratio,
            "fill_mode": "constant",
            "fill_value": self.fill_value,
            "antialias": self.antialias,
        }


def _borders(image: Pair, size: Pair) -> tuple[Pair, Pair]:
    """Rows and columns to add on each side, as many on both, so that an image has the aspect ratio of `size`."""
    height, width = image
    rows = (max(height, width * size[0] // size[1]) - height) // 2
    columns = (max(width, height * size[1] // size[0]) - width) // 2
    return (rows, rows), (columns, columns)


def _of_type(images: Array, given: Any) -> Array:
    """The images as whole numbers, if they were given as such."""
    dtype = np.asarray(given).dtype
    if dtype.kind not in "iu":
        return images
    limits = np.iinfo(dtype)
    return np.clip(np.rint(images), limits.min, limits.max).astype(dtype)
