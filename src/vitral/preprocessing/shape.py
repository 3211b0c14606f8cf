"""The channel axis."""

import numpy as np

from vitral.errors import ShapeError
from vitral.typing import Array


def add_channel_axis(x: Array) -> Array:
    """Grey images (n, height, width) as (n, height, width, 1); a view, nothing is copied.

    Raises ShapeError for any other number of axes; images that have channels come with four.

    >>> add_channel_axis(np.zeros((5, 28, 28))).shape
    (5, 28, 28, 1)
    """
    x = np.asarray(x)
    if x.ndim != 3:
        raise ShapeError(f"images of shape {x.shape}; expected (images, height, width) without channels")
    return x[..., np.newaxis]
