"""How the tests of the kernels measure: against the reference, which is evaluated in float64."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

pytest.importorskip("vitral._native", reason="the kernels were not compiled")

from vitral import _native
from vitral.ops.backends import backends
from vitral.typing import Array

backends()  # the kernels run as VITRAL_ISA says, also where a test calls them directly


def ulps(result: Array, exact: Array, floor: float = 0) -> float:
    """The largest error in units in the last place of float32, of `floor` where the exact value is smaller.

    NaN and infinity must be where they are exactly. What is below the normal numbers may have become zero,
    also as a factor: silu(-88) = -88 sigmoid(-88).
    """
    assert result.dtype == np.float32
    with np.errstate(over="ignore", under="ignore"):
        rounded = exact.astype(np.float32)
    odd = ~np.isfinite(rounded)
    np.testing.assert_array_equal(result[odd], rounded[odd])
    assert np.isfinite(result[~odd]).all()
    error = np.abs(result[~odd] - exact[~odd]) / np.spacing(np.maximum(np.abs(rounded[~odd]), np.float32(floor)))
    flushed = (result[~odd] == 0) & (np.abs(exact[~odd]) < 100 * np.finfo(np.float32).tiny)
    return float(error[~flushed].max(initial=0))


def in_double(arguments: Sequence[Any]) -> list[Any]:
    """The same arguments with all float32 arrays in double precision."""
    return [a.astype(np.float64) if isinstance(a, np.ndarray) and a.dtype == np.float32 else a for a in arguments]


@contextmanager
def thread_count(count: int) -> Iterator[None]:
    """That many threads, for a while."""
    before = _native.threads()
    _native.set_threads(count)
    try:
        yield
    finally:
        _native.set_threads(before)


def assert_same_bits_on_any_threads(function: Callable[[], Sequence[Array]]) -> None:
    """What `function` returns must not depend on the number of threads."""
    results = []
    for count in (1, 2, 3, 8):
        with thread_count(count):
            results.append([np.array(array) for array in function()])
    for other in results[1:]:
        for one, two in zip(results[0], other, strict=True):
            np.testing.assert_array_equal(one.view(np.uint8), two.view(np.uint8))
