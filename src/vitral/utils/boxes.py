"""What a picture of a model shows: a box for every layer, and from which boxes its inputs come."""

from dataclasses import dataclass, field
from typing import Any

from vitral.errors import ConfigError
from vitral.training.checks import activation_name

_CHARACTER, _LINE = 0.085, 0.2
"""Sizes in inches: of a character, of a line of text."""

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


def check_drawable(model: Any, rankdir: str, expand_nested: bool, function: str) -> None:
    """Raise ConfigError for a model that is not built, an unknown direction, and for models inside drawn open."""
    if not getattr(model, "built", False):
        raise ConfigError(f"{function} received {model!r}; expected a built model: add an Input or call model.build")
    if rankdir not in _DIRECTIONS:
        raise ConfigError(f"{function}: rankdir is {rankdir!r}; expected one of {', '.join(_DIRECTIONS)}")
    if expand_nested:
        raise ConfigError(f"{function}: expand_nested is True; expected False: draw the model inside by itself")


def boxes_of(
    model: Any,
    show_shapes: bool,
    show_dtype: bool,
    show_layer_names: bool,
    show_layer_activations: bool,
    show_trainable: bool,
) -> list[Box]:
    """The boxes of a built model, with a line for the class of a layer and for each thing to be shown."""
    shown = [
        *([_name] if show_layer_names else []),
        *([_activation] if show_layer_activations else []),
        *([_dtype] if show_dtype else []),
        *([_shapes] if show_shapes else []),
        *([_trainable] if show_trainable else []),
    ]

    def lines(layer: Any, before: Any, after: Any) -> list[str]:
        return [type(layer).__name__, *(text for show in shown if (text := show(layer, before, after)))]

    return _graph_boxes(model, lines) if hasattr(model, "graph") else _chain_boxes(model, lines)


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
    name = activation_name(layer)
    return None if name is None else f"activation: {name}"


def _dtype(layer: Any, before: Any, after: Any) -> str:
    return f"dtype: {layer.weights[0].dtype}" if layer.weights else ""


def _shapes(layer: Any, before: Any, after: Any) -> str:
    return f"{before} → {after}"


def _trainable(layer: Any, before: Any, after: Any) -> str:
    return f"trainable: {layer.trainable}"
