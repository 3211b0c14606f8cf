"""Arrays that came from elsewhere."""

import numpy as np

from vitral.typing import Array


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
