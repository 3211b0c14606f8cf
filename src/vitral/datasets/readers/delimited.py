"""Images as rows of a text table: one label and the pixels."""

from pathlib import Path

from vitral.datasets.readers.result import Images, checked_labels, checked_pixels, image_shape
from vitral.datasets.readers.table import Table, grid_order, label_column, open_table
from vitral.errors import DataError
from vitral.typing import Array


def read_csv(
    path: str | Path,
    *,
    label: str | int | None = None,
    header: bool | None = None,
    delimiter: str | None = None,
    shape: tuple[int, ...] | None = None,
    classes: int | None = None,
    max_value: float = 255,
    limit: int | None = None,
) -> Images:
    """Read a CSV file, .gz or not: one image a row, one column the label, the others its pixels row by row.

    `label`: name or index of the label's column; by default one named label, class, target or the like, else
    the first. `header`: whether the first line names the columns; seen by itself by default. `delimiter`:
    comma, semicolon or tab, seen by itself. `shape`: of an image; by default from names like 1x1 ... 28x28,
    which may stand in any order, else a square. `classes`: how many there are, for checking the labels.
    `limit`: read that many rows, and demand them.

    Raises DataError with file, row and line for anything else than finite numbers from 0 to `max_value`, rows
    of different lengths, a label out of range, or no rows at all.
    """
    table = open_table(Path(path), delimiter=delimiter, detect=delimiter is None, header=header)
    return _images(table, label, shape, classes, max_value, limit)


def read_text(
    path: str | Path,
    *,
    label: int = -1,
    shape: tuple[int, ...] | None = None,
    classes: int | None = None,
    max_value: float = 255,
    limit: int | None = None,
) -> Images:
    """Read a text file of numbers separated by blanks: one image a line, the label last unless `label` says else.

    The other arguments and the errors are those of `read_csv`.
    """
    table = open_table(Path(path), delimiter=None, detect=False, header=False)
    return _images(table, label, shape, classes, max_value, limit)


def _images(
    table: Table,
    label: str | int | None,
    shape: tuple[int, ...] | None,
    classes: int | None,
    max_value: float,
    limit: int | None,
) -> Images:
    rows = table.rows(limit)
    at = label_column(table, rows.shape[1], label)
    columns = [column for column in range(rows.shape[1]) if column != at]
    grid = grid_order([table.names[column] for column in columns]) if table.names else None
    if grid is not None:
        shape = shape or grid[0]
        columns = [columns[place] for place in grid[1]]
    if not columns:
        raise DataError(f"{table.path}: one column only; expected a label and pixels")
    shape = image_shape(len(columns), shape, table.path)

    def locate(row: int, pixel: int | None) -> str:
        return table.place(row, at if pixel is None else columns[pixel])

    labels = checked_labels(rows[:, at], locate, classes)
    pixels: Array = checked_pixels(rows[:, columns], locate, max_value)
    return Images(pixels.reshape(-1, *shape), labels, None)
