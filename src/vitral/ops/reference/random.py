"""Random choices in NumPy."""

from collections.abc import Sequence

import numpy as np

from vitral.typing import Array


def keep_mask(random: np.random.Generator, *, shape: Sequence[int], rate: float) -> Array:
    keep: Array = random.random(tuple(shape), np.float32) >= rate
    return keep
