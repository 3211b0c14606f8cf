"""Writing the logs of every epoch to a CSV file."""

import csv
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from vitral.callbacks.callback import Callback
from vitral.typing import Logs


class CSVLogger(Callback):
    """Writes a line an epoch: its number, counted from 0, and the logs in the order of their names.

    `append=True` goes on in a file that exists, without a second header; otherwise the file is replaced.
    """

    def __init__(self, filename: str | Path, separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.filename = Path(filename)
        self.separator = separator
        self.append = append
        self._file: TextIO | None = None
        self._writer: csv.DictWriter[str] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._close()
        self._writer = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        writer = self._writer or self._open(logs)
        row = {name: _cell(logs.get(name, "NA")) for name in writer.fieldnames}
        writer.writerow(row | {"epoch": epoch})
        if self._file is not None:
            self._file.flush()

    def _open(self, logs: Logs) -> "csv.DictWriter[str]":
        has_header = self.append and self.filename.exists() and self.filename.stat().st_size > 0
        self._file = self.filename.open("a" if self.append else "w", newline="", encoding="utf-8")
        names = sorted(logs)
        if not any(name.startswith("val_") for name in names):
            # A later epoch may be validated (validation_freq), and the columns cannot change any more.
            names += [f"val_{name}" for name in names]
        self._writer = csv.DictWriter(self._file, ["epoch", *names], extrasaction="ignore", delimiter=self.separator)
        if not has_header:
            self._writer.writeheader()
        return self._writer

    def on_train_end(self, logs: Logs | None = None) -> None:
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = None


def _cell(value: Any) -> Any:
    """The value in one line, also that of a metric with several."""
    return value.tolist() if isinstance(value, np.ndarray) else value
