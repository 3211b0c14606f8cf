"""Lines over epochs: loss, accuracy, and the same for several runs on one sheet."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from vitral.report.numbers import Numbers
from vitral.report.parts import Chart, Key, Table
from vitral.report.svg import RUBY, chart_style, color_name, inline_svg, localize, new_figure, quiet_axes

_WIDTH, _HEIGHT = 460, 280
_LOG_FROM = 100  # a loss that falls this many times over is unreadable on a linear axis


@dataclass(frozen=True)
class Line:
    """A curve: x in epochs, y a value or None where it is not finite, a stand-in color of `svg.py`."""

    label: str
    x: Sequence[float]
    y: Sequence[float | None]
    color: str
    dashed: bool = False


@dataclass(frozen=True)
class CurveTexts:
    """The words around the curves; `mark` labels the vertical line."""

    caption: str
    x_label: str
    table_caption: str
    mark: str = ""
    log_note: str = ""
    log_x_note: str = ""


def curve_chart(
    name: str,
    lines: Sequence[Line],
    numbers: Numbers,
    texts: CurveTexts,
    *,
    percent: bool = False,
    mark_x: float | None = None,
    log_x: bool = False,
    table_rows: int | None = None,
) -> Chart:
    """Curves over a common axis; `mark_x` draws a vertical line and tints what lies behind it.

    `log_x` is for runs of very different length on one sheet, `table_rows` thins out the table.
    """
    with chart_style():
        figure = new_figure(_WIDTH, _HEIGHT)
        axes = figure.add_axes((0.13, 0.165, 0.85, 0.735))
        quiet_axes(axes)
        longest = max((len(line.x) for line in lines), default=0)
        for line in lines:
            axes.plot(
                line.x,
                [math.nan if value is None else value for value in line.y],
                color=line.color,
                linewidth=1.9,
                linestyle=(0, (4, 1.6)) if line.dashed else "-",
                solid_capstyle="round",
                solid_joinstyle="round",
                marker="o" if longest <= 30 else None,
                markersize=4,
                markeredgewidth=0,
            )
        logarithmic = not percent and _scale(axes, lines)
        if mark_x is not None:
            _mark(axes, mark_x, texts.mark)
        axes.set_xlabel(texts.x_label, labelpad=6)
        if log_x:
            axes.set_xscale("log")
            axes.tick_params(which="minor", length=0)
            axes.xaxis.set_minor_formatter(NullFormatter())
        elif all(float(x).is_integer() for line in lines for x in line.x):
            axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
        localize(axes, numbers, y_percent=percent)
        notes = [texts.log_note if logarithmic else "", texts.log_x_note if log_x else ""]
        caption = " ".join([texts.caption, *filter(None, notes)])
        svg = inline_svg(figure, name=name, label=caption)
    return Chart(
        svg,
        caption,
        _points_table(lines, numbers, texts, percent, table_rows),
        [Key(line.label, color_name(line.color), line.dashed) for line in lines],
    )


def _scale(axes: Axes, lines: Sequence[Line]) -> bool:
    """Choose the y axis; True when it became logarithmic."""
    values = [value for line in lines for value in line.y if value is not None]
    if values and min(values) > 0 and max(values) / min(values) > _LOG_FROM:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(numticks=7))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.tick_params(which="minor", length=0)
        return True
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    return False


def _mark(axes: Axes, x: float, label: str) -> None:
    left, right = axes.get_xlim()
    axes.axvspan(x, right, color=RUBY, alpha=0.07, linewidth=0)
    axes.axvline(x, color=RUBY, linewidth=1.2, linestyle=(0, (2, 2)))
    axes.set_xlim(left, right)
    on_the_left = x < (left + right) / 2
    axes.annotate(
        label,
        (x, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, 7),
        textcoords="offset points",
        ha="left" if on_the_left else "right",
        color=RUBY,
        fontsize=12,
    )


def _points_table(lines: Sequence[Line], numbers: Numbers, texts: CurveTexts, percent: bool, most: int | None) -> Table:
    xs = _thinned(sorted({x for line in lines for x in line.x}), most)
    columns = [dict(zip(line.x, line.y, strict=True)) for line in lines]
    whole = all(float(x).is_integer() for x in xs)

    def show(column: dict[float, float | None], x: float) -> str:
        if x not in column:
            return numbers.decimal(None)
        value = math.nan if column[x] is None else column[x]
        return numbers.percent(value) if percent else numbers.loss(value)

    return Table(
        texts.table_caption,
        [texts.x_label, *(line.label for line in lines)],
        [
            [numbers.integer(int(x)) if whole else numbers.decimal(x), *(show(column, x) for column in columns)]
            for x in xs
        ],
    )


def _thinned(xs: list[float], most: int | None) -> list[float]:
    """About `most` of the values, close together at the start, where curves change; first and last are kept."""
    if most is None or len(xs) <= most:
        return xs
    last = len(xs) - 1
    return [xs[i] for i in sorted({round((last + 1) ** (k / (most - 1)) - 1) for k in range(most)})]
