"""Picture files as Pillow's pictures, and those as arrays, in Keras' way."""

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vitral.config import floatx
from vitral.errors import ConfigError, DataError, MissingExtraError, ShapeError
from vitral.typing import Array

if TYPE_CHECKING:
    from PIL.Image import Image

_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
_GREY = ("L", "I;16", "I")
_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")
_LARGEST_BYTE = 255


def load_img(
    path: str | Path | io.BytesIO,
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> "Image":
    """The picture in a file, as one of Pillow's.

    `color_mode` is "grayscale", which leaves more than 8 bits as they are, "rgb" or "rgba". `target_size` is (height,
    width), reached by Pillow's `interpolation`: nearest, bilinear, bicubic, hamming, box or lanczos; with
    `keep_aspect_ratio`, what sticks out on both sides is cut off before.

    Raises DataError with the file if it is no picture or damaged, ConfigError for other values, MissingExtraError
    without Pillow.
    """
    if color_mode not in _MODES:
        raise ConfigError(f"load_img: color_mode is {color_mode!r}; expected 'grayscale', 'rgb' or 'rgba'")
    if interpolation not in _INTERPOLATIONS:
        raise ConfigError(f"load_img: interpolation is {interpolation!r}; expected one of {', '.join(_INTERPOLATIONS)}")
    picture = read_picture(path)
    if picture.mode != _MODES[color_mode] and not (color_mode == "grayscale" and picture.mode in _GREY):
        picture = picture.convert(_MODES[color_mode])
    if target_size is None or picture.size == (target_size[1], target_size[0]):
        return picture
    height, width = target_size
    box = None
    if keep_aspect_ratio:
        have_width, have_height = picture.size
        cut_width = min(have_width, have_height * width // height)
        cut_height = min(have_height, have_width * height // width)
        left, top = (have_width - cut_width) // 2, (have_height - cut_height) // 2
        box = (left, top, left + cut_width, top + cut_height)
    return picture.resize((width, height), getattr(_pillow("load_img").Resampling, interpolation.upper()), box=box)


def read_picture(path: str | Path | io.BytesIO) -> "Image":
    """The picture in a file, read to its end; raises DataError if it is none, or damaged."""
    pillow = _pillow("reading pictures")
    if not isinstance(path, (str, Path, io.BytesIO)):
        raise ConfigError(f"path is a {type(path).__name__}; expected a file name or io.BytesIO")
    name = "the picture in memory" if isinstance(path, io.BytesIO) else str(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pillow.DecompressionBombWarning)
            picture: Image = pillow.open(path)
            picture.load()
    except FileNotFoundError:
        raise DataError(f"{name}: there is no such file") from None
    # Pillow's decoders raise SyntaxError, struct.error and others for files that were tampered with.
    except Exception as error:
        raise DataError(f"{name}: it cannot be read as a picture: {error}") from error
    return picture


def img_to_array(img: Any, data_format: str | None = None, dtype: str | None = None) -> Array:
    """A picture as floats of 0 to 255: (height, width, channels), or channels first if `data_format` says so.

    >>> img_to_array(np.zeros((2, 3), np.uint8)).shape
    (2, 3, 1)
    """
    x = np.asarray(img, dtype=dtype or floatx())
    if x.ndim not in (2, 3):
        raise ShapeError(f"img_to_array received a picture of shape {x.shape}; expected 2 or 3 axes")
    x = x if x.ndim == 3 else x[..., np.newaxis]
    return x.transpose(2, 0, 1) if _channels_first(data_format) else x


def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: str | None = None) -> "Image":
    """A picture, as one of Pillow's, from an array of 1, 3 or 4 channels.

    `scale` stretches the values so that the lowest is 0 and the highest 255; without it they must be pixels already.
    Raises ShapeError for another number of axes or channels, MissingExtraError without Pillow.
    """
    pillow = _pillow("array_to_img")
    x = np.asarray(x, dtype=dtype or floatx())
    if x.ndim != 3:
        raise ShapeError(f"array_to_img received an array of shape {x.shape}; expected 3 axes, one picture")
    if _channels_first(data_format):
        x = x.transpose(1, 2, 0)
    if x.shape[2] not in (1, 3, 4):
        raise ShapeError(f"array_to_img received {x.shape[2]} channels; expected 1, 3 or 4")
    if scale:
        x = x - x.min()
        x = x / (x.max() or 1) * _LARGEST_BYTE
    if x.shape[2] == 1:
        deep = x.max() > _LARGEST_BYTE
        picture: Image = pillow.fromarray(x[..., 0].astype(np.int32 if deep else np.uint8))
    else:
        picture = pillow.fromarray(x.astype(np.uint8))
    return picture


def save_img(
    path: Any,
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **options: Any,
) -> None:
    """Write an array as a picture, in the format that `file_format` or the ending of the name says.

    `options` go to Pillow's `save`. JPEG has no transparency: a fourth channel is left out, with a warning.
    """
    if file_format is None and isinstance(path, (str, Path)):
        file_format = Path(path).suffix[1:]
    if file_format is None:
        raise ConfigError("save_img: file_format is None; expected one such as 'png', since there is no file name")
    file_format = "jpeg" if file_format.lower() == "jpg" else file_format.lower()
    picture = array_to_img(x, data_format, scale)
    if picture.mode == "RGBA" and file_format == "jpeg":
        warnings.warn("The JPEG format does not support RGBA images, converting to RGB.", stacklevel=2)
        picture = picture.convert("RGB")
    picture.save(path, format=file_format, **options)


def _channels_first(data_format: str | None) -> bool:
    if data_format not in (None, "channels_last", "channels_first"):
        raise ConfigError(f"data_format is {data_format!r}; expected 'channels_last' or 'channels_first'")
    return data_format == "channels_first"


def _pillow(needed_for: str) -> Any:
    try:
        from PIL import Image
    except ImportError:
        raise MissingExtraError("pillow", needed_for=needed_for) from None
    return Image
