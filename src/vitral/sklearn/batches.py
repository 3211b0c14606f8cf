"""Samples, handed out in batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vitral import ops
from vitral.sklearn.perceptron import dense
from vitral.typing import Array


@dataclass(frozen=True)
class Samples:
    """Features (samples, features), dense or sparse, their targets, and their weights if they have any."""

    x: Array
    y: Array
    weight: Array | None

    def __len__(self) -> int:
        return len(self.y)

    def part(self, rows: Array) -> "Samples":
        """The samples of these rows."""
        return Samples(self.x[rows], self.y[rows], None if self.weight is None else self.weight[rows])


class Batches:
    """Hands out the batches of an epoch; those of an order are gathered into a buffer that the next overwrites."""

    def __init__(self, samples: Samples, size: int) -> None:
        self.samples = samples
        self.size = size
        is_dense = isinstance(samples.x, np.ndarray)
        self._buffer = np.empty((size, samples.x.shape[1]), samples.x.dtype.type) if is_dense else None

    def __len__(self) -> int:
        return -(-len(self.samples) // self.size)

    def epoch(self, order: Array | None) -> Iterator[tuple[Array, Array, Array | None]]:
        """x, y and weights of every batch, in the given order of the samples, or as they stand."""
        samples = self.samples
        for start in range(0, len(samples), self.size):
            part = slice(start, start + self.size)
            rows = part if order is None else order[part]
            weight = None if samples.weight is None else samples.weight[rows]
            yield self._features(rows), samples.y[rows], weight

    def _features(self, rows: "slice | Array") -> Array:
        x = self.samples.x
        if isinstance(rows, slice) or self._buffer is None:
            return dense(x[rows])
        batch = self._buffer[: len(rows)]
        ops.gather(x, rows, batch)
        return batch
