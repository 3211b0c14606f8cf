"""Batches by the compiled kernels."""

import numpy as np

from vitral import _native
from vitral.ops.native.module import FLOAT32, contiguous, expect_samples
from vitral.ops.reference import batch as reference
from vitral.typing import Array

_UINT8 = np.dtype(np.uint8)
_INT64 = np.dtype(np.int64)


def gather(source: Array, rows: Array, out: Array) -> None:
    # A data set is not copied to make it contiguous.
    in_a_row = source.flags.c_contiguous and out.flags.c_contiguous
    if not in_a_row or out.dtype != FLOAT32 or rows.dtype != _INT64 or source.dtype not in (_UINT8, FLOAT32):
        return reference.gather(source, rows, out)
    expect_samples("gather", out)
    kernel = _native.gather_bytes if source.dtype == _UINT8 else _native.gather_floats
    return kernel(source, contiguous(rows), out)
