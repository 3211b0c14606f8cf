"""Plain-text tables, drawn as Keras 3 draws its model summary."""

from collections.abc import Sequence

from tabulate import DataRow, Line, TableFormat, tabulate

_HEAVY_HEAD = TableFormat(
    lineabove=Line("┏", "━", "┳", "┓"),
    linebelowheader=Line("┡", "━", "╇", "┩"),
    linebetweenrows=Line("├", "─", "┼", "┤"),
    linebelow=Line("└", "─", "┴", "┘"),
    headerrow=DataRow("┃", "┃", "┃"),
    datarow=DataRow("│", "│", "│"),
    padding=1,
    with_header_hide=None,
)


def text_table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, numeric: Sequence[int] = ()) -> str:
    """A table with a heavy head; the columns in `numeric` are aligned to the right.

    >>> print(text_table(["Layer", "Param #"], [["dense", "650"]], numeric=[1]))
    ┏━━━━━━━━━┳━━━━━━━━━━━┓
    ┃ Layer   ┃   Param # ┃
    ┡━━━━━━━━━╇━━━━━━━━━━━┩
    │ dense   │       650 │
    └─────────┴───────────┘
    """
    alignment = ["right" if column in numeric else "left" for column in range(len(headers))]
    return str(tabulate(rows, headers, tablefmt=_HEAVY_HEAD, colalign=alignment, disable_numparse=True))
