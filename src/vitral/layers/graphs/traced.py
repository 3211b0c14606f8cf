"""The graphs that the `call` of a layer or a model draws, which is made of other layers."""

import inspect
from collections.abc import Sequence
from typing import Any

from vitral.core.naming import forget_name
from vitral.core.symbolic import KerasTensor
from vitral.core.tree import flatten
from vitral.errors import ConfigError
from vitral.layers.graphs.graph_layer import GraphLayer
from vitral.layers.input import Input
from vitral.layers.layer import Layer


class Traced:
    """The graphs for inputs of one shape: one for training and one for all else where `call` asks which it is.

    A third one, drawn once it is asked for, does not tell `call`, which may leave it to the layers inside.
    With `spread`, the inputs are so many arguments of `call`, the last of them by `names`; else they are the first,
    whatever its structure.
    """

    def __init__(self, layer: Any, input_shape: Any, spread: bool, names: Sequence[str]) -> None:
        self._asks = "training" in inspect.signature(layer.call).parameters
        self._arguments = (layer, input_shape, spread, names)
        modes = (False, True) if self._asks else (False,)
        self._graphs: dict[bool | None, GraphLayer] = {mode: self._drawn(mode) for mode in modes}

    def graph(self, training: bool | None) -> GraphLayer:
        """The layer that computes what `call` says."""
        if training is None and self._asks and None not in self._graphs:
            self._graphs[None] = self._drawn(None)
        return self._graphs.get(training, self._graphs[False])

    def _drawn(self, training: bool | None) -> GraphLayer:
        told = {"training": training} if self._asks and training is not None else {}
        return _draw(*self._arguments, told)


def _draw(layer: Any, input_shape: Any, spread: bool, names: Sequence[str], options: dict[str, Any]) -> GraphLayer:
    x = _inputs(input_shape)
    arguments = x if spread else [x]
    first = len(arguments) - len(names)
    options |= zip(names, arguments[first:], strict=True)
    try:
        y = layer.call(*arguments[:first], **options)
    except (TypeError, AttributeError) as error:
        raise ConfigError(
            f"{type(layer).__name__}.call does something that is no layer's ({error}): write it with layers, or write "
            "forward and backward"
        ) from error
    wrong = [part for part in flatten(y) if not isinstance(part, KerasTensor)]
    if wrong or not flatten(y):
        raise ConfigError(
            f"{type(layer).__name__}.call returned {f'a {type(wrong[0]).__name__}' if wrong else 'nothing'}; expected "
            "the output of a layer, or several in a list, a tuple or a dictionary"
        )
    graph = GraphLayer(x, y, name=layer.name)
    inside = _inside(layer)
    made_here = [made for made in graph.graph.layers if made not in inside]
    for made in sorted(made_here, key=lambda made: -made._number):
        if set(made.variables) - set(layer.variables):
            raise ConfigError(
                f'{type(layer).__name__}.call makes the layer "{made.name}" anew each time: make it in __init__'
            )
        forget_name(made.name, type(made).__name__)
    return graph


def _inputs(shapes: Any) -> Any:
    """A symbolic tensor for each shape, in the same structure."""
    if isinstance(shapes, dict):
        return {name: Input(batch_shape=shape, name=name) for name, shape in shapes.items()}
    return [_inputs(shape) for shape in shapes] if isinstance(shapes, list) else Input(batch_shape=shapes)


def _inside(layer: Layer) -> set[Layer]:
    """All layers that a layer is made of."""
    inside: set[Layer] = set()
    waiting = list(layer.inner_layers())
    while waiting:
        inner = waiting.pop()
        if inner not in inside:
            inside.add(inner)
            waiting += inner.inner_layers()
    return inside
