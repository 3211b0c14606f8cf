"""Getting the next items ready on a thread while the last one is used."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Input = TypeVar("Input")

AHEAD = 2
"""Items that are ready and wait. More would only help a feeder whose times vary by more than two steps."""

_END = object()


class Prefetcher(Iterator[T], Generic[T]):
    """The items of an iterator, in order, taken from it on a thread of their own.

    The thread starts with the first item that is asked for. What the iterator raises is raised here, with the
    traceback that leads into the iterator. `close` ends the thread; an item that is being made is finished first.

    >>> items = Prefetcher(iter("abc"))
    >>> "".join(items), items.close()
    ('abc', None)
    """

    def __init__(self, items: Iterator[T], ahead: int = AHEAD) -> None:
        self._items = items
        self._ready: queue.Queue[tuple[Any, BaseException | None]] = queue.Queue(maxsize=ahead)
        self._stopping = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="vitral-feeder", daemon=True)

    def _run(self) -> None:
        try:
            for item in self._items:
                self._ready.put((item, None))
                if self._stopping.is_set():
                    return
            self._ready.put((_END, None))
        except BaseException as error:  # whatever it is, it belongs to the thread that waits for the item
            self._ready.put((_END, error))

    def __next__(self) -> T:
        if self._ended:
            raise StopIteration
        if self._thread.ident is None:
            self._thread.start()
        item, error = self._ready.get()
        if item is _END:
            self._ended = True
            self._thread.join()
            raise StopIteration if error is None else error
        result: T = item
        return result

    def close(self) -> None:
        """End the thread; there are no more items after that."""
        self._ended = True
        self._stopping.set()
        while self._thread.is_alive():
            with suppress(queue.Empty):
                self._ready.get_nowait()  # makes room for the item with which the thread waits
            self._thread.join(0.01)


def mapped_ahead(function: Callable[[Input], T], inputs: Sequence[Input], workers: int, ahead: int) -> Iterator[T]:
    """function(input) for all inputs, in order, worked out on `workers` threads, at most `ahead` of them in advance.

    >>> list(mapped_ahead(str.upper, "abc", workers=2, ahead=4))
    ['A', 'B', 'C']
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix="vitral-worker")
    pending: queue.SimpleQueue[Future[T]] = queue.SimpleQueue()
    try:
        for number, value in enumerate(inputs):
            if number >= ahead:
                yield pending.get().result()
            pending.put(pool.submit(function, value))
        while not pending.empty():
            yield pending.get().result()
    finally:
        pool.shutdown(cancel_futures=True)
