"""The idx format of MNIST: a magic number, the lengths of the axes, the values."""

import math
import struct
from pathlib import Path
from typing import IO

import numpy as np

from vitral.datasets.readers.packed import opened
from vitral.datasets.readers.result import (
    Images,
    check_count,
    checked_labels,
    checked_pixels,
)
from vitral.errors import DataError
from vitral.typing import Array

_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_CHUNK = 1 << 24


def read_idx(
    path: str | Path,
    *,
    labels: str | Path | None = None,
    classes: int | None = None,
    max_value: float = 255,
) -> Images:
    """Read an idx file of images, .gz or not, and the idx file of their labels.

    `labels` is found by itself if the two are named as MNIST's are: images-idx3 and labels-idx1.
    Raises DataError with file and byte offset for a wrong magic number, a file that is too short or too long,
    a label or pixel out of range, no images, or as many labels as images not being there.
    """
    path = Path(path)
    labels = _labels_beside(path) if labels is None else Path(labels)
    x = read_idx_array(path, axes=(3, 4))
    y = read_idx_array(labels, axes=(1,))
    check_count(len(x), len(y), path)

    def locate_pixel(image: int, pixel: int | None) -> str:
        values = image * x[0].size + (pixel or 0)
        return f"{path}, byte {4 + 4 * x.ndim + values * x.itemsize}"

    def locate_label(image: int, _: int | None) -> str:
        return f"{labels}, byte {8 + image * y.itemsize}"

    return Images(checked_pixels(x, locate_pixel, max_value), checked_labels(y, locate_label, classes), None)


def read_idx_array(path: Path, *, axes: tuple[int, ...]) -> Array:
    """The array in an idx file, which must have one of the numbers of `axes`, in native byte order."""
    with opened(path) as stream:
        return _array(stream, path, axes)


def _array(stream: IO[bytes], path: Path, axes: tuple[int, ...]) -> Array:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _TYPES or magic[3] not in axes:
        expected = " or ".join(f"00 00 08 0{count}" for count in axes)
        raise DataError(f"{path}, byte 0: magic number {magic.hex(' ') or 'missing'}; expected {expected}")
    lengths = stream.read(4 * magic[3])
    if len(lengths) < 4 * magic[3]:
        raise DataError(f"{path}, byte {4 + len(lengths)}: the file ends inside its header")
    shape = struct.unpack(f">{magic[3]}I", lengths)
    dtype = np.dtype(_TYPES[magic[2]])
    expected_bytes = math.prod(shape) * dtype.itemsize
    start = 4 + len(lengths)
    content = _read_up_to(stream, expected_bytes + 1)
    if len(content) != expected_bytes:
        found = "goes on" if len(content) > expected_bytes else "ends"
        raise DataError(
            f"{path}, byte {start + min(len(content), expected_bytes)}: the file {found} here; "
            f"its header promises {' x '.join(map(str, shape))} values, {start + expected_bytes} bytes in all"
        )
    return np.frombuffer(content, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _read_up_to(stream: IO[bytes], count: int) -> bytearray:
    """Up to `count` bytes, piece by piece: a header may promise more than the memory holds."""
    content = bytearray()
    while len(content) < count and (chunk := stream.read(min(_CHUNK, count - len(content)))):
        content += chunk
    return content


def _labels_beside(path: Path) -> Path:
    name = path.name.replace("images", "labels").replace("idx3", "idx1")
    if name != path.name:
        plain = name.removesuffix(".gz")
        for candidate in (name, plain, f"{plain}.gz"):
            if path.with_name(candidate).is_file():
                return path.with_name(candidate)
    raise DataError(f"{path}: no file of labels beside it; name it with labels=")
