"""The predictions of all batches in one array."""

import numpy as np

from vitral.training.feeds import ArrayFeed, Feed
from vitral.typing import Array


class Outputs:
    """Collects the outputs of the batches of a feed; where their number is known, in place."""

    def __init__(self, feed: Feed) -> None:
        self._samples = feed.samples if isinstance(feed, ArrayFeed) else None
        self._array: Array | None = None
        self._filled = 0
        self._parts: list[Array] = []

    def add(self, y: Array) -> None:
        """Take up the output of the next batch."""
        if self._samples is None:
            self._parts.append(y)
            return
        if self._array is None:
            self._array = np.empty((self._samples, *y.shape[1:]), y.dtype)
        self._array[self._filled :][: len(y)] = y
        self._filled += len(y)

    def all(self) -> Array:
        """The outputs of all samples, in order."""
        return np.concatenate(self._parts) if self._array is None else self._array
