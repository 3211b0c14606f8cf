"""What a page is made of: tables and charts, ready for the templates."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup


@dataclass(frozen=True)
class Table:
    """A table as text; the first column is the row's heading, the columns in `text_columns` are not numbers."""

    caption: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    text_columns: frozenset[int] = frozenset({0})
    footer: Sequence[str] | None = None
    """A last row, for totals."""


@dataclass(frozen=True)
class Key:
    """One entry of a legend; `color` is a CSS variable's name."""

    label: str
    color: str
    dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """A drawing with its caption, its legend and the same content as a table."""

    svg: Markup
    caption: str
    table: Table
    legend: Sequence[Key] = ()
    size: str = "half"
    """half (two beside each other), wide (the page's width) or small (many in a row)."""


def with_one_legend(charts: Sequence[Chart]) -> dict[str, object]:
    """The content of a section of charts; a legend that serves all of them stands above them once."""
    longest = max((chart.legend for chart in charts), key=len, default=())
    if len(charts) < 2 or any(key not in longest for chart in charts for key in chart.legend):
        return {"charts": charts, "legend": ()}
    return {"charts": [replace(chart, legend=()) for chart in charts], "legend": longest}


@dataclass(frozen=True)
class Picture:
    """A small image with a line or two under it."""

    uri: str
    alt: str
    title: str
    lines: Sequence[str] = ()
    wrong: bool = False


@dataclass(frozen=True)
class Fact:
    """A term and its value, in a list of facts."""

    term: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A section of a page: its anchor, its heading, and what its template needs."""

    anchor: str
    title: str
    template: str
    content: dict[str, object] = field(default_factory=dict)
