"""Any picture as an image like those that a network was trained on."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from vitral.errors import DataError, MissingExtraError
from vitral.lab.record import Preparation
from vitral.typing import Array

if TYPE_CHECKING:
    from PIL.Image import Image

Polarity = Literal["auto", "keep", "invert"]

_PAPER = 127
"""A border brighter than this may be paper."""


def read_picture(path: Path, preparation: Preparation, *, polarity: Polarity = "auto") -> Array:
    """The picture as (h, w, c) uint8, as bright as pictures are, 0 to 255.

    Grey or color as the network wants it; transparent parts become white; the camera's rotation is applied.
    A picture of the right size is taken as it is. Otherwise, keeping its proportions:

    - where the training images are bright on dark (MNIST), what is bright is cut out, scaled to the size that it has
      there (20 of 28 pixels; all 8 of scikit-learn's digits) and its center of mass is put in the middle, as MNIST was
      made;
    - else the largest middle part of the right proportions is scaled.

    "auto" inverts a grey picture whose border is bright and brighter than its inside, if the training images are
    bright on dark. Raises DataError if it is no picture, MissingExtraError without Pillow.
    """
    height, width, channels = preparation.image_shape
    image = _open(path).convert("RGB" if channels == 3 else "L")
    strokes = channels == 1 and preparation.bright_on_dark
    if polarity == "invert" or (polarity == "auto" and strokes and is_dark_on_bright(np.asarray(image))):
        image = image.point([255 - value for value in range(256)] * len(image.getbands()))
    if image.size != (width, height):
        content = (preparation.content_size[0], preparation.content_size[1])
        image = _centered(image, (height, width), content) if strokes else _cropped(image, (height, width))
    return np.asarray(image, np.uint8).reshape(height, width, channels)


def is_dark_on_bright(pixels: Array) -> bool:
    """Whether the border of a grey picture (h, w) is bright, and brighter than what it encloses.

    >>> paper = np.full((8, 8), 250, np.uint8); paper[3:5, 3:5] = 10
    >>> is_dark_on_bright(paper), is_dark_on_bright(255 - paper)
    (True, False)
    """
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    inside = pixels[1:-1, 1:-1]
    return bool(inside.size and np.median(border) > _PAPER and border.mean() > inside.mean())


def _open(path: Path) -> "Image":
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError as error:
        raise MissingExtraError("pillow", needed_for="reading a picture") from error
    try:
        with Image.open(path) as opened:
            image = ImageOps.exif_transpose(opened)
            if image.mode.startswith("I;16"):
                image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
            if image.has_transparency_data:
                image = image.convert("RGBA")
                paper = Image.new("RGBA", image.size, "white")
                image = Image.alpha_composite(paper, image)
            image.load()
            return image
    except UnidentifiedImageError as error:
        raise DataError(f"{path}: not a picture that can be read (PNG, JPEG ...)") from error
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _cropped(image: "Image", size: tuple[int, int]) -> "Image":
    """The middle of the picture, in the proportions of `size` (height, width), scaled to it."""
    from PIL import Image, ImageOps

    return ImageOps.fit(image, (size[1], size[0]), Image.Resampling.LANCZOS)


def _centered(image: "Image", size: tuple[int, int], content: tuple[int, int]) -> "Image":
    """Bright strokes scaled to fit `content` and put with their center of mass into the middle of `size`."""
    from PIL import Image

    pixels = np.asarray(image)
    # Scans have grain: what is darker than a fifth of the brightest stroke is ground.
    ground = pixels < pixels.max(initial=0) * 0.2
    image = Image.fromarray(np.where(ground, 0, pixels).astype(np.uint8))
    box = image.getbbox()
    if box is None:
        return Image.new("L", (size[1], size[0]))
    strokes = image.crop(box)
    factor = min(content[0] / strokes.height, content[1] / strokes.width)
    scaled = (max(1, round(strokes.width * factor)), max(1, round(strokes.height * factor)))
    strokes = strokes.resize(scaled, Image.Resampling.LANCZOS)
    weights = np.asarray(strokes, np.float64)
    rows, columns = np.indices(weights.shape)
    total = weights.sum() or 1.0
    top = round((size[0] - 1) / 2 - (weights * rows).sum() / total)
    left = round((size[1] - 1) / 2 - (weights * columns).sum() / total)
    top = int(np.clip(top, 0, size[0] - strokes.height))
    left = int(np.clip(left, 0, size[1] - strokes.width))
    canvas = Image.new("L", (size[1], size[0]))
    canvas.paste(strokes, (left, top))
    return canvas
