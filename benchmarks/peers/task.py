"""What an adapter hands to the worker."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Way: TypeAlias = Callable[[int], object]
"""Carries out that many steps."""


@dataclass(frozen=True)
class Task:
    """A workload, ready to be run by one library."""

    parameters: int
    """Trained values of the network as the library counts them."""
    ways: dict[str, Way]
    """The calls with which a user of the library would do it; the quickest one is measured."""
