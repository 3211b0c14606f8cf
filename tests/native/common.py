"""What the tests of the kernels share: numbers, and results that must not depend on the threads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

pytest.importorskip("vitral._native", reason="the kernels were not compiled")

from vitral import _native
from vitral.typing import Array


def normal(*shape: int, seed: int = 0) -> Array:
    """Standard normal numbers in float32."""
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


@contextmanager
def threads(count: int) -> Iterator[None]:
    before = _native.threads()
    _native.set_threads(count)
    yield
    _native.set_threads(before)


def assert_same_for_any_number_of_threads(compute: Callable[[], tuple[Array, ...]]) -> None:
    """`compute` gives arrays; they must have the same bits for 1, 2, 3 and 8 threads."""
    with threads(1):
        expected = [array.tobytes() for array in compute()]
    for count in (2, 3, 8):
        with threads(count):
            assert [array.tobytes() for array in compute()] == expected, f"{count} threads"


def strided(array: Array) -> Array:
    """The same values, not contiguous: every second one of an array twice as long."""
    doubled = np.repeat(array, 2, axis=-1)
    return doubled[..., ::2]
