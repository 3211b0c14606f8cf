"""A model that is a graph of layers: branches, several inputs and outputs, layers that are used more than once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from vitral.core.custom_objects import custom_object_scope
from vitral.core.symbolic import KerasTensor
from vitral.core.targets import as_float
from vitral.core.tree import along, as_shapes, flatten, flatten_shapes, is_nested, map_structure, pack
from vitral.errors import ConfigError, ShapeError
from vitral.layers import Layer
from vitral.models.graph import Graph
from vitral.models.graph_config import build_graph, describe_graph
from vitral.models.model import Model, fit_axes
from vitral.models.passes import Passes
from vitral.models.replay import between
from vitral.training.columns import Layout
from vitral.typing import Array, Cache, Config, Shape


class Functional(Model):
    """What `keras.Model(inputs, outputs)` makes: the layers that lead from the inputs to the outputs.

    `inputs` and `outputs` are symbolic tensors, or lists, tuples or dictionaries of them. Called on arrays in the same
    structure; inputs may also be given by their names. An input may lie in the middle of another model: the layers and
    their weights are shared with it. Raises ConfigError if the outputs depend on anything but the inputs.

    >>> from vitral import Input, layers
    >>> x = Input((4,))
    >>> h = layers.Dense(4, activation="relu")(x)
    >>> model = Model(x, layers.Dense(2)(layers.add([x, h])))
    >>> model.output_shape, model.count_params()
    ((None, 2), 30)
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None, trainable: bool = True) -> None:
        for argument, given in (("inputs", inputs), ("outputs", outputs)):
            wrong = [thing for thing in flatten(given) if not isinstance(thing, KerasTensor)]
            if wrong or not flatten(given):
                received = f"a {type(wrong[0]).__name__}" if wrong else "none"
                raise ConfigError(f"{argument} of a model received {received}; expected symbolic tensors")
        inputs, outputs = between(inputs, outputs)
        self._inputs, self._outputs = flatten(inputs), flatten(outputs)
        self.graph = Graph(self._inputs, self._outputs)
        self._passes = Passes(self._inputs, self._outputs, self.graph.nodes)
        self._structures = inputs, outputs
        self._layers: list[Layer] = []  # naming the model must not thaw layers that somebody froze
        super().__init__(name=name)
        self._layers = self.graph.layers
        if not trainable:
            self.trainable = False
        shapes = [tensor.shape for tensor in self._inputs]
        self.built, self._input_shape = True, shapes[0] if len(shapes) == 1 else shapes

    @property
    def layers(self) -> list[Layer]:
        """The layers, those of the inputs among them, in Keras' order: the farthest from the outputs first."""
        return list(self._layers)

    @property
    def inputs(self) -> list[KerasTensor]:
        return list(self._inputs)

    @property
    def outputs(self) -> list[KerasTensor]:
        return list(self._outputs)

    @property
    def input(self) -> Any:
        return self._structures[0]

    @property
    def output(self) -> Any:
        return self._structures[1]

    @property
    def output_layers(self) -> list[Layer | None]:
        return self._passes.output_layers

    @property
    def output_names(self) -> list[str]:
        return [tensor.layer.name for tensor in self._outputs]

    @property
    def output_shapes(self) -> list[Shape]:
        return [tensor.shape for tensor in self._outputs]

    @property
    def layout(self) -> Layout:
        return Layout(self._input_names, self.output_keys, self.input if is_nested(self.input) else None)

    @property
    def output_keys(self) -> list[str]:
        """The names of the outputs' layers; where the outputs are in a dictionary alone, its keys."""
        of_dictionary = isinstance(self.output, dict) and not is_nested(self.output)
        return sorted(self.output) if of_dictionary else self.output_names

    @property
    def _input_names(self) -> list[str]:
        if isinstance(self.input, dict) and not is_nested(self.input):
            return sorted(self.input)
        return [tensor.name for tensor in self._inputs]

    # Shapes.

    def prepare(self, shapes: Any) -> None:
        self.check_input_shape(as_shapes(shapes))

    def build(self, input_shape: Any) -> None:
        """Check that the model, which is built as soon as it is made, takes inputs of this shape."""
        self.prepare(input_shape)

    def check_input_shape(self, shape: Any) -> None:
        received = self._in_order(shape, flatten_shapes)
        expected = [tensor.shape for tensor in self._inputs]
        if not all(map(_agree, received, expected)):
            raise ShapeError(f'model "{self.name}" received inputs of the shapes {received}; expected {expected}')

    def build_for(self, batch_shape: Any) -> None:
        return

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = as_shapes(input_shape)
        self.check_input_shape(shape)
        shapes: dict[KerasTensor, Shape] = dict(zip(self._inputs, self._in_order(shape, flatten_shapes), strict=True))
        for node in self.graph.nodes:
            if node.arguments is not None:
                given = pack(node.arguments.inputs, [shapes[tensor] for tensor in node.inputs])
                made = node.operation.compute_output_shape(given)
                shapes.update(zip(node.outputs, flatten_shapes(made), strict=True))
        return self.result([shapes[tensor] for tensor in self._outputs])

    @property
    def output_shape(self) -> Any:
        """Shape of the output, or the list of shapes of all outputs."""
        shapes = [tensor.shape for tensor in self._outputs]
        return shapes[0] if len(shapes) == 1 else shapes

    def multiply_adds(self, input_shape: Any) -> int:
        return sum(
            node.operation.multiply_adds(pack(node.arguments.inputs, [tensor.shape for tensor in node.inputs]))
            for node in self.graph.nodes
            if node.arguments is not None
        )

    # Passes.

    def as_batch(self, given: Any) -> Any:
        return map_structure(as_float, given) if isinstance(given, (list, tuple, dict)) else as_float(given)

    def check_batch(self, x: Any) -> None:
        for batch, tensor in zip(self._in_order(x, flatten), self._inputs, strict=True):
            if not _agree(batch.shape, (None, *tensor.shape[1:])):
                raise ShapeError(
                    f'model "{self.name}" received a batch of shape {batch.shape} for the input "{tensor.name}"; '
                    f"expected {tensor.shape}"
                )

    def fit_input(self, x: Any) -> Any:
        x = [
            fit_axes(batch, tensor.shape)
            for batch, tensor in zip(self._in_order(x, flatten), self._inputs, strict=True)
        ]
        self.check_batch(x)
        return x

    def forward(self, x: Any, training: bool = False) -> tuple[Any, Cache]:
        ys, caches = self.run(x, training, [True] * len(self._outputs))
        return self.result(ys), (sorted(x) if isinstance(x, dict) else None, caches)

    def backward(self, dy: Any, cache: Cache) -> Any:
        keys, caches = cache
        behind = [True] * len(self._outputs)
        dxs = self._passes.backward(flatten(dy), caches, behind, self.needs_input_gradient)
        if not self.needs_input_gradient:
            return None
        if keys is not None and not is_nested(self.input):
            return dict(zip(self._input_names, dxs, strict=True))
        return dxs if len(dxs) > 1 or isinstance(self.input, (list, tuple)) else dxs[0]

    def run(self, x: Any, training: bool, behind: Sequence[bool]) -> tuple[list[Array], Cache]:
        return self._passes.forward(self._in_order(x, flatten), training, behind)

    def run_back(self, dys: Sequence[Array | None], caches: Cache, behind: Sequence[bool]) -> None:
        self._passes.backward(dys, caches, behind, input_gradient=False)

    @property
    def may_penalize(self) -> bool:
        return self._passes.may_penalize

    @property
    def may_mix(self) -> bool:
        return self._passes.may_mix

    def run_targets(self, targets: Array, caches: Cache) -> Array:
        return self._passes.mixed_targets(targets, caches)

    def run_penalty(self, caches: Cache) -> float:
        return self._passes.activity_penalty(caches)

    def activity_penalty(self, cache: Cache) -> float:
        return self._passes.activity_penalty(cache[1])

    def mixed_targets(self, targets: Array, cache: Cache) -> Array:
        return self._passes.mixed_targets(targets, cache[1])

    def _in_order(self, given: Any, flat: Callable[[Any], list[Any]]) -> list[Any]:
        """What was given for each input, in their order; raises ConfigError unless that is one thing each."""
        names = self._input_names
        things = along(self.input, given) if is_nested(self.input) else None
        if things is not None:
            return things
        if isinstance(given, dict):
            if not set(names) <= set(given):
                raise ConfigError(
                    f'model "{self.name}" received inputs called {", ".join(map(str, given))}; '
                    f"expected {', '.join(names)}"
                )
            given = [given[name] for name in names]
        things = flat(given)
        if len(things) != len(names):
            raise ConfigError(
                f'model "{self.name}" received {len(things)} inputs; expected {len(names)}: {", ".join(names)}'
            )
        return things

    def result(self, things: list[Any]) -> Any:
        """Things for the outputs, in their structure; a list of one is the thing itself, as in Keras."""
        if len(things) == 1 and isinstance(self.output, (list, tuple)):
            return things[0]
        return pack(self.output, things)

    # Configuration.

    def get_config(self) -> Config:
        """The layers and their calls, as Keras 3 describes them."""
        return {"name": self.name, "trainable": self.trainable, **describe_graph(self.graph, *self._structures)}

    @classmethod
    def from_config(cls, config: Config, custom_objects: Mapping[str, Any] | None = None) -> Self:
        """The model, with new weights, that `get_config` or Keras 3 described; raises ConfigError if it is no graph."""
        with custom_object_scope(custom_objects):
            inputs, outputs = build_graph(config)
        return cls(inputs, outputs, name=config.get("name"), trainable=config.get("trainable", True))

    def __repr__(self) -> str:
        return f"<Functional name={self.name}, built={self.built}>"


def _agree(received: Shape, expected: Shape) -> bool:
    return len(received) == len(expected) and all(
        a == b or None in (a, b) for a, b in zip(received, expected, strict=True)
    )
