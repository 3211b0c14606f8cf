"""The table of layers that `model.summary()` writes, laid out as Keras 3 lays it out."""

import shutil
import textwrap
from collections.abc import Sequence

from vitral.core.tree import map_structure
from vitral.core.variable import Variable
from vitral.layers import Layer
from vitral.models.functional import Functional
from vitral.models.graph import Graph
from vitral.models.model import Model
from vitral.typing import Shape

_HEADERS = ("Layer (type)", "Output Shape", "Param #", "Connected to")
_UNITS = ("B", "KB", "MB", "GB", "TB")


def summary_text(model: Model, line_length: int | None = None) -> str:
    """The whole summary; `line_length` is 88 unless given, less on a narrow terminal.

    A graph with branches has a column more, in 108 characters: on which calls' results each layer is called.
    """
    graph = model.graph if isinstance(model, Functional) and _has_branches(model.graph) else None
    length = line_length or min(88 if graph is None else 108, shutil.get_terminal_size().columns - 4)
    rows = [[f"{layer.name} ({type(layer).__name__})", _shape(layer), _count(layer)] for layer in model.layers]
    if graph is not None:
        rows = [[*row, _connections(layer, graph)] for layer, row in zip(model.layers, rows, strict=True)]
    optimizer = model.optimizer.variables if model.compiled and model.optimizer.built else []
    trainable, fixed = model.trainable_weights, model.non_trainable_weights
    lines = [
        f'Model: "{model.name}"',
        *_table(rows, _widths(length, 3 if graph is None else 4)),
        _total("Total params", trainable + fixed + optimizer),
        _total("Trainable params", trainable),
        _total("Non-trainable params", fixed),
    ]
    if optimizer:
        lines.append(_total("Optimizer params", optimizer))
    return "\n".join(lines) + "\n"


def readable_size(size: float) -> str:
    """A number of bytes as Keras writes it.

    >>> readable_size(32), readable_size(6503464)
    ('32.00 B', '6.20 MB')
    """
    for unit in _UNITS[:-1]:
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} {_UNITS[-1]}"


def _total(title: str, variables: Sequence[Variable]) -> str:
    count = sum(variable.size for variable in variables)
    size = sum(variable.value.nbytes for variable in variables)
    return f" {title}: {count:,} ({readable_size(size)})"


def _has_branches(graph: Graph) -> bool:
    layers = [node.operation for group in graph.by_depth for node in group]
    return len(set(layers)) < len(layers) or any(len(group) > 1 or len(group[0].inputs) > 1 for group in graph.by_depth)


def _connections(layer: Layer, graph: Graph) -> str:
    """Each result that the layer is called on: the layer that makes it, the number of its call and of the result."""
    of_model = {node for group in graph.by_depth for node in group}
    places = [
        f"{tensor.layer.name}[{tensor.layer.inbound_nodes.index(tensor.node)}][{tensor.index}]"
        for node in layer.inbound_nodes
        if node in of_model
        for tensor in node.inputs
    ]
    return ", ".join(places) or "-"


def _shape(layer: Layer) -> str:
    if not layer.built:
        return "?"
    if layer.inbound_nodes:
        shapes = map_structure(lambda tensor: _written(tensor.shape), layer.inbound_nodes[-1].result)
        return shapes if isinstance(shapes, str) else str(shapes).replace("'", "")
    return _written(layer.output_shape)


def _written(shape: Shape) -> str:
    return f"({', '.join(map(str, shape))})"


def _count(layer: Layer) -> str:
    return f"{layer.count_params():,}" if layer.built else "0 (unbuilt)"


def _widths(length: int, columns: int) -> list[int]:
    # The columns' shares of the line include their borders and padding, which are taken off as evenly as it goes.
    shares, frames = ((0.45, 0.80, 1.0), (3, 4, 3)) if columns == 3 else ((0.3, 0.56, 0.74, 1.0), (3, 3, 4, 3))
    ends = [0, *(int(share * length) for share in shares)]
    return [max(4, right - left - frame) for left, right, frame in zip(ends, ends[1:], frames, strict=False)]


def _table(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    def rule(left: str, line: str, middle: str, right: str) -> str:
        return left + middle.join(line * (width + 2) for width in widths) + right

    lines = [rule("┏", "━", "┳", "┓"), *_row(_HEADERS[: len(widths)], widths, "┃"), rule("┡", "━", "╇", "┩")]
    for number, row in enumerate(rows):
        if number:
            lines.append(rule("├", "─", "┼", "┤"))
        lines += _row(row, widths, "│")
    return [*lines, rule("└", "─", "┴", "┘")]


def _row(cells: Sequence[str], widths: Sequence[int], border: str) -> list[str]:
    """The cells side by side, in as many lines as the longest needs; the third column is aligned to the right."""
    wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for number in range(max(map(len, wrapped))):
        texts = [cell[number] if number < len(cell) else "" for cell in wrapped]
        padded = [
            f"{text:{'>' if column == 2 else '<'}{width}}"
            for column, (text, width) in enumerate(zip(texts, widths, strict=True))
        ]
        lines.append(f"{border} " + f" {border} ".join(padded) + f" {border}")
    return lines
