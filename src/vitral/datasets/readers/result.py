"""What every reader gives, and the checks that all of them make."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np

from vitral.errors import DataError
from vitral.typing import Array

# Without a stated number of classes a label above this is taken for a misplaced pixel or a serial number.
_MOST_CLASSES = 10_000
_LONGEST_QUOTE = 40

Locate: TypeAlias = Callable[[int, int | None], str]
"""Names the place of sample i's label (None) or of its pixel j: file and row, or file and byte offset."""


class Images(NamedTuple):
    """Images (n, height, width) or (n, height, width, channels), labels (n,) as int64, and class names if known."""

    x: Array
    y: Array
    class_names: list[str] | None


def quoted(text: str) -> str:
    """A piece of a user's file for a message: escaped, and cut if long."""
    return ascii(text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "...")


def checked_labels(values: Array, locate: Locate, classes: int | None) -> Array:
    """The labels as int64; DataError names the first that is not a whole number from 0 to classes - 1."""
    most = _MOST_CLASSES if classes is None else classes
    good = (values >= 0) & (values < most) & (values == np.floor(values))
    if not good.all():
        at = int(np.argmin(good))
        raise DataError(f"{locate(at, None)}: label {_plain(values[at])}; expected a whole number from 0 to {most - 1}")
    return values.astype(np.int64)


def checked_pixels(values: Array, locate: Locate, max_value: float) -> Array:
    """Pixels as uint8 if all are whole and fit, else float32; DataError names the first outside 0 to max_value."""
    if values.dtype == np.uint8 and max_value >= np.iinfo(np.uint8).max:
        return values
    good = (values >= 0) & (values <= max_value)
    if not good.all():
        at = int(np.argmin(good))
        sample, pixel = divmod(at, values[0].size)
        value = values.reshape(-1)[at]
        raise DataError(f"{locate(sample, pixel)}: pixel {_plain(value)}; expected 0 to {max_value:g}")
    whole = max_value <= np.iinfo(np.uint8).max and bool((values == np.floor(values)).all())
    return values.astype(np.uint8 if whole else np.float32)


def check_count(count: int, labels: int, path: Path) -> None:
    """Raise DataError unless there are images and as many labels."""
    if count == 0:
        raise DataError(f"{path}: it holds no images")
    if count != labels:
        raise DataError(f"{path}: {count} images but {labels} labels")


def image_shape(pixels: int, shape: tuple[int, ...] | None, path: Path) -> tuple[int, ...]:
    """The shape of an image with that many values: as given, or a square of grey pixels."""
    if shape is None:
        side = int(np.sqrt(pixels) + 0.5)
        if pixels == 0 or side * side != pixels:
            raise DataError(f"{path}: {pixels} pixels an image are no square; give their shape")
        return side, side
    if int(np.prod(shape)) != pixels:
        raise DataError(f"{path}: {pixels} pixels an image; expected {int(np.prod(shape))} for the shape {shape}")
    return shape


def _plain(value: object) -> str:
    return f"{float(value):g}"  # type: ignore[arg-type]
