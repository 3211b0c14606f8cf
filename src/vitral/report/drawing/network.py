"""Stages side by side, in as many rows as they need, with arrows and words."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from vitral.report.drawing.links import arrow, link
from vitral.report.drawing.shapes import Box, draw, size, slots
from vitral.report.drawing.stages import Stage
from vitral.report.numbers import Numbers

_WIDEST = 860.0
_NARROWEST = 600.0  # a short network is spread out to this
_MARGIN = 30.0  # room for the arrows from row to row
_FIGURES = 206.0  # height of a row's figures; the words come below
_LINE = 15.0
_CHARACTER = {"net-title": 7.5, "net-shape": 6.5, "net-act": 6.5, "net-extra": 6.5, "net-class": 6.7}


@dataclass(frozen=True)
class NetworkDrawing:
    """Draws a list of stages; `image_uri` is shown as the input, `class_name` names the output nodes."""

    drawn: Sequence[Stage]
    numbers: Numbers
    class_name: Callable[[int], str]
    image_uri: str | None = None

    def svg(self, label: str) -> Markup:
        """The whole network as an inline SVG; `label` is its text for those who cannot see it."""
        pitches = [self._pitch(stage) for stage in self.drawn]
        count = math.ceil(sum(pitches) / _WIDEST)
        stretch = min(2.2, max(1.0, _NARROWEST / sum(pitches)))
        rows = _balanced(list(zip(self.drawn, [stretch * pitch for pitch in pitches], strict=True)), count)
        content = max(sum(pitch for _, pitch in row) for row in rows)
        names = self._names_width() - rows[-1][-1][1] / 2
        width = _MARGIN + content + max(_MARGIN, names)
        parts: list[str] = []
        top = 0.0
        for number, row in enumerate(rows):
            svg, height = self._row(row, top, _MARGIN + content / 2, first=number == 0, last=number == len(rows) - 1)
            parts.append(svg)
            top += height
        size_text = f'viewBox="0 0 {width:.0f} {top:.0f}" width="{width:.0f}"'
        return Markup(f'<svg {size_text} role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>')

    @property
    def _input_height(self) -> int:
        return next((stage.shape[0] for stage in self.drawn if len(stage.shape) > 1), 1)

    def _words(self, stage: Stage) -> list[tuple[str, str]]:
        """(CSS class, text) of the lines under a figure."""
        lines = [("net-title", line) for line in stage.title_lines]
        lines.append(("net-shape", self.numbers.shape(stage.shape)))
        if stage.activation:
            lines.append(("net-act", stage.activation))
        # The same word many times over is said once.
        return lines + [("net-extra", f"+ {word}") for word in dict.fromkeys(stage.extras)]

    def _pitch(self, stage: Stage) -> float:
        """The width that a stage takes: its figure or its words."""
        words = max(len(text) * _CHARACTER[css] for css, text in self._words(stage)) + 12
        gap = 66.0 if stage.kind == "nodes" else 30.0
        return max(words, size(stage, self._input_height)[0] + gap)

    def _names_width(self) -> float:
        """How far the names of the classes reach to the right of the output nodes."""
        stage = self.drawn[-1]
        if stage.kind != "nodes" or not stage.last:
            return 0.0
        longest = max(len(self.class_name(i)) for i in slots(stage.shape[0]) if i is not None)
        return 13 + longest * _CHARACTER["net-class"]

    def _row(
        self, row: Sequence[tuple[Stage, float]], top: float, center: float, *, first: bool, last: bool
    ) -> tuple[str, float]:
        """One row and its height; arrows show where it goes on from and to."""
        x = center - sum(pitch for _, pitch in row) / 2
        middle = top + _FIGURES / 2
        figures: list[str] = []
        links: list[str] = []
        words: list[str] = []
        before: Box | None = None
        for stage, pitch in row:
            x += pitch / 2
            svg, box = draw(stage, x, middle, self._input_height, self.image_uri)
            figures.append(svg)
            if before is not None:
                links.append(link(before, box, middle))
            elif not first:
                links.append(arrow(box.left - 28, box.left - 3, middle))
            for k, (css, text) in enumerate(self._words(stage)):
                place = f'x="{x:.1f}" y="{top + _FIGURES + 10 + _LINE * k:.1f}" text-anchor="middle"'
                words.append(f'<text {place} class="{css}">{escape(text)}</text>')
            if stage.last and stage.kind == "nodes":
                words.append(self._class_names(stage, box))
            before = box
            x += pitch / 2
        if before is not None and not last:
            links.append(arrow(before.right + 3, before.right + 28, middle))
        height = _FIGURES + _LINE * max(len(self._words(stage)) for stage, _ in row) + 14
        return "".join([*links, *figures, *words]), height

    def _class_names(self, stage: Stage, box: Box) -> str:
        shown = [i for i in slots(stage.shape[0]) if i is not None]
        return "".join(
            f'<text x="{box.right + 7:.1f}" y="{y + 4:.1f}" class="net-class">{escape(self.class_name(i))}</text>'
            for i, y in zip(shown, box.ys, strict=True)
        )


def _balanced(stages: list[tuple[Stage, float]], count: int) -> list[list[tuple[Stage, float]]]:
    """The stages in `count` rows of about equal width."""
    target = sum(pitch for _, pitch in stages) / count
    rows: list[list[tuple[Stage, float]]] = [[]]
    used = 0.0
    for stage, pitch in stages:
        if rows[-1] and len(rows) < count and used + pitch / 2 > target * len(rows):
            rows.append([])
        rows[-1].append((stage, pitch))
        used += pitch
    return rows
