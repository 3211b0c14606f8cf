"""Dividing arrays into two parts, by the rules of `keras.utils.split_dataset`."""

from typing import Any

import numpy as np

from vitral.core.configurable import is_number
from vitral.core.rng import generator, next_seed
from vitral.errors import ConfigError, DataError, ShapeError
from vitral.typing import Array

Size = int | float | None


def split_dataset(
    dataset: Any,
    left_size: Size = None,
    right_size: Size = None,
    shuffle: bool = False,
    seed: int | None = None,
    preferred_backend: str | None = None,
) -> tuple[Any, Any]:
    """Divide an array, or a list or tuple of arrays of one length, into a left and a right part of the same structure.

    A size is a whole number of samples or a share between 0 and 1, which is rounded; a part without one gets the rest.
    The left part is taken from the beginning, the right part from the end. `shuffle` puts the samples into a new order
    first, the same for all arrays; `seed` fixes it, on every machine. Unlike Keras, which makes a data set of its
    framework, the parts are arrays; so `preferred_backend` can only be None. Parts that are not shuffled are views.

    Raises ConfigError if the sizes cannot be, DataError or ShapeError if the arrays are not alike.

    >>> left, right = split_dataset((np.arange(10), np.arange(10) % 3), left_size=0.8)
    >>> left[0].tolist(), right[1].tolist()
    ([0, 1, 2, 3, 4, 5, 6, 7], [2, 0])
    """
    if preferred_backend is not None:
        raise ConfigError(f"split_dataset: preferred_backend is {preferred_backend!r}; expected None")
    arrays = _arrays(dataset)
    total = len(arrays[0])
    left, right = _counts(left_size, right_size, total)
    order = generator(next_seed() if seed is None else seed).permutation(total) if shuffle else None

    def part(rows: slice) -> Any:
        parts = [array[rows if order is None else order[rows]] for array in arrays]
        return parts[0] if isinstance(dataset, np.ndarray) else type(dataset)(parts)

    return part(slice(0, left)), part(slice(total - right, total))


def _arrays(dataset: Any) -> list[Array]:
    if not isinstance(dataset, (np.ndarray, list, tuple)):
        raise DataError(f"split_dataset received a {type(dataset).__name__}; expected an array, or a list of arrays")
    arrays = [dataset] if isinstance(dataset, np.ndarray) else list(dataset)
    for array in arrays:
        if not isinstance(array, np.ndarray) or array.ndim == 0:
            raise DataError(f"split_dataset received a {type(array).__name__} in a list; expected arrays of samples")
    if len({len(array) for array in arrays}) != 1:
        raise ShapeError(f"split_dataset received {[array.shape for array in arrays]}; expected arrays of one length")
    return arrays


def _counts(left_size: Size, right_size: Size, total: int) -> tuple[int, int]:
    left, right = _count("left_size", left_size, total), _count("right_size", right_size, total)
    if left is None:
        if right is None:
            raise ConfigError("split_dataset received neither left_size nor right_size; expected at least one")
        left = total - right
    elif right is None:
        right = total - left
    if min(left, right) < 1 or left + right > total:
        raise ConfigError(
            f"split_dataset: left_size={left_size!r} and right_size={right_size!r} of {total} samples are parts of "
            f"{left} and {right}; expected samples in both parts, and no sample in two"
        )
    return left, right


def _count(argument: str, size: Size, total: int) -> int | None:
    """A size as a number of samples."""
    if size is None:
        return None
    if not is_number(size):
        raise ConfigError(f"split_dataset: {argument} is {size!r}; expected a whole number, a share, or None")
    is_count = isinstance(size, (int, np.integer))
    if not 0 < size < (total if is_count else 1):
        raise ConfigError(
            f"split_dataset: {argument} is {size!r} of {total} samples; expected a whole number below {total} or a "
            "share between 0 and 1"
        )
    return int(size) if is_count else round(float(size) * total)
