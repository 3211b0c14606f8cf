"""A bound on what a description from outside can make Vitral allocate."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from vitral.errors import ShapeError

_SMALL = 1 << 24
"""As many values may always be made, 64 MiB of them, so that smaller mistakes are found by whoever can say more."""


class _Limit:
    def __init__(self, values: int) -> None:
        self.values = values
        self.allowed = max(values, _SMALL)
        self.taken = 0


_limit: ContextVar[_Limit | None] = ContextVar("limit", default=None)


@contextmanager
def variables_limited_to(values: int) -> Iterator[None]:
    """Let the layers built inside the block, in this thread, have no more values in all than this."""
    token = _limit.set(_Limit(values))
    try:
        yield
    finally:
        _limit.reset(token)


def check_allowed(shape: Sequence[int], path: str) -> None:
    """Raise ShapeError if a new variable of this shape exceeds the limit; without one nothing does.

    >>> with variables_limited_to(1):
    ...     check_allowed((1 << 30, 1 << 30), "dense/kernel")
    Traceback (most recent call last):
    vitral.errors.ShapeError: dense/kernel would have the shape (1073741824, 1073741824); the file has 1 values in all
    """
    limit = _limit.get()
    if limit is None:
        return
    limit.taken += math.prod(shape)
    if limit.taken > limit.allowed:
        raise ShapeError(f"{path} would have the shape {tuple(shape)}; the file has {limit.values} values in all")
