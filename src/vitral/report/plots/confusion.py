"""The confusion matrix: true classes down, predicted classes across."""

from collections.abc import Sequence

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from vitral.report.numbers import Numbers
from vitral.report.parts import Chart, Table
from vitral.report.svg import COBALT, INK, MUTED, PAPER, RUBY, RULE, chart_style, inline_svg, new_figure

_NUMBERED_UP_TO = 20  # classes; beyond, a cell is too small for its number


def confusion_chart(
    name: str,
    matrix: Sequence[Sequence[int]],
    row_names: Sequence[str],
    column_names: Sequence[str],
    numbers: Numbers,
    *,
    caption: str,
    table_caption: str,
    true_label: str,
    predicted_label: str,
) -> Chart:
    """Counts in cells, tinted by their share of the row: blue where it was right, red where it was wrong."""
    rows, columns = len(matrix), len(matrix[0])
    cell = 52 if columns <= 12 else max(14, 560 // columns)
    font = 12.0 if cell > 40 else 8.5
    left = 30 + 7.2 * max(len(label) for label in row_names)
    longest = max(len(label) for label in column_names)
    upright = 7.5 * longest < cell
    bottom = 44.0 if upright else 34 + 5.3 * longest
    width, height = left + cell * columns + 4, 4 + cell * rows + bottom
    with chart_style():
        figure = new_figure(width, height)
        axes = figure.add_axes((left / width, bottom / height, cell * columns / width, cell * rows / height))
        _cells(axes, matrix)
        if columns <= _NUMBERED_UP_TO:
            _counts(axes, matrix, numbers, font)
        axes.set_xticks([i + 0.5 for i in range(columns)], list(column_names), color=INK)
        axes.set_yticks([i + 0.5 for i in range(rows)], list(row_names), color=INK)
        for tick in axes.get_xticklabels():
            if not upright:
                tick.set(rotation=45, ha="right", va="top", rotation_mode="anchor")
        axes.tick_params(length=0, pad=5)
        figure.text((left + cell * columns / 2) / width, 4 / height, predicted_label, ha="center", color=MUTED)
        figure.text(
            14 / width,
            (bottom + cell * rows / 2) / height,
            true_label,
            rotation=90,
            rotation_mode="anchor",
            ha="center",
            color=MUTED,
        )
        svg = inline_svg(figure, name=name, label=caption)
    table = Table(
        table_caption,
        [f"{true_label} ↓  {predicted_label} →", *column_names],
        [[row_names[i], *(numbers.integer(count) for count in row)] for i, row in enumerate(matrix)],
    )
    return Chart(svg, caption, table, size="tall")


def small_confusion(name: str, matrix: Sequence[Sequence[int]], label: str, *, side: int = 180) -> Markup:
    """The same without names and numbers, to lay many beside each other."""
    with chart_style():
        figure = new_figure(side, side)
        axes = figure.add_axes((0.01, 0.01, 0.98, 0.98))
        _cells(axes, matrix)
        axes.set_xticks([])
        axes.set_yticks([])
        return inline_svg(figure, name=name, label=label)


def _cells(axes: Axes, matrix: Sequence[Sequence[int]]) -> None:
    axes.set_facecolor("none")
    axes.set_xlim(0, len(matrix[0]))
    axes.set_ylim(len(matrix), 0)
    for side in axes.spines.values():
        side.set_color(RULE)
    for i, j, _, share in _shares(matrix):
        if share > 0:
            color = COBALT if i == j else RUBY
            axes.add_patch(Rectangle((j, i), 1, 1, facecolor=color, alpha=_tint(share), linewidth=0))
    for k in range(1, len(matrix)):
        axes.axhline(k, color=PAPER, linewidth=1)
    for k in range(1, len(matrix[0])):
        axes.axvline(k, color=PAPER, linewidth=1)


def _counts(axes: Axes, matrix: Sequence[Sequence[int]], numbers: Numbers, font: float) -> None:
    for i, j, count, share in _shares(matrix):
        # A cell is read against its tint; a zero is left faint, so that the pattern shows.
        color = MUTED if count == 0 else PAPER if _tint(share) > 0.6 else INK
        text = "·" if count == 0 else numbers.integer(count)
        axes.text(j + 0.5, i + 0.5, text, ha="center", va="center_baseline", color=color, fontsize=font)


def _shares(matrix: Sequence[Sequence[int]]) -> list[tuple[int, int, int, float]]:
    """(row, column, count, share of its row) of every cell."""
    return [
        (i, j, count, count / total if (total := sum(row)) else 0.0)
        for i, row in enumerate(matrix)
        for j, count in enumerate(row)
    ]


def _tint(share: float) -> float:
    # The square root lets small confusions be seen beside a diagonal of 90 %.
    return float(min(0.92, 0.06 + 0.86 * share**0.5)) if share < 0.5 else float(0.67 + 0.25 * (share - 0.5) / 0.5)
