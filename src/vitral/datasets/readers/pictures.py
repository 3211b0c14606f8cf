"""PNG and JPEG files as arrays, through Pillow; import this module only when it is needed."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from vitral.errors import DataError
from vitral.typing import Array

Color: TypeAlias = Literal["grey", "rgb"]

_GREY_MODES = ("1", "L", "LA")
_DEEP_MODES = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")


def is_grey(path: Path) -> bool:
    """Whether a picture file holds one channel, not counting transparency."""
    with _opened(path) as picture:
        return picture.mode in _GREY_MODES


def read_picture(path: Path, color: Color, size: tuple[int, int] | None = None) -> Array:
    """A picture as uint8 (height, width), or (height, width, 3) for "rgb", brought to `size` (height, width).

    Transparent parts become white; the picture is turned upright as its camera noted. Raises DataError with
    the file if it is damaged, no PNG or JPEG, or has more than 8 bits a channel.
    """
    with _opened(path) as picture:
        upright = ImageOps.exif_transpose(picture)
        if upright.has_transparency_data:
            layer = upright.convert("RGBA")
            white = Image.new("RGBA", layer.size, "white")
            upright = Image.alpha_composite(white, layer)
        plain = upright.convert("L" if color == "grey" else "RGB")
        if size is not None and plain.size != size[::-1]:
            plain = plain.resize(size[::-1], Image.Resampling.LANCZOS)
        return np.array(plain, dtype=np.uint8)


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """An open picture; whatever a damaged or hostile file makes Pillow raise becomes a DataError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=["PNG", "JPEG"]) as picture:
                if picture.mode in _DEEP_MODES:
                    raise DataError(f"{path}: more than 8 bits a pixel ({picture.mode}); expected 8")
                yield picture
    except DataError:
        raise
    except UnidentifiedImageError as error:
        raise DataError(f"{path}: no PNG or JPEG picture") from error
    # Pillow's decoders raise SyntaxError, struct.error and others for files that were tampered with.
    except Exception as error:
        raise DataError(f"{path}: it cannot be read as a picture: {error}") from error
