"""What is said on stderr while data is being fetched."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click


@dataclass(frozen=True)
class Progress:
    """Notes and bars on stderr, or silence."""

    enabled: bool = True

    def note(self, text: str) -> None:
        """One line."""
        if self.enabled:
            click.echo(text, err=True)

    @contextmanager
    def bar(self, label: str, total: int | None, done: int = 0) -> Iterator[Callable[[int], None]]:
        """A bar over `total` bytes, of which `done` are there already; yields what advances it."""
        if not self.enabled or not total:
            self.note(label)
            yield lambda _: None
            return
        with click.progressbar(length=total, label=label, file=sys.stderr) as bar:
            bar.update(done)
            yield bar.update
