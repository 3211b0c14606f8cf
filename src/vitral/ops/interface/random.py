"""Random choices, drawn value by value."""

from collections.abc import Sequence

import numpy as np

from vitral.ops.operation import operation
from vitral.typing import Array


@operation
def keep_mask(random: np.random.Generator, *, shape: Sequence[int], rate: float) -> Array:
    """A boolean array, False with probability `rate`: whether a float32 number drawn from [0, 1) is at least the rate.

    What `random` gives afterwards is not said.
    """
    raise NotImplementedError
