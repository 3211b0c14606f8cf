"""NumPy's .npz archives with an array of images and one of labels."""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from vitral.datasets.readers.packed import open_error
from vitral.datasets.readers.result import (
    Images,
    check_count,
    checked_labels,
    checked_pixels,
)
from vitral.errors import DataError
from vitral.typing import Array

_USUAL_NAMES = (
    ("x", "y"),
    ("images", "labels"),
    ("data", "target"),
    ("x_train", "y_train"),
    ("train_images", "train_labels"),
)

# What zipfile and NumPy raise for archives that are damaged, encrypted or promise more than the memory holds.
_DAMAGED = (ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, RuntimeError, MemoryError)


def read_npz(
    path: str | Path,
    *,
    images: str | None = None,
    labels: str | None = None,
    classes: int | None = None,
    max_value: float = 255,
) -> Images:
    """Read an .npz archive; `images` and `labels` name its arrays, by default the usual names are tried.

    Images are (n, height, width) or (n, height, width, channels), labels (n,) or (n, 1). Arrays of Python
    objects are refused. Raises DataError with file, array and index for anything out of range.
    """
    path = Path(path)
    try:
        # Opened here, as np.load forgets to close a file that turns out to be no archive.
        with path.open("rb") as stream:
            archive = np.load(stream, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise DataError(f"{path}: one array only; expected an .npz archive of images and labels")
            with archive:
                image_name, label_name = _names(path, list(archive.files), images, labels)
                x, y = archive[image_name], archive[label_name]
    except DataError:
        raise
    except _DAMAGED as error:
        raise DataError(f"{path}: no readable .npz archive: {error}") from error
    except OSError as error:
        raise open_error(path, error) from error
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    for name, array, axes in ((image_name, x, (3, 4)), (label_name, y, (1,))):
        _check_kind(path, name, array, axes)
    check_count(len(x), len(y), path)

    def locate(sample: int, pixel: int | None) -> str:
        if pixel is None:
            return f"{path}, {label_name}[{sample}]"
        place = ", ".join(str(int(at)) for at in np.unravel_index(pixel, x.shape[1:]))
        return f"{path}, {image_name}[{sample}, {place}]"

    return Images(checked_pixels(x, locate, max_value), checked_labels(y, locate, classes), None)


def _names(path: Path, held: list[str], images: str | None, labels: str | None) -> tuple[str, str]:
    for usual_images, usual_labels in _USUAL_NAMES:
        pair = (images or usual_images, labels or usual_labels)
        if pair[0] in held and pair[1] in held:
            return pair
    wanted = " and ".join(filter(None, (images, labels))) or "x and y"
    raise DataError(f"{path}: no arrays {wanted}; it holds {', '.join(held) or 'none'}")


def _check_kind(path: Path, name: str, array: Array, axes: tuple[int, ...]) -> None:
    if array.dtype.kind not in "uif":
        raise DataError(f"{path}, {name}: values of type {array.dtype}; expected numbers")
    if array.ndim not in axes or 0 in array.shape[1:]:
        wanted = " or ".join(map(str, axes))
        raise DataError(f"{path}, {name}: shape {array.shape}; expected {wanted} axes with something in them")
