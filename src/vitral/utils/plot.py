"""A picture of a model: a box for every layer, an arrow for what goes from one to the next."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vitral.core.configurable import only_default
from vitral.errors import ConfigError, MissingExtraError
from vitral.utils.boxes import Box, boxes_of, check_drawable

_GAP, _LANE = 0.4, 0.25
"""Distances in inches: between boxes, between arrows beside the boxes."""


def plot_model(
    model: Any,
    to_file: str | Path = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
) -> None:
    """Draw a built model into a file, whose ending says the format: png, svg or pdf.

    Each box has the class of a layer and what `show_...` asks for. `rankdir` is the direction from inputs to outputs:
    "TB" top to bottom, "BT", "LR" left to right or "RL". Drawn by Matplotlib, with arrows of right angles, as `splines`
    has it; a model inside is one box. Raises ConfigError for a model that is not built, or arguments that cannot work,
    MissingExtraError without Matplotlib.
    """
    only_default("splines", splines, ("ortho",), "plot_model")
    check_drawable(model, rankdir, expand_nested, "plot_model")
    boxes = boxes_of(model, show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    _draw(boxes, rankdir, Path(to_file), dpi)


def _draw(boxes: Sequence[Box], rankdir: str, file: Path, dpi: int) -> None:
    try:
        from matplotlib.figure import Figure
        from matplotlib.patches import FancyBboxPatch
    except ImportError:
        raise MissingExtraError("matplotlib", needed_for="plot_model") from None
    sideways = rankdir in ("LR", "RL")
    length, breadth = _place(boxes, sideways)
    paths = [_way(source, box, sideways, lane) for source, box, lane in _links(boxes, sideways)]
    lanes = sum(abs(box.row - source.row) > 1 for box in boxes for source in box.sources)
    size = (length, breadth + lanes * _LANE) if sideways else (breadth + lanes * _LANE, length)
    figure = Figure(figsize=size)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, size[0]), ylim=(size[1], 0))
    axes.set_axis_off()

    def turned(x: float, y: float) -> tuple[float, float]:
        # The text must stand upright, so places are mirrored, not the axes.
        return size[0] - x if rankdir == "RL" else x, size[1] - y if rankdir == "BT" else y

    for path in paths:
        points = [turned(x, y) for x, y in path]
        axes.plot(*zip(*points[:-1], strict=True), color="0.4", linewidth=1, zorder=1)
        arrow = {"arrowstyle": "-|>", "color": "0.4", "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", xy=points[-1], xytext=points[-2], arrowprops=arrow, zorder=1)
    for box in boxes:
        x, y = turned(box.x, box.y)
        corner = x - box.width / 2 + 0.05, y - box.height / 2 + 0.05
        style = "round,pad=0.05"
        patch = FancyBboxPatch(corner, box.width - 0.1, box.height - 0.1, style, facecolor="0.95", edgecolor="0.2")
        axes.add_patch(patch)
        axes.text(x, y, "\n".join(box.lines), ha="center", va="center", fontsize=9, zorder=3)
    try:
        figure.savefig(file, dpi=dpi)
    except ValueError as error:
        raise ConfigError(f"plot_model: to_file is {str(file)!r}: {str(error).splitlines()[0]}") from None


def _place(boxes: Sequence[Box], sideways: bool) -> tuple[float, float]:
    """Give every box its middle, row by row; returns how long and how broad the picture is."""
    rows = [[box for box in boxes if box.row == row] for row in range(max(box.row for box in boxes) + 1)]

    def along(box: Box) -> float:
        return box.width if sideways else box.height

    def across(box: Box) -> float:
        return box.height if sideways else box.width

    breadth = max(sum(map(across, row)) + _GAP * (len(row) + 1) for row in rows)
    at = _GAP
    for row in rows:
        extent = max(map(along, row))
        side = (breadth - sum(map(across, row)) - _GAP * (len(row) - 1)) / 2
        for box in row:
            middle, place = at + extent / 2, side + across(box) / 2
            box.x, box.y = (middle, place) if sideways else (place, middle)
            side += across(box) + _GAP
        at += extent + _GAP
    return at, breadth


def _links(boxes: Sequence[Box], sideways: bool) -> list[tuple[Box, Box, float | None]]:
    """Every arrow's ends; one that passes rows by gets a lane beside all boxes, the others have none."""
    found: list[tuple[Box, Box, float | None]] = []
    lanes = 0
    edge = max(box.x + box.width / 2 for box in boxes), max(box.y + box.height / 2 for box in boxes)
    for box in boxes:
        for source in box.sources:
            lane = None
            if box.row - source.row > 1:
                lanes += 1
                lane = edge[sideways] + lanes * _LANE
            found.append((source, box, lane))
    return found


def _way(source: Box, box: Box, sideways: bool, lane: float | None) -> list[tuple[float, float]]:
    """The corners of an arrow, of which the last two are its head's."""
    if sideways:
        if lane is not None:
            return [(source.x, source.y), (source.x, lane), (box.x, lane), (box.x, box.y + box.height / 2)]
        middle = box.x - box.width / 2 - _GAP / 2
        return [(source.x, source.y), (middle, source.y), (middle, box.y), (box.x - box.width / 2, box.y)]
    if lane is not None:
        return [(source.x, source.y), (lane, source.y), (lane, box.y), (box.x + box.width / 2, box.y)]
    middle = box.y - box.height / 2 - _GAP / 2
    return [(source.x, source.y), (source.x, middle), (box.x, middle), (box.x, box.y - box.height / 2)]
