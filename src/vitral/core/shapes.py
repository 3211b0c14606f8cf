"""Shapes with the batch axis first, some of whose axes are not known."""

from collections.abc import Sequence

from vitral.typing import Shape


def agree(one: Shape, other: Shape) -> bool:
    """Whether an array can have both shapes: as many axes, of the same lengths where both are known.

    >>> agree((None, 28, 28), (32, 28, None)), agree((None, 28), (None, 30)), agree((None,), (None, 1))
    (True, False, False)
    """
    return len(one) == len(other) and all(a == b or None in (a, b) for a, b in zip(one, other, strict=True))


def all_agree(some: Sequence[Shape], others: Sequence[Shape]) -> bool:
    """Whether there are as many of both, and each agrees with the other of its place."""
    return len(some) == len(others) and all(map(agree, some, others))


def samples(shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """Of each shape that of one sample, without the batch axis."""
    return tuple(shape[1:] for shape in shapes)
