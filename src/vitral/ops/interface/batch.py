"""Batches: samples taken out of a data set."""

from vitral.ops.operation import operation
from vitral.typing import Array


@operation
def gather(source: Array, rows: Array, out: Array) -> None:
    """out[i] = source[rows[i]], cast to out's float type: one batch, in one pass.

    source (samples, ...) of any number type, rows (n,) whole numbers from 0 to samples - 1, out (n, ...); all are
    C-contiguous.
    """
    raise NotImplementedError
