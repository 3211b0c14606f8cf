"""The table of layers that `model.summary()` writes, laid out as Keras 3 lays it out."""

import re
import shutil
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from vitral.config import floatx
from vitral.core.tree import map_structure
from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.layers import Layer
from vitral.layers.graphs.graph import Graph
from vitral.models.functional import Functional
from vitral.models.model import Model
from vitral.models.table import draw_table, inner_widths
from vitral.typing import Shape

_HEADERS = ("Layer (type)", "Output Shape", "Param #", "Connected to")
_UNITS = ("B", "KB", "MB", "GB", "TB")


def summary_text(
    model: Model,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Sequence[str] | None = None,
) -> str:
    """The whole summary; the arguments are those of `Model.summary`.

    A graph with branches has a column more: on which calls' results each layer is called.
    """
    graph = model.graph if isinstance(model, Functional) and _has_branches(model.graph) else None
    headers = _HEADERS[: 3 if graph is None else 4]
    alignments = "<<><"[: len(headers)]
    shares = list(positions or ((0.45, 0.80, 1.0) if graph is None else (0.3, 0.56, 0.74, 1.0)))
    if len(shares) != len(headers):
        raise ConfigError(f"summary: positions are {positions}; expected {len(headers)} of them, one a column")
    length = 88 if graph is None else 108
    if show_trainable:
        length += 12
        shares = [0.9 * share for share in shares] + [1.0]
        headers, alignments = (*headers, "Trainable"), alignments + "^"
    length = line_length or min(length, max(40, shutil.get_terminal_size().columns - 4))
    rows = [
        _fields(layer, prefix, graph, show_trainable)
        for layer, prefix in _with_nested(_range(model.layers, layer_range), expand_nested)
    ]
    return "\n".join(
        [
            f'Model: "{model.name}"',
            *draw_table(headers, alignments, rows, _widths(length, shares)),
            *_totals(model),
            "",
        ]
    )


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


def _totals(model: Model) -> Iterator[str]:
    optimizer = model.optimizer.variables if model.compiled and model.optimizer.built else []
    trainable, fixed = model.trainable_weights, model.non_trainable_weights
    yield _total("Total params", trainable + fixed + optimizer)
    yield _total("Trainable params", trainable)
    yield _total("Non-trainable params", fixed)
    if optimizer:
        yield _total("Optimizer params", optimizer)


def _total(title: str, variables: Sequence[Variable]) -> str:
    count = sum(variable.size for variable in variables)
    size = sum(map(_bytes, variables))
    return f" {title}: {count:,} ({readable_size(size)})"


def _bytes(variable: Variable) -> int:
    """What it takes in memory, but for the learning rate: it is kept in double precision, and counts as Keras' own."""
    is_rate = variable.name == "learning_rate" and variable.ndim == 0
    return np.dtype(floatx()).itemsize if is_rate else variable.value.nbytes


def _widths(length: int, shares: Sequence[float]) -> list[int]:
    """The room in each column; columns end at these shares of the line."""
    ends = [0, *(int(share * length) for share in shares)]
    outer = [right - left for left, right in pairwise(ends)]
    if min(outer) < 4:
        raise ConfigError(f"summary: columns of {outer} characters are too narrow; expected 4 or more: a longer line")
    return [max(1, width) for width in inner_widths(outer)]


def _range(layers: Sequence[Layer], names: Sequence[str] | None) -> Sequence[Layer]:
    """The layers from the first that matches one pattern to the last that matches the other."""
    if names is None:
        return layers
    if isinstance(names, str) or len(names) != 2 or not all(isinstance(name, str) for name in names):
        raise ConfigError(f"summary: layer_range is {names!r}; expected two names of layers, or patterns of them")
    found = [[number for number, layer in enumerate(layers) if re.match(name, layer.name)] for name in names]
    if not all(found):
        known = ", ".join(layer.name for layer in layers)
        raise ConfigError(f"summary: layer_range is {list(names)}; the layers are {known}")
    first, last = found if found[0][0] <= found[1][-1] else found[::-1]
    return layers[first[0] : last[-1] + 1]


def _with_nested(layers: Sequence[Layer], expand: bool, level: int = 0) -> Iterator[tuple[Layer, str]]:
    """The layers, each with what goes in front of its name; those of a model inside follow it."""
    for layer in layers:
        yield layer, "   " * level + "└ " if level else ""
        if expand and isinstance(layer, Model):
            yield from _with_nested(layer.layers, expand, level + 1)


def _fields(layer: Layer, prefix: str, graph: Graph | None, show_trainable: bool) -> list[str]:
    fields = [f"{prefix}{layer.name} ({type(layer).__name__})", _shape(layer), _count(layer)]
    if graph is not None:
        fields.append(_connections(layer, graph))
    if show_trainable:
        fields.append(("Y" if layer.trainable else "N") if layer.weights else "-")
    return fields


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
    return "0 (unbuilt)" if layer.awaits_build else f"{layer.count_params():,}"
