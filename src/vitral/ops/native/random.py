"""Random choices by the compiled kernels: the same bits as NumPy's generator gives."""

from collections.abc import Sequence

import numpy as np

from vitral import _native
from vitral.ops.native.module import empty
from vitral.ops.reference import random as reference
from vitral.typing import Array

_BOOL = np.dtype(np.bool_)


def keep_mask(random: np.random.Generator, *, shape: Sequence[int], rate: float) -> Array:
    generator = random.bit_generator
    state = generator.state["state"]
    if not isinstance(generator, np.random.Philox) or state["counter"].any():
        return reference.keep_mask(random, shape=shape, rate=rate)
    keep = empty(shape, _BOOL)
    first, second = state["key"].tolist()
    _native.keep_mask(first, second, rate, keep)
    return keep
