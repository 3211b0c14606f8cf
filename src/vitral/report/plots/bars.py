"""Horizontal bars with a name before and a value behind."""

from collections.abc import Sequence

from matplotlib.patches import Rectangle

from vitral.report.parts import Chart, Key, Table
from vitral.report.svg import INK, RULE, chart_style, inline_svg, new_figure

_ROW = 22.0
_WIDTH = 420.0
_THICK = 12.5
_CHARACTER = 7.7


def bar_chart(
    name: str,
    labels: Sequence[str],
    series: Sequence[tuple[Sequence[float], Sequence[str]]],
    colors: Sequence[Sequence[str]],
    *,
    caption: str,
    table: Table,
    legend: Sequence[Key] = (),
    longest: float | None = None,
    size: str = "half",
) -> Chart:
    """One row a label; `series` holds (values, the values as text), `colors` a stand-in for every bar.

    `longest` is the value that fills the width; by default the greatest one.
    """
    left = 14 + _CHARACTER * max(len(label) for label in labels)
    above = left > _WIDTH / 2  # long names stand over their bars, or no room is left for these
    if above:
        left = 4.0
    right = 14 + _CHARACTER * max(len(text) for _, texts in series for text in texts)
    heading = 18.0 if above else 0.0
    row = heading + (_ROW if len(series) == 1 else 15.0 * len(series) + 9)
    height = row * len(labels) + 4
    scale = (_WIDTH - left - right) / max(longest or max(max(values) for values, _ in series), 1e-30)
    with chart_style():
        figure = new_figure(_WIDTH, height)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, _WIDTH), ylim=(height, 0))
        axes.axis("off")
        axes.plot([left, left], [2, height - 2], color=RULE, linewidth=1)
        for i, label in enumerate(labels):
            middle = 2 + row * i + (row + heading) / 2
            if above:
                axes.text(left + 4, 2 + row * i + 11, label, ha="left", va="center_baseline", color=INK)
            else:
                axes.text(left - 8, middle, label, ha="right", va="center_baseline", color=INK)
            for k, (values, texts) in enumerate(series):
                y = middle + 15.0 * (k - (len(series) - 1) / 2)
                length = max(scale * values[i], 0.0)
                bar = Rectangle((left, y - _THICK / 2), length, _THICK, facecolor=colors[k][i], linewidth=0)
                axes.add_patch(bar)
                axes.text(left + length + 6, y, texts[i], ha="left", va="center_baseline", color=INK)
        svg = inline_svg(figure, name=name, label=caption)
    return Chart(svg, caption, table, legend, size)
