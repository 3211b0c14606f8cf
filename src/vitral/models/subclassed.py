"""What a user's own subclass of Model needs not write: it has layers as attributes, and `call` or its own passes."""

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

from vitral.core.symbolic import KerasTensor
from vitral.errors import ConfigError, ShapeError
from vitral.layers import Input, Layer
from vitral.training import Trainer
from vitral.typing import Array, Cache


class Traced:
    """The graphs that `call` draws: one for training and one for all else where it asks which of them it is."""

    def __init__(self, model: "Subclassed", input_shape: Any) -> None:
        asks = "training" in inspect.signature(model.call).parameters
        self._graphs = {
            mode: _draw(model, input_shape, {"training": mode} if asks else {}) for mode in (False, True)[: 1 + asks]
        }

    def graph(self, training: bool) -> Any:
        """The functional model that computes what `call` says."""
        return self._graphs.get(training, self._graphs[False])


class Subclassed(Trainer):
    """The side of Model that a subclass uses which is neither Sequential nor a graph: one input, one output."""

    _traced: Traced | None = None

    def call(self, inputs: Any) -> Any:
        """The output, made of the model's layers; a subclass writes this, or `forward` and `backward`."""
        raise ConfigError(
            f"{type(self).__name__} has neither call, made of layers, nor forward and backward: write one of them"
        )

    @property
    def layers(self) -> list[Layer]:
        """The layers that are attributes of the model, or stand in lists and dictionaries that are, in their order."""
        return list(dict.fromkeys(layer for value in vars(self).values() for layer in _layers_in(value)))

    def build(self, input_shape: Any) -> None:
        """Build the layers for inputs of this shape; where a subclass writes `forward`, that is its own task."""
        super().build(input_shape)
        self.trace()

    def build_for(self, batch_shape: Any) -> None:
        if not self.built:
            self.build(batch_shape)
        self.trace()

    def trace(self) -> None:
        """Execute `call` on a symbolic tensor, unless that is done or the model has passes of its own."""
        if type(self).forward is not Subclassed.forward:
            if any(layer.penalizes for layer in self.layers):
                raise ConfigError(
                    f"{type(self).__name__} writes its passes itself, which leave the activity_regularizer of its "
                    "layers out; expected a call made of layers"
                )
        elif self._traced is None:
            self._traced = Traced(self, self.input_shape)

    def _graph(self, training: bool) -> Any:
        self.trace()
        assert self._traced is not None, "only a model without passes of its own asks"
        return self._traced.graph(training)

    def fit_input(self, x: Any) -> Any:
        self.check_batch(x)
        return x

    def forward(self, x: Any, training: bool = False) -> tuple[Any, Cache]:
        y, cache = self._graph(training).forward(x, training)
        return y, (training, cache)

    def backward(self, dy: Any, cache: Cache) -> Any:
        training, inner = cache
        graph = self._graph(training)
        graph.needs_input_gradient = self.needs_input_gradient
        return graph.backward(dy, inner)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if type(self).forward is not Subclassed.forward:
            return super().compute_output_shape(input_shape)
        if not self.built:
            self.build(input_shape)
        return self._graph(False).compute_output_shape(input_shape)

    @property
    def output_layers(self) -> list[Layer | None]:
        if self._traced is None:
            return [None]
        layers: list[Layer | None] = self._traced.graph(True).output_layers
        return layers

    def run(self, x: Any, training: bool, behind: Sequence[bool]) -> tuple[list[Array], Cache]:
        if self._traced is not None:
            ys, caches = self._traced.graph(training).run(x, training, behind)
            return ys, (training, caches)
        y, cache = self.forward(x, training)
        return [y], cache

    def run_penalty(self, caches: Cache) -> float:
        if self._traced is None:
            return 0.0
        training, inner = caches
        return float(self._traced.graph(training).run_penalty(inner))

    def activity_penalty(self, cache: Cache) -> float:
        if self._traced is None:
            return 0.0
        training, inner = cache
        return float(self._traced.graph(training).activity_penalty(inner))

    def run_back(self, dys: Sequence[Array | None], caches: Cache, behind: Sequence[bool]) -> None:
        if self._traced is not None:
            training, inner = caches
            self._traced.graph(training).run_back(dys, inner, behind)
            return
        self.needs_input_gradient = False
        self.backward(dys[0], caches)


def _draw(model: Subclassed, input_shape: Any, options: dict[str, Any]) -> Any:
    from vitral.models.functional import Functional

    if isinstance(input_shape, (list, dict)):
        raise ShapeError(f"{type(model).__name__} received several inputs; a subclass of Model takes one")
    x = Input(batch_shape=input_shape)
    try:
        y = model.call(x, **options)
    except (TypeError, AttributeError) as error:
        raise ConfigError(
            f"{type(model).__name__}.call does something that is no layer's ({error}): write it with layers, or write "
            "forward and backward"
        ) from error
    if not isinstance(y, KerasTensor):
        raise ConfigError(
            f"{type(model).__name__}.call returned a {type(y).__name__}; expected the output of a layer, one alone"
        )
    graph = Functional(x, y, name=model.name)
    own = set(model.layers)
    for layer in graph.layers:
        if layer not in own and layer is not x.layer and layer.variables:
            raise ConfigError(
                f'{type(model).__name__}.call makes the layer "{layer.name}" anew each time: make it in __init__'
            )
    return graph


def _layers_in(value: Any) -> Iterator[Layer]:
    if isinstance(value, Layer):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _layers_in(part)
