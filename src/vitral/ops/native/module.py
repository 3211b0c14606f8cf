"""The compiled module, and the memory from which its results are made."""

import math
from collections.abc import Sequence

import numpy as np

from vitral import _native
from vitral.errors import ShapeError
from vitral.typing import Array

FLOAT32 = np.dtype(np.float32)


def empty(shape: Sequence[int], dtype: np.dtype = FLOAT32) -> Array:
    """An array with unspecified content, in memory that goes back to the pool with the last view of it.

    >>> empty((2, 3)).shape
    (2, 3)
    """
    block = _native.Block(math.prod(shape) * dtype.itemsize)
    return np.ndarray(shape, dtype, block)  # type: ignore[arg-type]  # NumPy's stub lists types, not the protocol


def float32(*arrays: Array | None) -> bool:
    """Whether all arrays that are there are float32, which is what the kernels compute with."""
    # A generator for all() would take longer than some kernels.
    for array in arrays:  # noqa: SIM110
        if array is not None and array.dtype is not FLOAT32:
            return False
    return True


def contiguous(array: Array) -> Array:
    """The array itself if its values lie in a row, a copy otherwise."""
    return array if array.flags.c_contiguous else np.ascontiguousarray(array)


def refuse_empty(name: str, x: Array) -> None:
    """Raise ShapeError for a batch without samples, for which the kernels have no result."""
    if not x.size:
        raise ShapeError(f"{name} received a batch of shape {x.shape}; expected at least one sample")
