"""The compiled module, and the memory from which its results are made."""

from collections.abc import Callable

import numpy as np

from vitral import _native
from vitral.errors import ShapeError
from vitral.typing import Array

FLOAT32 = np.dtype(np.float32)


empty = _native.empty
"""An array with unspecified content, in memory that goes back to the pool with the last view of it."""


def float32(*arrays: Array | None) -> bool:
    """Whether all arrays that are there are float32, which is what the kernels compute with."""
    # A generator for all() would take longer than some kernels.
    for array in arrays:  # noqa: SIM110
        # An array from a pickle has a type object of its own; most have NumPy's, which is quicker to recognize.
        if array is not None and array.dtype is not FLOAT32 and array.dtype != FLOAT32:
            return False
    return True


contiguous: Callable[[Array], Array] = np.ascontiguousarray
"""The array itself if its values lie in a row, a copy otherwise; a single value comes back as a row of one."""


def gradient(dy: Array) -> Array:
    """A gradient as the kernels want it. Their caches are of float32 arrays, so float64 brings nothing there."""
    return contiguous(dy if dy.dtype == FLOAT32 else dy.astype(FLOAT32))


def expect_samples(operation: str, x: Array) -> None:
    """Refuse a batch without samples.

    >>> expect_samples("max_pool2d", np.empty((0, 4, 4, 3)))
    Traceback (most recent call last):
    vitral.errors.ShapeError: max_pool2d received a batch of shape (0, 4, 4, 3); expected at least one sample
    """
    if x.size == 0:
        raise ShapeError(f"{operation} received a batch of shape {x.shape}; expected at least one sample")


def expect_images(operation: str, x: Array) -> None:
    """Refuse anything but a batch of images."""
    if x.ndim != 4:
        raise ShapeError(f"{operation} received shape {x.shape}; expected (batch, height, width, channels)")
    expect_samples(operation, x)


IN_PLACE = {"linear": 0, "relu": 1, "sigmoid": 2, "tanh": 3}
"""Activations that the kernels apply in passing, whose derivative their output tells: `Activation` in kernels.h."""
