"""The figures themselves: SVG for one stage around a center, and how much room it takes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from vitral.report.drawing.stages import Stage

NODE_GAP = 15.5
_ALL_NODES_UP_TO = 12
_SHOWN_NODES = 9
_TALLEST = 122.0


@dataclass(frozen=True)
class Box:
    """The outline of a drawn stage, for arrows; `ys` are the heights of its nodes."""

    left: float
    right: float
    top: float
    bottom: float
    ys: Sequence[float] = ()


def slots(units: int) -> list[int | None]:
    """Which nodes of a column are drawn; None stands for the ones left out.

    >>> slots(3), slots(300)
    ([0, 1, 2], [0, 1, 2, 3, None, 296, 297, 298, 299])
    """
    if units <= _ALL_NODES_UP_TO:
        return list(range(units))
    half = _SHOWN_NODES // 2
    return [*range(half), None, *range(units - half, units)]


def size(stage: Stage, input_height: int) -> tuple[float, float]:
    """Width and height in pixels of the stage's figure, without its words."""
    if stage.kind == "nodes":
        return 14.0, NODE_GAP * (len(slots(stage.shape[0])) - 1) + 12
    if stage.kind == "strip":
        return 9.0, 150.0
    if stage.kind == "image":
        height, width = stage.shape[0], stage.shape[1]
        return 84.0 * width / max(height, width), 84.0 * height / max(height, width)
    face = _face(stage, input_height)
    return _thickness(stage) + 0.42 * face, face + 0.42 * face * 0.6


def draw(stage: Stage, x: float, middle: float, input_height: int, image_uri: str | None) -> tuple[str, Box]:
    """The figure centered on (x, middle), and its outline."""
    width, height = size(stage, input_height)
    box = Box(x - width / 2, x + width / 2, middle - height / 2, middle + height / 2)
    if stage.kind == "nodes":
        return _nodes(stage, x, middle)
    if stage.kind == "strip":
        return _rectangle(box, stage.color, 0.3), box
    if stage.kind == "image":
        return _image(box, stage, image_uri), box
    return _volume(stage, box, input_height), box


def _face(stage: Stage, input_height: int) -> float:
    # The square root keeps a 4 x 4 map visible beside a 32 x 32 one.
    return max(20.0, _TALLEST * math.sqrt(stage.shape[0] / max(input_height, stage.shape[0])))


def _thickness(stage: Stage) -> float:
    return 5.0 + 4.6 * math.log2(max(stage.shape[-1], 1) + 1)


def _rectangle(box: Box, color: str, opacity: float) -> str:
    return (
        f'<rect x="{box.left:.1f}" y="{box.top:.1f}" width="{box.right - box.left:.1f}"'
        f' height="{box.bottom - box.top:.1f}" style="fill:var(--{color});fill-opacity:{opacity};'
        f'stroke:var(--{color})"/>'
    )


def _image(box: Box, stage: Stage, uri: str | None) -> str:
    frame = _rectangle(box, "muted", 0.0 if uri else 0.15)
    if uri is None:
        return frame
    return (
        f'<image x="{box.left:.1f}" y="{box.top:.1f}" width="{box.right - box.left:.1f}"'
        f' height="{box.bottom - box.top:.1f}" href="{uri}" preserveAspectRatio="none" class="pixels"/>{frame}'
    )


def _polygon(points: Sequence[tuple[float, float]], color: str, opacity: float) -> str:
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polygon points="{corners}" style="fill:var(--{color});fill-opacity:{opacity};'
        f'stroke:var(--{color});stroke-linejoin:round"/>'
    )


def _volume(stage: Stage, box: Box, input_height: int) -> str:
    thick, lift = _thickness(stage), 0.42 * _face(stage, input_height)
    back, rise = box.left + lift, lift * 0.6
    front = [
        (box.left, box.top + rise),
        (box.left + thick, box.top + rise),
        (box.left + thick, box.bottom),
        (box.left, box.bottom),
    ]
    top = [(box.left, box.top + rise), (back, box.top), (back + thick, box.top), (box.left + thick, box.top + rise)]
    side = [
        (box.left + thick, box.top + rise),
        (back + thick, box.top),
        (back + thick, box.bottom - rise),
        (box.left + thick, box.bottom),
    ]
    return (
        # Opaque paper first: arrows and neighbors must not show through the glass.
        _polygon([front[3], front[0], top[1], top[2], side[2], front[2]], "paper", 1.0)
        + _polygon(front, stage.color, 0.45)
        + _polygon(top, stage.color, 0.22)
        + _polygon(side, stage.color, 0.7)
    )


def _nodes(stage: Stage, x: float, middle: float) -> tuple[str, Box]:
    shown = slots(stage.shape[0])
    first = middle - NODE_GAP * (len(shown) - 1) / 2
    parts: list[str] = []
    ys: list[float] = []
    for k, node in enumerate(shown):
        y = first + NODE_GAP * k
        if node is None:
            parts.extend(
                f'<circle cx="{x:.1f}" cy="{y + d:.1f}" r="1.3" style="fill:var(--muted)"/>' for d in (-4.5, 0, 4.5)
            )
            continue
        ys.append(y)
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.2" style="fill:var(--paper);stroke:var(--{stage.color})"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.2" style="fill:var(--{stage.color});fill-opacity:.4;'
            f'stroke:var(--{stage.color});stroke-width:1.2"/>'
        )
    return "".join(parts), Box(x - 6, x + 6, ys[0] - 6, ys[-1] + 6, ys)
