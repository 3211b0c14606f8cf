"""Batches in NumPy."""

import numpy as np

from vitral.typing import Array


def gather(source: Array, rows: Array, out: Array) -> None:
    np.copyto(out, source[rows], casting="unsafe")
