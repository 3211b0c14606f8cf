"""Matplotlib figures as inline SVG that takes its colors and its font from the page."""

import io
import re
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from markupsafe import Markup, escape
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter

from vitral.report.numbers import Numbers

# Matplotlib knows no CSS variables: it draws with these stand-ins, which `inline_svg` replaces by var(--name).
INK, MUTED, RULE, PAPER = "#010101", "#010102", "#010103", "#010104"
COBALT, RUBY, AMBER, EMERALD, VIOLET, TEAL = (f"#0102{n:02x}" for n in range(1, 7))
SERIES = (COBALT, RUBY, AMBER, EMERALD, VIOLET, TEAL)
_NAMES = {
    INK: "ink",
    MUTED: "muted",
    RULE: "rule",
    PAPER: "paper",
    COBALT: "cobalt",
    RUBY: "ruby",
    AMBER: "amber",
    EMERALD: "emerald",
    VIOLET: "violet",
    TEAL: "teal",
}
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "vitral",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 12.5,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": RULE,
    "axes.linewidth": 1.0,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "axes.unicode_minus": True,
    "path.simplify": True,
}


def color_name(color: str) -> str:
    """The CSS variable that a stand-in color becomes: "cobalt" for COBALT, to be used as `var(--cobalt)`."""
    return _NAMES[color]


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of `width` by `height` CSS pixels, without background."""
    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    figure.patch.set_visible(False)
    return figure


def chart_style() -> AbstractContextManager[None]:
    """Context in which charts are drawn; matplotlib reads some settings when an artist is made."""
    return rc_context(_SETTINGS)


def quiet_axes(axes: Axes) -> None:
    """Only what helps reading: horizontal rules behind the data and no box around it."""
    axes.set_facecolor("none")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="y", color=RULE, linewidth=1)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, pad=6)


class _Ticks(Formatter):
    """Writes the ticks of an axis with the language's decimal mark, all with the same number of decimals."""

    def __init__(self, numbers: Numbers, percent: bool) -> None:
        self._numbers = numbers
        self._percent = percent

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Iterable[float]) -> list[str]:
        ticks = list(values)
        if self._percent:
            digits = _decimals([100 * tick for tick in ticks])
            return [self._numbers.percent(tick, digits) for tick in ticks]
        if isinstance(self.axis, Axis) and self.axis.get_scale() == "log":
            # Each tick has the decimals of its own power of ten.
            return [self._numbers.compact(tick) for tick in ticks]
        return [self._numbers.decimal(tick, _decimals(ticks)) for tick in ticks]


def _decimals(values: Sequence[float]) -> int:
    return max((len(f"{value:.8f}".rstrip("0").partition(".")[2]) for value in values), default=0)


def localize(axes: Axes, numbers: Numbers, *, y_percent: bool = False) -> None:
    """Number the ticks as the language does; `y_percent` for fractions shown as percentages."""
    axes.xaxis.set_major_formatter(_Ticks(numbers, percent=False))
    axes.yaxis.set_major_formatter(_Ticks(numbers, percent=y_percent))


def inline_svg(figure: Figure, *, name: str, label: str) -> Markup:
    """The figure as an `<svg role="img">` element with `label` as its accessible name.

    `name` goes before every id, so that charts on the same page do not share them. The same figure gives the
    same text every time: no date, no random ids.
    """
    buffer = io.StringIO()
    with rc_context(_SETTINGS):
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = _own_ids(text, name)
    text = text.replace("xlink:href", "href")
    # With the names come the family and the size of the text; only the size is the chart's business.
    text = re.sub(r"font: (?:\w+ )?([\d.]+)px [^;\"]*", r"font-size: \1px", text)
    text = re.sub(r"font-family: [^;\"]*;? ?", "", text)
    for color, variable_name in _NAMES.items():
        text = text.replace(color, f"var(--{variable_name})")
    view_box = re.search(r'viewBox="([^"]+)"', text)
    box = view_box.group(1) if view_box else ""
    body = text[text.index(">") + 1 : text.rindex("</svg>")]
    width = box.split()[2]
    head = f'<svg viewBox="{box}" width="{width}" role="img" aria-label="{escape(label)}">'
    return Markup(head + re.sub(r">\s+<", "><", body).strip() + "</svg>")


def _own_ids(text: str, name: str) -> str:
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", text))

    def rename(match: re.Match[str]) -> str:
        return f' id="{name}-{match.group(1)}"' if match.group(1) in used else ""

    text = re.sub(r' id="([^"]+)"', rename, text)
    return re.sub(r'(url\(#|href="#)', rf"\g<1>{name}-", text)
