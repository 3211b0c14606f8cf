"""The largest part of an image that has the shape of the result, and then its size."""

from vitral import ops
from vitral.ops.geometry import Pair
from vitral.typing import Array, Cache


def centered_cropping(image: Pair, window: Pair) -> tuple[Pair, Pair]:
    """What is cut off each side so that a window in the middle is left; an odd pixel more at the bottom or right."""
    (top, bottom), (left, right) = (
        ((outer - inner) // 2, (outer - inner + 1) // 2) for outer, inner in zip(image, window, strict=True)
    )
    return (top, bottom), (left, right)


def largest_window(image: Pair, size: Pair) -> Pair:
    """Height and width of the largest part of an image with the aspect ratio of `size`.

    >>> largest_window((20, 30), (8, 8))
    (20, 20)
    """
    height, width = image
    return max(min(height, width * size[0] // size[1]), 1), max(min(width, height * size[1] // size[0]), 1)


def resize_window(
    x: Array, size: Pair, interpolation: str = "bilinear", antialias: bool = False
) -> tuple[Array, Cache]:
    """The largest centered part of the images with the aspect ratio of `size`, brought to that size."""
    image = x.shape[1], x.shape[2]
    part, crop_cache = ops.crop2d(x, cropping=centered_cropping(image, largest_window(image, size)))
    y, resize_cache = ops.resize2d(part, size=size, interpolation=interpolation, antialias=antialias)
    return y, (crop_cache, resize_cache)


def resize_window_backward(dy: Array, cache: Cache) -> Array:
    """The gradient of the whole images."""
    crop_cache, resize_cache = cache
    return ops.crop2d_backward(ops.resize2d_backward(dy, resize_cache), crop_cache)
