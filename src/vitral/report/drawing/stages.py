"""From the layer table to what is drawn: one stage for every layer that changes the shape of the data."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from vitral.lab.record import LayerRecord

Kind = Literal["image", "volume", "strip", "nodes"]


@dataclass
class Stage:
    """One figure in the drawing; `shape` is (h, w, c) or (units,), `extras` are layers drawn as words below."""

    kind: Kind
    color: str
    title: str
    shape: list[int]
    activation: str | None = None
    extras: list[str] = field(default_factory=list)
    last: bool = False

    @property
    def title_lines(self) -> list[str]:
        """The title in at most two lines, cut where a new word begins.

        >>> Stage("nodes", "amber", "GlobalAveragePooling2D", [64]).title_lines
        ['GlobalAverage', 'Pooling2D']
        """
        if len(self.title) <= 13:
            return [self.title]
        words = re.findall(r"[A-Z]?[^A-Z]+|[A-Z]+(?![a-z])", self.title)
        cuts = [("".join(words[:k]), "".join(words[k:])) for k in range(1, len(words))]
        return list(min(cuts, key=lambda cut: max(map(len, cut)))) if cuts else [self.title]


def stages(input_shape: Sequence[int], layers: Sequence[LayerRecord], input_title: str) -> list[Stage]:
    """The figures from the input to the output.

    A layer that keeps the shape and multiplies little (activation, dropout, normalization ...) becomes a word
    below the figure before it.
    """
    shape = list(input_shape)
    drawn = [Stage("image" if len(shape) > 1 else "nodes", "muted", input_title, shape)]
    for layer in layers:
        if layer.type in {"Input", "InputLayer"}:
            continue
        if layer.output_shape == shape and not _transforms(layer.type):
            drawn[-1].extras.append(_word(layer))
            continue
        shape = layer.output_shape
        drawn.append(Stage(_kind(layer), _color(layer.type), layer.type, shape, _activation(layer)))
    if len(drawn) > 1:
        drawn[-1].last = True
        if drawn[-1].kind == "nodes":
            drawn[-1].color = "violet"
    return drawn


def _transforms(kind: str) -> bool:
    return "Conv" in kind or "Dense" in kind


def _activation(layer: LayerRecord) -> str | None:
    return None if layer.activation in {None, "linear"} else layer.activation


def _word(layer: LayerRecord) -> str:
    word = "BatchNorm" if layer.type == "BatchNormalization" else layer.type
    return (_activation(layer) or word) if layer.type == "Activation" else word


def _kind(layer: LayerRecord) -> Kind:
    if len(layer.output_shape) > 1:
        return "volume"
    return "strip" if layer.type in {"Flatten", "Reshape"} else "nodes"


def _color(kind: str) -> str:
    for part, color in (("Conv", "cobalt"), ("Pool", "amber"), ("Dense", "emerald"), ("Flatten", "muted")):
        if part in kind:
            return color
    return "teal"
