"""The thread that keeps batches ready: order, errors, and that it ends."""

import threading
import time
import traceback
from collections.abc import Iterator

import pytest

from vitral.training.prefetch import Prefetcher, mapped_ahead


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("vitral-")]


def until(condition: object) -> None:
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:  # type: ignore[operator]
        time.sleep(0.001)


def test_items_are_made_in_advance_but_not_without_bound() -> None:
    made = []

    def items() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    ready = Prefetcher(items(), ahead=2)
    assert made == []  # nothing happens before the first is asked for
    assert next(ready) == 0
    until(lambda: len(made) == 4)
    time.sleep(0.02)
    assert made == [0, 1, 2, 3]  # one in use, two waiting, one held until there is room
    ready.close()
    assert threads() == []
    assert list(ready) == []


def fails() -> Iterator[int]:
    yield 1
    raise OSError("the disk is gone")


def test_an_error_comes_with_the_traceback_of_the_feeder() -> None:
    ready = Prefetcher(fails())
    assert next(ready) == 1
    with pytest.raises(OSError, match="the disk is gone") as caught:
        next(ready)
    assert "fails" in [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert threads() == []


def test_workers_keep_the_order_whoever_is_first() -> None:
    def slow_when_even(number: int) -> int:
        time.sleep(0.004 * (number % 2 == 0))
        return number

    assert list(mapped_ahead(slow_when_even, range(12), workers=3, ahead=5)) == list(range(12))
    assert threads() == []


def test_workers_run_at_once() -> None:
    together = threading.Barrier(3, timeout=5)
    assert len(list(mapped_ahead(lambda _: together.wait(), range(6), workers=3, ahead=3))) == 6


def test_workers_end_when_nobody_wants_the_rest() -> None:
    results = mapped_ahead(lambda number: number, range(1000), workers=2, ahead=4)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert threads() == []
