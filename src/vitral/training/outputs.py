"""The predictions of all batches in one array for each output."""

import numpy as np

from vitral.training.feeds import ArrayFeed, Feed
from vitral.typing import Array


class Outputs:
    """Collects the outputs of the batches of a feed; where their number is known, in place."""

    def __init__(self, feed: Feed) -> None:
        self._samples = feed.samples if isinstance(feed, ArrayFeed) else None
        self._arrays: list[Array] = []
        self._filled = 0
        self._parts: list[list[Array]] = []

    def add(self, ys: list[Array]) -> None:
        """Take up the outputs of the next batch."""
        if self._samples is None:
            self._parts.append(ys)
            return
        if not self._arrays:
            self._arrays = [np.empty((self._samples, *y.shape[1:]), y.dtype) for y in ys]
        for array, y in zip(self._arrays, ys, strict=True):
            array[self._filled :][: len(y)] = y
        self._filled += len(ys[0])

    def all(self) -> list[Array]:
        """The outputs of all samples, in order."""
        return self._arrays or [np.concatenate(parts) for parts in zip(*self._parts, strict=True)]
