"""Reads a table of numbers with NumPy's fast parser, and looks for the culprit only if that fails."""

import itertools
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

import numpy as np

from vitral.datasets.readers.packed import opened
from vitral.datasets.readers.result import quoted
from vitral.errors import DataError
from vitral.typing import Array

_LABEL_NAMES = {"label", "labels", "class", "target", "y", "digit", "etiqueta", "clase"}
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Table:
    """A table file: `delimiter` None means blanks; `names` are the columns' if there is a header."""

    path: Path
    delimiter: str | None
    names: list[str] | None

    def rows(self, limit: int | None) -> Array:
        """The numbers, (rows, columns), as uint8 if all fit, else float32.

        Raises DataError with row, line and column of the first ragged row or cell that is no number, and if
        there are fewer than `limit` rows.
        """
        try:
            values = self._parse(np.uint8, limit)
        except ValueError:
            try:
                values = self._parse(np.float32, limit)
            except ValueError as error:
                raise self._culprit(str(error)) from error
        if len(values) == 0:
            raise DataError(f"{self.path}: it holds no images")
        if self.names is not None and values.shape[1] != len(self.names):
            raise DataError(
                f"{self.place(0, None)}: {values.shape[1]} values; the header names {len(self.names)} columns"
            )
        if limit is not None and len(values) < limit:
            raise DataError(f"{self.path}: {len(values)} rows; expected at least {limit}")
        return values

    def place(self, row: int, column: int | None) -> str:
        """How to find a cell: row among the images and line in the file, both from 1, and column."""
        line, _ = next(itertools.islice(self._lines(), row, None))
        text = f"{self.path}, row {row + 1} (line {line})"
        return text if column is None else f"{text}, column {self._column(column)}"

    def _parse(self, dtype: type[np.generic], limit: int | None) -> Array:
        with _text_of(self.path) as stream, warnings.catch_warnings():
            # An empty table is an error of ours, with the file's name.
            warnings.filterwarnings("ignore", "loadtxt: input contained no data", UserWarning)
            if self.names is not None:
                _first_line(stream)
            return np.loadtxt(
                stream,
                dtype=dtype,
                comments=None,
                delimiter=self.delimiter,
                quotechar='"',
                ndmin=2,
                max_rows=limit,
            )

    def _lines(self) -> Iterator[tuple[int, str]]:
        """(line number from 1, text) of every row; lines without anything are no rows."""
        with _text_of(self.path) as stream:
            header = self.names is not None
            for number, line in enumerate(stream, start=1):
                text = line.rstrip("\r\n") if self.delimiter else line.strip()
                if text and not header:
                    yield number, text
                header = header and not text

    def _culprit(self, otherwise: str) -> DataError:
        expected = len(self.names) if self.names is not None else None
        for row, (_, text) in enumerate(self._lines()):
            cells = text.split(self.delimiter)
            expected = expected or len(cells)
            for column, cell in enumerate(cells[:expected]):
                if not _is_number(cell):
                    return DataError(f"{self.place(row, column)}: {quoted(cell.strip())} is no number")
            if len(cells) != expected:
                return DataError(f"{self.place(row, None)}: {len(cells)} values; expected {expected}")
        return DataError(f"{self.path}: {otherwise}")

    def _column(self, column: int) -> str:
        if self.names is None:
            return str(column + 1)
        return f"{column + 1} ({quoted(self.names[column])})"


def open_table(path: Path, *, delimiter: str | None, detect: bool, header: bool | None) -> Table:
    """Look at the first line; `detect` finds the delimiter, and `header` None whether the line is a header.

    It is one if its cells all differ, as names must, and most of them are no numbers or one of them is a
    usual name for the label: a row of pixels with a bad cell must not be taken for a header and lost.
    """
    with _text_of(path) as stream:
        line = _first_line(stream)
    if line is None:
        raise DataError(f"{path}: it holds no images")
    if detect:
        delimiter = max(_DELIMITERS, key=line.count) if any(map(line.count, _DELIMITERS)) else None
    cells = [cell.strip().strip('"').strip() for cell in line.split(delimiter)]
    if header is None:
        words = [cell for cell in cells if not _is_number(cell)]
        named = any(cell.lower() in _LABEL_NAMES for cell in words)
        header = len(set(cells)) == len(cells) and (named or 2 * len(words) > len(cells))
    return Table(path, delimiter, cells if header else None)


def label_column(table: Table, columns: int, label: str | int | None) -> int:
    """The index of the label's column, given its name, its index (negative from the end), or nothing."""
    if label is None:
        found = [at for at, name in enumerate(table.names or []) if name.lower() in _LABEL_NAMES]
        return found[0] if found else 0
    if isinstance(label, str):
        if label not in (table.names or []):
            known = f"the header has {', '.join(table.names[:5])} ..." if table.names else "there is no header"
            raise DataError(f"{table.path}: no column {label!r}; {known}")
        return (table.names or []).index(label)
    if not -columns <= label < columns:
        raise DataError(f"{table.path}: no column {label}; there are {columns}")
    return label % columns


def grid_order(names: list[str]) -> tuple[tuple[int, int], list[int]] | None:
    """Image shape and reading order of pixel columns named <row>x<column>, counted from 1; None if they are not.

    >>> grid_order(["1x1", "2x1", "1x2", "2x2"])
    ((2, 2), [0, 2, 1, 3])
    """
    matches = [re.fullmatch(r"(\d+)x(\d+)", name) for name in names]
    places = [(int(match[1]), int(match[2])) for match in matches if match]
    order = sorted(range(len(places)), key=places.__getitem__)
    height, width = max(places, default=(0, 0))
    grid = [(row, column) for row in range(1, height + 1) for column in range(1, width + 1)]
    if len(grid) != len(names) or [places[at] for at in order] != grid:
        return None
    return (height, width), order


@contextmanager
def _text_of(path: Path) -> Iterator[TextIO]:
    """The file as text; bytes that are no UTF-8 end up in a cell that is no number."""
    with opened(path) as content, TextIOWrapper(content, "utf-8-sig", errors="surrogateescape") as text:
        yield text


def _first_line(stream: TextIO) -> str | None:
    """The first line that holds anything, which is also where loadtxt starts to read."""
    return next((line.rstrip("\r\n") for line in stream if line.strip()), None)


def _is_number(cell: str) -> bool:
    try:
        float(cell.strip().strip('"'))
    except ValueError:
        return False
    # float() takes 1_000, the fast parser does not.
    return "_" not in cell
