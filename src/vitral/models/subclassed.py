"""What a user's own subclass of Model needs not write: it has layers as attributes, and `call` or its own passes."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from vitral.core.symbolic import KerasTensor
from vitral.core.targets import as_float
from vitral.core.tree import map_structure
from vitral.errors import ConfigError
from vitral.layers import Layer
from vitral.models.traced import Traced
from vitral.training import Trainer
from vitral.training.columns import Layout
from vitral.typing import Array, Cache, Shape


class Subclassed(Trainer):
    """The side of Model that a subclass uses which is neither Sequential nor a graph.

    With passes of its own it has one input and one output. What `call` draws may have several, which are known as soon
    as the model is built.
    """

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
            traced = Traced(self, self.input_shape)
            count = len(traced.graph(False).outputs)
            if self.compiled and count != len(self.goals):
                raise ConfigError(
                    f"{type(self).__name__}.call gives {count} outputs, which were not known when the model was "
                    "compiled; call build, then compile"
                )
            self._traced = traced

    def _graph(self, training: bool) -> Any:
        self.trace()
        assert self._traced is not None, "only a model without passes of its own asks"
        return self._traced.graph(training)

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic tensors where data enters; none before the model is built, or with passes of its own."""
        return [] if self._traced is None else list(self._traced.graph(False).inputs)

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic tensors of the results; none before the model is built, or with passes of its own."""
        return [] if self._traced is None else list(self._traced.graph(False).outputs)

    @property
    def output_names(self) -> list[str]:
        names: list[str] = super().output_names if self._traced is None else self._traced.graph(False).output_names
        return names

    @property
    def output_keys(self) -> list[str]:
        keys: list[str] = super().output_keys if self._traced is None else self._traced.graph(False).output_keys
        return keys

    @property
    def output_shapes(self) -> list[Shape]:
        return super().output_shapes if self._traced is None else [tensor.shape for tensor in self.outputs]

    @property
    def layout(self) -> Layout:
        return super().layout if self._traced is None else Layout(*self._traced.graph(False).layout)

    def result(self, things: list[Any]) -> Any:
        return super().result(things) if self._traced is None else self._traced.graph(False).result(things)

    def check_input_shape(self, shape: Any) -> None:
        if type(self).forward is not Subclassed.forward:
            super().check_input_shape(shape)

    def as_batch(self, given: Any) -> Any:
        if isinstance(given, np.ndarray):
            return as_float(given)
        drawn = type(self).forward is Subclassed.forward
        several = isinstance(given, dict) or (isinstance(given, (list, tuple)) and _are_arrays(given))
        return map_structure(as_float, given) if drawn and several else super().as_batch(given)

    def check_batch(self, x: Any) -> None:
        if self._traced is None:
            super().check_batch(x)
        else:
            self._traced.graph(False).check_batch(x)

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

    def run_targets(self, targets: Array, caches: Cache) -> Array:
        if self._traced is None:
            return targets
        training, inner = caches
        mixed: Array = self._traced.graph(training).run_targets(targets, inner)
        return mixed

    def mixed_targets(self, targets: Array, cache: Cache) -> Array:
        if self._traced is None:
            return targets
        training, inner = cache
        mixed: Array = self._traced.graph(training).mixed_targets(targets, inner)
        return mixed

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


def _layers_in(value: Any) -> Iterator[Layer]:
    if isinstance(value, Layer):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _layers_in(part)


def _are_arrays(given: Sequence[Any]) -> bool:
    return len(given) > 0 and all(isinstance(part, np.ndarray) for part in given)
