"""Random numbers: one root seed, and a Philox stream for everyone who asks.

Philox is a counter-based generator (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a
stream is named by its seed and its position, so a saved position continues with the same bits on any machine.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from vitral.core.variable import Variable
from vitral.errors import ConfigError

_LARGEST_SEED = 2**32 - 1


class _Root:
    """The seed from which all others are drawn, and how many were drawn."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.drawn = 0


_root = _Root(random.SystemRandom().randrange(2**32))
_root_here: ContextVar[_Root | None] = ContextVar("vitral_root", default=None)
"""The root in place of the other one, for the thread that is in a `seeded` block."""


def set_seed(seed: int) -> None:
    """Fix all randomness of what is built from now on: initial weights, shuffling, dropout.

    `seed` is a whole number from 0 to 2**32 - 1; raises ConfigError for any other.
    NumPy's global state is not touched.

    >>> set_seed(7); first = next_seed(); set_seed(7); next_seed() == first
    True
    """
    global _root
    _root = _Root(check_seed(seed))


def next_seed() -> int:
    """A fresh seed, drawn from the root: the n-th one after `set_seed(s)` depends on s and n only."""
    root = _root_here.get() or _root
    sequence = np.random.SeedSequence(entropy=root.seed, spawn_key=(root.drawn,))
    root.drawn += 1
    return int(sequence.generate_state(1)[0])


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """In this block, and in this thread, seeds are drawn from a root of their own, as after `set_seed(seed)`.

    >>> with seeded(7):
    ...     first = next_seed()
    >>> set_seed(7); next_seed() == first
    True
    """
    token = _root_here.set(_Root(check_seed(seed)))
    try:
        yield
    finally:
        _root_here.reset(token)


def check_seed(seed: int) -> int:
    """The seed as an int; raises ConfigError if it is not a whole number from 0 to 2**32 - 1."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed <= _LARGEST_SEED:
        raise ConfigError(f"seed is {seed!r}; expected a whole number from 0 to {_LARGEST_SEED}")
    return int(seed)


def generator(seed: int, position: int = 0) -> np.random.Generator:
    """The Philox generator at `position` of the stream `seed`.

    >>> bool(generator(3, 1).random() == generator(3, 1).random() != generator(3, 2).random())
    True
    """
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(entropy=seed, spawn_key=(position,))))


class SeedGenerator:
    """A stream of generators whose position is a variable, so that it is saved and restored with the model.

    >>> stream = SeedGenerator(5)
    >>> a = stream.next().random(); stream.state.assign([5, 0]); bool(stream.next().random() == a)
    True
    """

    def __init__(self, seed: int | None = None, name: str | None = None) -> None:
        self.seed = next_seed() if seed is None else check_seed(seed)
        self.state = Variable(
            np.array([self.seed, 0], np.uint32),
            name="seed_generator_state",
            trainable=False,
            path=f"{name or 'seed_generator'}/seed_generator_state",
        )

    def next(self) -> np.random.Generator:
        """The generator for the next use; moves the position on by one."""
        seed, position = (int(number) for number in self.state.value)
        self.state.value[1] += 1
        return generator(seed, position)
