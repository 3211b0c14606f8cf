"""HDF5 files from anywhere: what is read is in the file itself, is made of numbers, and is as large as it claims."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from vitral.errors import MissingExtraError, ModelFileError, VitralError
from vitral.saving.hdf5_heaps import check_heaps
from vitral.typing import Array

_BOMB_BYTES, _BOMB_RATIO = 1 << 26, 100
"""A dataset that claims more than this, and is stored in less than a hundredth of it, holds no weights."""


@contextmanager
def reading(file: Any, source: Path) -> Iterator[Any]:
    """The open HDF5 file, from a path or a buffer.

    Raises ModelFileError, in one line that begins with `source`, where it is damaged or what is found in it is refused.
    """
    h5py = import_h5py("loading a model")
    try:
        check_heaps(file)
        with h5py.File(file, "r") as opened:
            yield opened
    except ModelFileError as error:
        raise ModelFileError(f"{source}: {error}") from None
    except FileNotFoundError:
        raise ModelFileError(f"{source}: cannot be read (No such file or directory)") from None
    except VitralError:
        raise
    except (OSError, RuntimeError, KeyError, TypeError, ValueError, MemoryError, OverflowError) as error:
        raise ModelFileError(f"{source}: the weights are damaged ({' '.join(str(error).split())})") from None


def import_h5py(purpose: str) -> ModuleType:
    """The package; raises MissingExtraError without it."""
    try:
        import h5py
    except ImportError:
        raise MissingExtraError("h5py", needed_for=purpose) from None
    module: ModuleType = h5py
    return module


def member(file: Any, path: str, what: str) -> Any:
    """The group or dataset at a path, or None; raises ModelFileError for a link that leads elsewhere."""
    found = file
    for part in path.split("/"):
        link = found.get(part, getlink=True) if hasattr(found, "keys") else None
        if link is None:
            return None
        if type(link).__name__ != "HardLink":
            raise ModelFileError(f"{what} is a link to another place; expected the weights themselves")
        found = found[part]
    return found


def checked(dataset: Any, what: str) -> Any:
    """The dataset; raises ModelFileError if reading it would not give numbers that are in this file."""
    if not hasattr(dataset, "is_virtual"):
        raise ModelFileError(f"{what} is a group; expected numbers")
    if dataset.is_virtual or dataset.external:
        raise ModelFileError(f"{what} is kept in another file")
    if dataset.dtype.kind not in "fiub":
        raise ModelFileError(f"{what} holds values of the type {dataset.dtype}; expected numbers")
    if dataset.shape is None:
        raise ModelFileError(f"{what} is empty; expected numbers")
    claimed = math.prod(dataset.shape) * dataset.dtype.itemsize
    stored = dataset.id.get_storage_size()
    if claimed and (not stored or claimed > max(_BOMB_BYTES, _BOMB_RATIO * stored)):
        raise ModelFileError(f"{what} claims {claimed} bytes, of shape {dataset.shape}; the file stores {stored}")
    return dataset


def values(dataset: Any, shape: tuple[int, ...], what: str) -> Array:
    """The numbers of a dataset; raises ModelFileError unless it has this shape, before anything is read."""
    dataset = checked(dataset, what)
    if dataset.shape != shape:
        raise ModelFileError(f"{what} has shape {dataset.shape} in the file; the model's has {shape}")
    return np.asarray(dataset[()])


def count_values(file: Any) -> int:
    """How many numbers the file holds; raises ModelFileError for a dataset that claims more than it stores."""
    counts: list[int] = []
    _each_dataset(file, lambda path, dataset: counts.append(math.prod(checked(dataset, path).shape)))
    return sum(counts)


def _each_dataset(file: Any, visit: Callable[[str, Any], None]) -> None:
    def look(path: str, item: Any) -> None:
        if hasattr(item, "is_virtual"):
            visit(path, item)

    file.visititems(look)
