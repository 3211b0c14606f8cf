"""CIFAR-10's two versions: binary records, and Python's pickled batches."""

from pathlib import Path

import numpy as np

from vitral.datasets.encode import CIFAR_IMAGE, CIFAR_PIXELS, CIFAR_RECORD
from vitral.datasets.readers.packed import open_error
from vitral.datasets.readers.pickles import load_arrays
from vitral.datasets.readers.result import Images, check_count, checked_labels
from vitral.errors import DataError
from vitral.typing import Array

_CLASSES = 10


def read_cifar_binary(path: str | Path) -> Images:
    """Read a binary batch, data_batch_1.bin and the like: records of 3,073 bytes, the label first.

    Raises DataError with file and byte offset for half a record, a label above 9, or no record.
    """
    path = Path(path)
    try:
        content = np.fromfile(path, dtype=np.uint8)
    except OSError as error:
        raise open_error(path, error) from error
    count, rest = divmod(len(content), CIFAR_RECORD)
    if rest:
        raise DataError(
            f"{path}, byte {count * CIFAR_RECORD}: the file ends {rest} bytes into a record of {CIFAR_RECORD}"
        )
    records = content.reshape(count, CIFAR_RECORD)
    check_count(count, count, path)
    labels = checked_labels(records[:, 0], lambda at, _: f"{path}, byte {at * CIFAR_RECORD}", _CLASSES)
    return Images(_channels_last(records[:, 1:]), labels, None)


def read_cifar_python(path: str | Path) -> Images:
    """Read a pickled batch, data_batch_1 and the like: a dictionary of b"data" (n, 3072) and b"labels".

    Only arrays and plain containers are unpickled; a pickle that asks for anything else is refused.
    Raises DataError with file and byte offset or row.
    """
    path = Path(path)
    try:
        with path.open("rb") as stream:
            batch = load_arrays(stream, str(path))
    except OSError as error:
        raise open_error(path, error) from error
    data, labels = _members(path, batch)
    check_count(len(data), len(labels), path)
    labels = checked_labels(labels, lambda at, _: f"{path}, labels[{at}]", _CLASSES)
    return Images(_channels_last(data), labels, None)


def _members(path: Path, batch: object) -> tuple[Array, Array]:
    members = batch if isinstance(batch, dict) else {}
    # Python 2 wrote the keys as bytes, a batch that was written again has them as text.
    data = members.get(b"data", members.get("data"))
    labels = members.get(b"labels", members.get("labels"))
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.shape[1:] != (CIFAR_PIXELS,):
        found = f"{data.dtype} of shape {data.shape}" if isinstance(data, np.ndarray) else type(data).__name__
        raise DataError(f"{path}: its data is {found}; expected uint8 of shape (n, {CIFAR_PIXELS})")
    numbers = isinstance(labels, list) and all(type(label) is int for label in labels)
    if not numbers:
        raise DataError(f"{path}: its labels are {type(labels).__name__}; expected a list of whole numbers")
    try:
        return data, np.array(labels, dtype=np.int64)
    except OverflowError as error:
        raise DataError(f"{path}: a label does not fit into 64 bits") from error


def _channels_last(planes: Array) -> Array:
    height, width, channels = CIFAR_IMAGE
    stacked = planes.reshape(-1, channels, height, width).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(stacked)
