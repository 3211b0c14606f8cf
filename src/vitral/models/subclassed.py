"""What a user's own subclass of Model needs not write: it has layers as attributes, and `call` or its own passes."""

from collections.abc import Sequence
from typing import Any

from vitral.core.symbolic import KerasTensor
from vitral.core.tree import is_nested
from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.layers import Layer
from vitral.layers.graphs.graph_layer import GraphLayer
from vitral.training import Trainer
from vitral.training.columns import Layout
from vitral.typing import Array, Cache, Shape


class Subclassed(Trainer):
    """The side of Model that a subclass uses which is neither Sequential nor a graph.

    With passes of its own it has one input and one output. What `call` draws may have several, which are known as soon
    as the model is built.
    """

    def call(self, inputs: Any) -> Any:
        """The output, made of the model's layers; a subclass writes this, or `forward` and `backward`."""
        raise ConfigError(
            f"{type(self).__name__} has neither call, made of layers, nor forward and backward: write one of them"
        )

    @property
    def layers(self) -> list[Layer]:
        """The layers that are attributes of the model, or stand in lists and dictionaries that are, in their order."""
        return list(super().inner_layers())

    def build(self, input_shape: Any) -> None:
        """Build the layers for inputs of this shape; where a subclass writes `forward`, that is its own task."""
        super().build(input_shape)

    def build_for(self, batch_shape: Any) -> None:
        if not self.built:
            self.build(batch_shape)

    def _finish_build(self, known: Sequence[Variable]) -> None:
        super()._finish_build(known)
        if not self.draws:
            own_passes = type(self).run is Subclassed.run
            if own_passes and any(layer.penalizes for layer in self.layers):
                raise ConfigError(
                    f"{type(self).__name__} writes its passes itself, which leave the activity_regularizer of its "
                    "layers out; expected a call made of layers"
                )
        elif self.compiled and len(self.outputs) != len(self.goals):
            raise ConfigError(
                f"{type(self).__name__}.call gives {len(self.outputs)} outputs, which were not known when the model "
                "was compiled; call build, then compile"
            )

    def _name_inside(self, known: Sequence[Variable]) -> None:
        """Nothing: files put a model's name before those of its weights."""

    def _graph(self, training: bool = False) -> GraphLayer | None:
        """The graph that `call` draws; None before the model is built, or with passes of its own."""
        return self.drawing.main(training) if self.draws and not self.drawing.is_empty else None

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic tensors where data enters; none before the model is built, or with passes of its own."""
        graph = self._graph()
        return [] if graph is None else graph.inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic tensors of the results; none before the model is built, or with passes of its own."""
        graph = self._graph()
        return [] if graph is None else graph.outputs

    @property
    def output_names(self) -> list[str]:
        graph = self._graph()
        return super().output_names if graph is None else graph.output_names

    @property
    def output_keys(self) -> list[str]:
        graph = self._graph()
        return super().output_keys if graph is None else graph.output_keys

    @property
    def output_shapes(self) -> list[Shape]:
        return [tensor.shape for tensor in self.outputs] or super().output_shapes

    @property
    def layout(self) -> Layout:
        graph = self._graph()
        if graph is None:
            return super().layout
        nested = [structure if is_nested(structure) else None for structure in (graph.input, graph.output)]
        return Layout(graph.input_names, graph.output_keys, *nested)

    def result(self, things: list[Any]) -> Any:
        graph = self._graph()
        return super().result(things) if graph is None else graph.result(things)

    def fit_input(self, x: Any) -> Any:
        self.check_batch(x)
        return x

    @property
    def output_layers(self) -> list[Layer | None]:
        graph = self._graph(training=True)
        return [None] if graph is None else graph.output_layers

    def run(self, x: Any, training: bool, behind: Sequence[bool]) -> tuple[list[Array], Cache]:
        graph = self._graph(training)
        if graph is None:
            y, cache = self.forward(x, training)
            return [y], (None, cache)
        ys, cache = graph.run(x, training, behind)
        return ys, (graph, cache)

    def run_targets(self, targets: Array, caches: Cache) -> Array:
        graph, inner = caches
        return targets if graph is None else graph.run_targets(targets, inner)

    def run_penalty(self, caches: Cache) -> float:
        graph, inner = caches
        return 0.0 if graph is None else float(graph.run_penalty(inner))

    def run_back(self, dys: Sequence[Array | None], caches: Cache, behind: Sequence[bool]) -> None:
        graph, inner = caches
        if graph is None:
            self.needs_input_gradient = False
            self.backward(dys[0], inner)
        else:
            graph.run_back(dys, inner, behind)
