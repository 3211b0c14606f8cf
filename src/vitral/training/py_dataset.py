"""Data that a class of the user's own makes, batch by batch."""

import itertools
from collections.abc import Iterator
from typing import Any

from vitral.errors import ConfigError


class PyDataset:
    """Base of data sets that make their batches when asked: a subclass writes `__getitem__` and `__len__`.

    `self[i]` is batch number i: x, (x,), (x, y) or (x, y, sample_weight), with the batch axis first. `len(self)` is the
    number of batches of an epoch; a subclass without an end writes `num_batches`, which returns None, instead.
    `on_epoch_begin` and `on_epoch_end` are called around every epoch of `fit`; one that shuffles in `choose_order`
    instead lets a training be taken up in another process and end with the same bits.

    `workers` threads make up to `max_queue_size` batches in advance while a model learns; with 1 it is a single thread
    that keeps two batches ready, with 0 nothing happens in advance. The order is that of one thread; without an end it
    is always one thread. Raises ConfigError for `use_multiprocessing=True`: there are no worker processes.

    >>> import numpy as np
    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 2
    ...     def __getitem__(self, index):
    ...         x = np.arange(3.0) + 3 * index
    ...         return x, x**2
    >>> [y.tolist() for _, y in Squares()]
    [[0.0, 1.0, 4.0], [9.0, 16.0, 25.0]]
    """

    # Stated here too, so that a subclass that forgets super().__init__() works.
    workers = 1
    use_multiprocessing = False
    max_queue_size = 10

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        if use_multiprocessing:
            raise ConfigError(
                f"{type(self).__name__}: use_multiprocessing is {use_multiprocessing!r}; expected False, since workers "
                "are threads: NumPy and Pillow let several of them run at once"
            )
        for name, value, least in (("workers", workers, 0), ("max_queue_size", max_queue_size, 1)):
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ConfigError(
                    f"{type(self).__name__}: {name} is {value!r}; expected a whole number from {least} on"
                )
        self.workers = workers
        self.max_queue_size = max_queue_size

    def __getitem__(self, index: int) -> Any:
        """Batch number `index`."""
        raise NotImplementedError(f"{type(self).__name__} has no __getitem__")

    @property
    def num_batches(self) -> int | None:
        """Number of batches of an epoch; None if there is no end."""
        if hasattr(self, "__len__"):
            return len(self)
        raise NotImplementedError(f"{type(self).__name__} has neither __len__ nor num_batches")

    def __iter__(self) -> Iterator[Any]:
        count = self.num_batches
        for index in itertools.count() if count is None else range(count):
            yield self[index]

    def choose_order(self, epoch: int, seed: int | None) -> None:
        """Called before every pass over the data: put the samples into the order that belongs to this epoch, counted
        from 0, and this seed: the model's `shuffle_seed`, or None where `fit` is not to shuffle, in `evaluate` and in
        `predict`.
        """

    def on_epoch_begin(self) -> None:
        """Called before the first batch of every epoch."""

    def on_epoch_end(self) -> None:
        """Called after the last batch of every epoch, for example to put the samples into another order."""
