"""A folder with one folder of pictures for each class."""

from pathlib import Path
from typing import Literal

import numpy as np

from vitral.datasets.readers.packed import open_error
from vitral.datasets.readers.result import Images
from vitral.errors import DataError, MissingExtraError
from vitral.typing import Array

_SUFFIXES = (".png", ".jpg", ".jpeg")
_NOISE = ("Thumbs.db", "desktop.ini")


def read_folder(
    path: str | Path,
    *,
    image_size: tuple[int, int] | None = None,
    color: Literal["grey", "rgb"] | None = None,
) -> Images:
    """Read PNG and JPEG files from folders that are named after their classes; labels follow the sorted names.

    `image_size`: (height, width) to bring every picture to; without it all must have one size. `color`: "grey"
    gives (n, height, width), "rgb" (n, height, width, 3); by default grey if every picture is. Transparent
    parts become white; pictures are turned upright as their camera noted. Hidden files are skipped; any other
    file that is no picture is an error, as is a class without pictures.

    Raises DataError with the file, MissingExtraError without Pillow.
    """
    try:
        from vitral.datasets.readers.pictures import is_grey, read_picture
    except ImportError:
        raise MissingExtraError("pillow", needed_for="reading pictures") from None
    path = Path(path)
    names, files = _listing(path)
    if color is None:
        color = "grey" if all(is_grey(file) for file, _ in files) else "rgb"
    first = read_picture(files[0][0], color, image_size)
    x = np.empty((len(files), *first.shape), dtype=np.uint8)
    for at, (file, _) in enumerate(files):
        pixels = read_picture(file, color, image_size)
        if pixels.shape != first.shape:
            raise DataError(
                f"{file}: {_size(pixels)} pixels, but {files[0][0].name} has {_size(first)}; "
                "give image_size to bring all to one size"
            )
        x[at] = pixels
    return Images(x, np.array([label for _, label in files], dtype=np.int64), names)


def _listing(path: Path) -> tuple[list[str], list[tuple[Path, int]]]:
    """The class names, and every picture with its label."""
    folders = _visible(path)
    if stray := [entry for entry in folders if not entry.is_dir()]:
        raise DataError(f"{stray[0]}: a file beside the class folders; expected folders only")
    if not folders:
        raise DataError(f"{path}: it holds no images")
    files = []
    for label, folder in enumerate(folders):
        pictures = _visible(folder)
        if not pictures:
            raise DataError(f"{folder}: the class holds no images")
        for picture in pictures:
            if not picture.is_file() or picture.suffix.lower() not in _SUFFIXES:
                raise DataError(f"{picture}: no picture; expected {', '.join(_SUFFIXES)}")
            files.append((picture, label))
    return [folder.name for folder in folders], files


def _visible(folder: Path) -> list[Path]:
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        raise open_error(folder, error) from error
    return [entry for entry in entries if not entry.name.startswith(".") and entry.name not in _NOISE]


def _size(pixels: Array) -> str:
    return f"{pixels.shape[0]} x {pixels.shape[1]}"
