"""A picture of a model: a box for every layer, an arrow for what goes from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vitral.errors import ConfigError, MissingExtraError

_CHARACTER, _LINE, _GAP, _LANE = 0.085, 0.2, 0.4, 0.25
"""Sizes in inches: of a character, of a line of text, between boxes, between arrows beside the boxes."""

_DIRECTIONS = ("TB", "BT", "LR", "RL")


@dataclass
class Box:
    """A layer in the picture: its lines of text, the boxes that its inputs come from, and where its middle lies."""

    lines: list[str]
    sources: "list[Box]" = field(default_factory=list)
    row: int = 0
    x: float = 0.0
    y: float = 0.0

    @property
    def width(self) -> float:
        """Width in inches."""
        return max(len(line) for line in self.lines) * _CHARACTER + 0.3

    @property
    def height(self) -> float:
        """Height in inches."""
        return len(self.lines) * _LINE + 0.15


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
) -> None:
    """Draw a built model into a file, whose ending says the format: png, svg or pdf.

    Each box has the class of a layer and what `show_...` asks for. `rankdir` is the direction from inputs to outputs:
    "TB" top to bottom, "BT", "LR" left to right or "RL". Drawn by Matplotlib; a model inside is one box.
    Raises ConfigError for a model that is not built, or arguments that cannot work, MissingExtraError without
    Matplotlib.
    """
    if not getattr(model, "built", False):
        raise ConfigError(f"plot_model received {model!r}; expected a built model: add an Input or call model.build")
    if rankdir not in _DIRECTIONS:
        raise ConfigError(f"plot_model: rankdir is {rankdir!r}; expected one of {', '.join(_DIRECTIONS)}")
    if expand_nested:
        raise ConfigError("plot_model: expand_nested is True; expected False: plot the model inside by itself")
    shown = [
        *([_name] if show_layer_names else []),
        *([_activation] if show_layer_activations else []),
        *([_dtype] if show_dtype else []),
        *([_shapes] if show_shapes else []),
        *([_trainable] if show_trainable else []),
    ]

    def lines(layer: Any, before: Any, after: Any) -> list[str]:
        return [type(layer).__name__, *(text for show in shown if (text := show(layer, before, after)))]

    boxes = _graph_boxes(model, lines) if hasattr(model, "graph") else _chain_boxes(model, lines)
    _draw(boxes, rankdir, Path(to_file), dpi)


def _chain_boxes(model: Any, lines: Any) -> list[Box]:
    from vitral.layers import InputLayer

    entrance = InputLayer(batch_shape=model.input_shape, name="input_layer")
    boxes: list[Box] = []
    shape = model.input_shape
    for row, layer in enumerate([entrance, *model.layers]):
        after = layer.compute_output_shape(shape)
        boxes.append(Box(lines(layer, shape, after), boxes[-1:], row))
        shape = after
    return boxes


def _graph_boxes(model: Any, lines: Any) -> list[Box]:
    made: dict[Any, Box] = {}
    for row, nodes in enumerate(model.graph.by_depth):
        for node in nodes:
            before = [tensor.shape for tensor in (node.inputs or node.outputs)]
            after = [tensor.shape for tensor in node.outputs]
            made[node] = Box(
                lines(node.operation, _one(before), _one(after)),
                [made[tensor.node] for tensor in node.inputs],
                row,
            )
    return list(made.values())


def _one(shapes: list[Any]) -> Any:
    return shapes[0] if len(shapes) == 1 else shapes


def _name(layer: Any, before: Any, after: Any) -> str:
    return str(layer.name)


def _activation(layer: Any, before: Any, after: Any) -> str | None:
    activation = getattr(layer, "activation", None)
    return None if activation is None else f"activation: {activation.name}"


def _dtype(layer: Any, before: Any, after: Any) -> str:
    return f"dtype: {layer.weights[0].dtype}" if layer.weights else ""


def _shapes(layer: Any, before: Any, after: Any) -> str:
    return f"{before} → {after}"


def _trainable(layer: Any, before: Any, after: Any) -> str:
    return f"trainable: {layer.trainable}"


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
