"""A map of the image plane with a signed number at every pixel, such as its correlation with the label."""

import math

import numpy as np
from markupsafe import Markup
from matplotlib.patches import Rectangle

from vitral.report.svg import COBALT, MUTED, RUBY, RULE, chart_style, inline_svg, new_figure
from vitral.typing import Array

_SIDE = 380.0
_MOST_CELLS = 64


def pixel_map(name: str, values: Array, label: str, *, positive: str = RUBY) -> Markup:
    """Red (or `positive`) above zero, blue below, a cross where the value is NaN; `values` is (h, w).

    An image larger than 64 x 64 is drawn in blocks.
    """
    values = _blocks(values)
    height, width = values.shape
    cell = _SIDE / max(height, width)
    finite = [abs(float(value)) for value in values.flat if math.isfinite(value)]
    greatest = max(finite, default=0.0) or 1.0
    with chart_style():
        figure = new_figure(cell * width + 2, cell * height + 2)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(-0.1, width + 0.1), ylim=(height + 0.1, -0.1))
        axes.axis("off")
        crosses: list[tuple[float, float]] = []
        for y in range(height):
            for x in range(width):
                value = float(values[y, x])
                if not math.isfinite(value):
                    crosses.append((x + 0.5, y + 0.5))
                if not value or not math.isfinite(value):
                    continue
                axes.add_patch(
                    Rectangle(
                        (x, y), 1, 1,
                        facecolor=positive if value > 0 else COBALT,
                        alpha=round(abs(value) / greatest, 2),
                        linewidth=0,
                    )
                )  # fmt: skip
        if crosses:
            axes.plot(*zip(*crosses, strict=True), "x", color=MUTED, markersize=cell * 0.4, markeredgewidth=0.9)
        axes.add_patch(Rectangle((0, 0), width, height, fill=False, edgecolor=RULE, linewidth=1))
        return inline_svg(figure, name=name, label=label)


def _blocks(values: Array) -> Array:
    """Means over square blocks, so that no side has more than 64 of them; NaN where a whole block is NaN."""
    step = math.ceil(max(values.shape) / _MOST_CELLS)
    if step == 1:
        return values
    height, width = (-(-side // step) * step for side in values.shape)
    padded = np.full((height, width), np.nan)
    padded[: values.shape[0], : values.shape[1]] = values
    blocks = padded.reshape(height // step, step, width // step, step)
    known = np.isfinite(blocks)
    counts = known.sum(axis=(1, 3))
    sums = np.where(known, blocks, 0.0).sum(axis=(1, 3))
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
