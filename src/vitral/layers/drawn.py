"""What `Layer` does for a class that writes `call`, made of other layers, in place of passes of its own."""

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from vitral.core.registry import unknown_name
from vitral.core.shapes import all_agree, samples
from vitral.core.symbolic import is_symbolic
from vitral.core.targets import as_float
from vitral.core.tree import flatten, flatten_shapes, map_structure
from vitral.errors import ConfigError, ShapeError
from vitral.typing import Array, Cache, Shape

if TYPE_CHECKING:
    from vitral.layers.called import Called
    from vitral.layers.graphs.graph_layer import GraphLayer
    from vitral.layers.graphs.traced import Traced
    from vitral.layers.layer import Layer


class Drawing:
    """The graphs that a layer's `call` draws, for inputs of each shape that the layer meets.

    `spread` is whether the inputs are so many arguments of `call`, and not the first alone; the last of them are given
    by these `names`.
    """

    def __init__(self, layer: Any) -> None:
        self.spread = len(_required(layer)) > 1
        self.names: tuple[str, ...] = ()
        self._layer = layer
        self._traced: dict[tuple[Shape, ...], Traced] = {}

    @property
    def training_by_default(self) -> Any:
        """What `call` takes `training` to be unless it is told."""
        parameter = inspect.signature(self._layer.call).parameters.get("training")
        return None if parameter is None else parameter.default

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn yet."""
        return not self._traced

    def main(self, training: bool) -> "GraphLayer":
        """The graph for the shape that the layer was built for."""
        return next(iter(self._traced.values())).graph(training)

    def graph_at(self, shapes: Any, training: bool | None = False) -> "GraphLayer":
        """The graph for inputs of these shapes, drawn now if there is none that agrees with them."""
        key = samples(flatten_shapes(shapes))
        fitting = (its for known, its in self._traced.items() if all_agree(known, key))
        traced = self._traced.get(key) or next(fitting, None)
        if traced is None:
            from vitral.layers.graphs.traced import Traced

            spread = self.spread and isinstance(shapes, list)
            traced = Traced(self._layer, shapes, spread, self.names if spread else ())
            self._traced[key] = traced
        return traced.graph(training)

    def graph_for(self, x: Any, training: bool | None) -> "GraphLayer":
        """The graph for a batch."""
        traced = self._traced.get(samples([array.shape for array in flatten(x)]))
        if traced is not None:
            return traced.graph(training)
        return self.graph_at(map_structure(lambda array: (None, *array.shape[1:]), x), training)


def by_name(layer: "Called", named: Mapping[str, Any]) -> list[Any]:
    """What is given by name to a `call` that the user writes; raises ConfigError where that is no tensor or array."""
    known = inspect.signature(layer.call).parameters if layer.draws else {}  # type: ignore[attr-defined]
    for name, value in named.items():
        if name not in known:
            raise unknown_name(f"argument of a call of {type(layer).__name__}", name, [*known, "training"])
        if value is not None and not (is_symbolic(value) or hasattr(value, "shape")):
            raise ConfigError(
                f'layer "{layer.name}" was called with {name}={value!r}; expected a tensor or an array, and settings '
                "as arguments of its constructor"
            )
    given = {name: value for name, value in named.items() if value is not None}
    if layer.draws:
        layer.drawing.names = tuple(given)
    return list(given.values())


def unfolded(layer: "Layer") -> "Layer":
    """A layer whose `call` is made of others as the graph that it is; any other as it is."""
    return layer.drawing.main(training=False) if layer.draws and not layer.drawing.is_empty else layer


def as_batch(given: Any) -> Any:
    """Arrays of floats from what a layer was called on: an array, or a list or a dictionary of them."""
    if isinstance(given, np.ndarray):
        return as_float(given)
    several = isinstance(given, (list, tuple)) and len(given) > 0 and all(isinstance(x, np.ndarray) for x in given)
    return map_structure(as_float, given) if several or isinstance(given, dict) else as_float(given)


def check_batch(layer: "Called", x: Any) -> None:
    """Raise ShapeError unless the arrays fit the shapes for which the layer was built."""
    received, expected = [array.shape for array in flatten(x)], flatten_shapes(layer.input_shape)
    if not all_agree(samples(expected), samples(received)):
        raise ShapeError(
            f'layer "{layer.name}" ({type(layer).__name__}) received a batch of shape '
            f"{received[0] if len(received) == 1 else received}; expected {layer.input_shape}"
        )


def forward(drawing: Drawing, x: Any, training: bool | None) -> tuple[Any, Cache]:
    """The output for a batch; the cache names the graph that made it."""
    graph = drawing.graph_for(x, training)
    y, cache = graph.forward(x, training)
    return y, (graph, cache)


def backward(dy: Any, cache: Cache, needs_input_gradient: bool) -> Any:
    """The gradient of the input, through the graph that made the output."""
    graph, inner = cache
    graph.needs_input_gradient = needs_input_gradient
    return graph.backward(dy, inner)


def mixed_targets(targets: Array, cache: Cache) -> Array:
    """The targets of the samples as the layers in the graph mixed them."""
    graph, inner = cache
    mixed: Array = graph.mixed_targets(targets, inner)
    return mixed


def activity_penalty(cache: Cache) -> float:
    """What the outputs of the layers in the graph add to the loss."""
    graph, inner = cache
    return float(graph.activity_penalty(inner))


def _required(layer: Any) -> list[str]:
    """The names of the arguments that `call` cannot do without."""
    parameters = inspect.signature(layer.call).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in parameters if p.kind in kinds and p.default is p.empty and p.name != "training"]
