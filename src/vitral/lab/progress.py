"""Progress of a training whose epochs are single steps, where a line for each would be hundreds."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from vitral.callbacks import Callback
from vitral.typing import Logs

_PARTS = 5
"""The metrics are printed after each of this many equal parts of the epochs: every 20 %."""


@contextmanager
def epoch_bar(epochs: int, done: int) -> Iterator[Callback]:
    """A callback that draws one bar over all epochs on stderr; `done` of them are over already.

    On a terminal the bar moves; elsewhere only the lines with the metrics are written.
    """
    with click.progressbar(length=epochs, label="Epochs", file=sys.stderr, show_pos=True) as bar:
        bar.update(done)
        yield _EpochBar(epochs, bar)


class _EpochBar(Callback):
    def __init__(self, epochs: int, bar: "click._termui_impl.ProgressBar[int]") -> None:
        super().__init__()
        self._epochs = epochs
        self._bar = bar

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        number = epoch + 1
        # One part more is complete with this epoch than with the one before it.
        if number * _PARTS // self._epochs > epoch * _PARTS // self._epochs:
            values = " - ".join(f"{name}: {value:.4f}" for name, value in (logs or {}).items())
            over_the_bar = "\r\x1b[2K" if sys.stderr.isatty() else ""
            click.echo(f"{over_the_bar}Epoch {number}/{self._epochs} - {values}", err=True)
        self._bar.update(1)
