"""Where batches come from: arrays, objects that make a batch when asked, and streams that only have a next one."""

import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import islice
from mmap import mmap
from typing import Any

import numpy as np

from vitral.config import floatx
from vitral.errors import ConfigError, DataError
from vitral.training.batches import Batch, BatchReader, epoch_order
from vitral.training.columns import Columns, arrays_of
from vitral.training.data import Data
from vitral.training.prefetch import AHEAD, Prefetcher, mapped_ahead

Numbered = tuple[int, Batch]
Collect = Callable[..., Data]
"""Makes data of x, y and weights as the user's object gives them for a batch."""

OUT_OF_DATA = (
    "Your input ran out of data; interrupting training. Make sure that your dataset or generator can generate at least "
    "`steps_per_epoch * epochs` batches."
)


class Feed:
    """A source of batches. `steps` is their number in an epoch, None while only the end of the data can tell."""

    steps: int | None

    is_whole = False
    """Whether `first` gives all samples there are."""

    def first(self) -> Data | None:
        """Samples from which shapes can be told, without using them up; None if there are no more."""
        raise NotImplementedError(f"{type(self).__name__} has no first")

    def epoch(self, number: int, seed: int | None, first: int = 0) -> Generator[Numbered, None, None]:
        """Number and content of the batches of an epoch from batch `first` on.

        `seed` fixes the order of the samples, or of the batches where their content is not ours to choose; None is the
        order in which they are.
        """
        raise NotImplementedError(f"{type(self).__name__} has no epoch")

    def is_used_up(self) -> bool:
        """Whether there is no batch for another epoch."""
        return False

    def rewind(self) -> None:
        """Begin the next epoch with the first batch again, where that is possible."""

    def close(self) -> None:
        """End the threads that work for this feed."""


class ArrayFeed(Feed):
    """Batches from arrays that are there as a whole; those of a memory map are read on a thread."""

    is_whole = True
    steps: int

    def __init__(self, data: Data, batch_size: int | None, wanted: int | None) -> None:
        self.data = data
        if batch_size is None and wanted is not None:
            batch_size = -(-len(data) // wanted)
        self._mapped = any(map(_is_mapped, arrays_of(data.x)))
        # Beside the batches that are ready, one is in use and one is being read.
        self.reader = BatchReader(data, batch_size, buffers=AHEAD + 2 if self._mapped else 1)
        self._wanted = wanted
        self.steps = self.reader.steps if wanted is None else wanted

    @property
    def samples(self) -> int:
        """Number of samples in an epoch that begins with the first."""
        return min(self.steps * self.reader.batch_size, len(self.data))

    def first(self) -> Data:
        return self.data

    def epoch(self, number: int, seed: int | None, first: int = 0) -> Generator[Numbered, None, None]:
        turn, start, stop = _window(number, self.reader.steps, self._wanted)
        order = None
        # A full batch has no order; shuffling it would only copy the whole of x.
        if seed is not None and self.reader.steps > 1:
            order = epoch_order(seed, turn, len(self.data))
        batches = self.reader.batches(order, start + first, stop)
        if not self._mapped:
            for step, batch in batches:
                yield step - start, batch
        else:
            with closing(Prefetcher(batches)) as ready:
                for step, batch in ready:
                    yield step - start, batch
        _warn_if_short(stop - start, self._wanted)


class IndexedFeed(Feed):
    """Batches from an object that makes each when asked for it, such as a PyDataset."""

    def __init__(self, dataset: Any, collect: Collect, wanted: int | None) -> None:
        self.dataset = dataset
        self._collect = collect
        self._wanted = wanted
        if self._count() == 0:
            raise DataError(f"the {type(dataset).__name__} has no batches: its length is 0")
        self.steps = self._count() if wanted is None else wanted

    def _count(self) -> int:
        return int(getattr(self.dataset, "num_batches", None) or len(self.dataset))

    def first(self) -> Data:
        return Data(*self._batch(0))

    def epoch(self, number: int, seed: int | None, first: int = 0) -> Generator[Numbered, None, None]:
        _tell(self.dataset, "on_epoch_begin")
        total = self._count()
        turn, start, stop = _window(number, total, self._wanted)
        _tell(self.dataset, "choose_order", turn, seed)
        order = np.arange(total) if seed is None else epoch_order(seed, turn, total)
        with closing(self._made(order[start + first : stop].tolist())) as batches:
            yield from enumerate(batches, first)
        _warn_if_short(stop - start, self._wanted)
        _tell(self.dataset, "on_epoch_end")

    def _made(self, indices: list[int]) -> Any:
        workers = getattr(self.dataset, "workers", 1)
        if workers > 1:
            return mapped_ahead(self._batch, indices, workers, self.dataset.max_queue_size)
        batches = (self._batch(index) for index in indices)
        return Prefetcher(batches) if workers == 1 else batches

    def _batch(self, index: int) -> Batch:
        return _batch_of(self.dataset[index], self._collect, self.dataset)


class StreamFeed(Feed):
    """Batches from a generator, or from anything else that can be iterated.

    `most` is the number of batches that will be asked for in all: a generator is not asked for more.
    """

    def __init__(self, source: Any, collect: Collect, wanted: int | None, most: int | None) -> None:
        self.source = source
        self._collect = collect
        self._wanted = wanted
        self._most = most
        self.steps = wanted if wanted is not None else length_of(source)
        self.only_once = hasattr(source, "__next__")
        self._current: Prefetcher[Batch] | None = None
        self._next: Batch | None = None
        self._used_up = False

    def first(self) -> Data | None:
        if self._next is None and not self._used_up:
            if self._current is None:
                self._current = Prefetcher(islice(self._batches(), self._most))
            self._next = next(self._current, None)
            if self._next is None:
                self._end()
        return None if self._next is None else Data(*self._next)

    def _batches(self) -> Iterator[Batch]:
        for item in self.source:
            yield _batch_of(item, self._collect, self.source)

    def epoch(self, number: int, seed: int | None, first: int = 0) -> Generator[Numbered, None, None]:
        if first:
            raise ConfigError(f"initial_step is {first}, but a {type(self.source).__name__} has no place to start from")
        _tell(self.source, "on_epoch_begin")
        given = 0
        while given != self._wanted and self.first() is not None:
            assert self._next is not None, "first() says that there is one"
            batch, self._next = self._next, None
            yield given, batch
            given += 1
        _warn_if_short(given, self._wanted)
        self.steps = given if self._wanted is None else self._wanted
        _tell(self.source, "on_epoch_end")

    def is_used_up(self) -> bool:
        return self.first() is None

    def rewind(self) -> None:
        if not self.only_once:
            self._end()

    def _end(self) -> None:
        self.close()
        self._used_up = self.only_once

    def close(self) -> None:
        if self._current is not None:
            self._current.close()
        self._current = self._next = None


def _is_mapped(x: Any) -> bool:
    """Whether an array is a file that is read as it is used, or a part of one."""
    while isinstance(x, np.ndarray):
        if isinstance(x, np.memmap):
            return True
        x = x.base
    return isinstance(x, mmap)


def _window(number: int, total: int, wanted: int | None) -> tuple[int, int, int]:
    """Which turn through the data an epoch belongs to, and its first and last batch in that turn.

    With fewer batches an epoch than there are, the next epoch goes on where the last one stopped.
    """
    if wanted is None:
        return number, 0, total
    turn, part = divmod(number, -(-total // wanted))
    return turn, part * wanted, min((part + 1) * wanted, total)


def _warn_if_short(batches: int, wanted: int | None) -> None:
    if wanted is not None and batches < wanted:
        warnings.warn(OUT_OF_DATA, UserWarning, stacklevel=4)


def length_of(source: Any) -> int | None:
    """How many batches it has, None if it does not know."""
    try:
        return len(source)
    except TypeError:
        return None


def _tell(source: Any, moment: str, *arguments: Any) -> None:
    """Call the source's method of that name, if it has one."""
    method = getattr(source, moment, None)
    if method is not None:
        method(*arguments)


def _batch_of(item: Any, collect: Collect, source: Any) -> Batch:
    """The batch as arrays of its own: a generator may fill the same array anew for every batch."""
    parts = tuple(item) if isinstance(item, (tuple, list)) else (item,)
    if len(parts) not in (1, 2, 3):
        raise DataError(
            f"the {type(source).__name__} gave a batch of {len(parts)} parts; expected x, (x, y) or "
            "(x, y, sample_weight)"
        )
    data = collect(*parts)
    return _copied(data.x, floatx()), _copied(data.y), _copied(data.weight)


def _copied(part: Any, dtype: str | None = None) -> Any:
    copies = [None if array is None else np.array(array, dtype) for array in arrays_of(part)]
    return Columns(copies) if isinstance(part, Columns) else copies[0]
