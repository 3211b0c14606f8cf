"""Class numbers as rows with a single one."""

import numpy as np

from vitral import config
from vitral.errors import DataError
from vitral.typing import Array


def to_categorical(x: Array, num_classes: int | None = None) -> Array:
    """One-hot rows: labels (...) or (..., 1) become (..., num_classes), in the float type of the library.

    `num_classes` is the largest label plus one by default. Raises DataError if a label is not a whole number
    from 0 to num_classes - 1.

    >>> to_categorical(np.array([1, 0]), num_classes=3)
    array([[0., 1., 0.],
           [1., 0., 0.]], dtype=float32)
    """
    labels = np.asarray(x)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if labels.size == 0 or labels.dtype.kind not in "buif":
        raise DataError(f"labels of type {labels.dtype} and shape {labels.shape}; expected whole numbers")
    whole = (labels >= 0) & (labels == np.floor(labels)) & np.isfinite(labels)
    count = int(labels[whole].max(initial=0)) + 1 if num_classes is None else num_classes
    good = whole & (labels < count)
    if not good.all():
        at = int(np.argmin(good))
        raise DataError(
            f"label {labels.reshape(-1)[at]:g} at index {at}; expected a whole number from 0 to {count - 1}"
        )
    rows = np.zeros((labels.size, count), dtype=config.floatx())
    rows[np.arange(labels.size), labels.reshape(-1).astype(np.intp)] = 1.0
    return rows.reshape(*labels.shape, count)


one_hot = to_categorical
"""Another name for `to_categorical`, the one that the reports use."""
