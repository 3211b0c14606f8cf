"""Arrays that came from elsewhere."""

from typing import Any

import numpy as np

from vitral.errors import DataError
from vitral.typing import Array

_NO_NUMBERS = "OSUcmM"
"""Kinds of types that NumPy would read as numbers, if it can, or cut down to them: objects, texts, complex, times."""


def as_numbers(value: Any, name: str) -> Array:
    """The value as an array of numbers; the very same memory if it is one already.

    Raises DataError for ragged lists and for anything but real numbers and truth values.

    >>> as_numbers([[1, 2]], "x").shape
    (1, 2)
    >>> as_numbers(["1"], "x")
    Traceback (most recent call last):
    vitral.errors.DataError: x holds <U1 values, such as '1'; expected numbers
    """
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise DataError(f"{name} cannot be made an array: {error}") from None
    if array.dtype.kind in _NO_NUMBERS:
        example = "" if array.size == 0 else f", such as {array.reshape(-1)[:1].tolist()[0]!r}"
        raise DataError(f"{name} holds {array.dtype} values{example}; expected numbers")
    return array


def own_dtype(array: Array) -> Array:
    """The same memory under NumPy's own object for its type; the array itself where it has that already.

    An array that was unpickled, in a worker process as well, carries an equal copy of its type. The kernels know
    float32 by identity, which takes no time, and would leave such an array to the reference.

    >>> import pickle
    >>> copy = pickle.loads(pickle.dumps(np.zeros(2, np.float32)))  # noqa: S301
    >>> own_dtype(copy).dtype is np.dtype(np.float32), np.shares_memory(own_dtype(copy), copy)
    (True, True)
    """
    own = np.dtype(array.dtype.type)
    return array.view(own) if array.dtype is not own and array.dtype == own else array
