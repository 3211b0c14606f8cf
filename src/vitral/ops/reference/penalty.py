"""Penalties on weights, in NumPy."""

import numpy as np

from vitral.typing import Array


def l2_penalty(value: Array, gradient: Array, *, strength: float) -> float:
    gradient += value.dtype.type(2 * strength) * value
    return strength * float(np.square(value).sum())
