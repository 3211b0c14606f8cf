"""Arrays, handed out in batches."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np

from vitral import ops
from vitral.config import floatx
from vitral.core.rng import generator
from vitral.training.columns import Columns, arrays_of
from vitral.training.data import Data, whole_number
from vitral.typing import Array

Batch: TypeAlias = tuple[Any, Any, Any]
"""x, y and sample weights of one batch, each an array, or columns for a model that has several inputs or outputs; y is
None only where no labels are needed."""


def epoch_order(seed: int, epoch: int, samples: int) -> Array:
    """The order in which an epoch, counted from 0, visits the samples: known from the seed and its number alone.

    >>> sorted(epoch_order(3, 0, 5).tolist())
    [0, 1, 2, 3, 4]
    """
    return generator(seed, epoch).permutation(samples)


class BatchReader:
    """Hands out the batches of an epoch as float arrays, without ever copying the whole of x.

    `batch_size` is 32 unless given. Rows in order are views where the type allows it; otherwise they are gathered and
    cast, in one pass, into a buffer that the next batch overwrites. With several `buffers`, they are taken in turn,
    every batch is in one of them, and so many batches may be in use at once.
    """

    def __init__(self, data: Data, batch_size: int | None = None, buffers: int = 1) -> None:
        size = 32 if batch_size is None else whole_number(batch_size, "batch_size", least=1)
        self.data = data
        self.batch_size = min(size, len(data))
        self.steps = -(-len(data) // self.batch_size)
        self._columns = [_Column(array, self.batch_size, buffers) for array in arrays_of(data.x)]

    def batches(
        self, order: Array | None = None, first: int = 0, stop: int | None = None
    ) -> Iterator[tuple[int, Batch]]:
        """Number and content of the batches from number `first` to before `stop`, in the given order of samples."""
        data = self.data
        for step in range(first, self.steps if stop is None else stop):
            rows: Any = slice(step * self.batch_size, (step + 1) * self.batch_size)
            if order is not None:
                rows = order[rows]
            x = [column.rows(rows, step) for column in self._columns]
            y = None if data.y is None else data.y[rows]
            weight = None if data.weight is None else data.weight[rows]
            yield step, (Columns(x) if isinstance(data.x, Columns) else x[0], y, weight)


class _Column:
    """The rows of one array as floats."""

    def __init__(self, array: Array, batch_size: int, buffers: int) -> None:
        self._array = array
        self._batch_size = batch_size
        self._buffers: list[Array | None] = [None] * buffers

    def rows(self, rows: Any, step: int) -> Array:
        """Those of one batch, in the buffer whose turn it is."""
        if isinstance(rows, slice):
            part = self._array[rows]
            if part.dtype == floatx() and len(self._buffers) == 1:
                return np.ascontiguousarray(part)
            batch = self._batch(len(part), step)
            np.copyto(batch, part, casting="unsafe")
            return batch
        batch = self._batch(len(rows), step)
        ops.gather(self._array, rows, batch)
        return batch

    def _batch(self, size: int, step: int) -> Array:
        number = step % len(self._buffers)
        buffer = self._buffers[number]
        if buffer is None:
            buffer = self._buffers[number] = np.empty((self._batch_size, *self._array.shape[1:]), floatx())
        return buffer[:size]
