"""A layer that is a graph of layers."""

from collections.abc import Callable, Sequence
from typing import Any

from vitral.core.shapes import agree
from vitral.core.symbolic import KerasTensor
from vitral.core.targets import as_float
from vitral.core.tree import along, as_shapes, flatten, flatten_shapes, is_nested, map_structure, pack, paths
from vitral.errors import ConfigError, ShapeError
from vitral.layers.graphs.graph import Graph
from vitral.layers.graphs.passes import Passes
from vitral.layers.layer import Layer
from vitral.typing import Array, Cache, Shape


class GraphLayer(Layer):
    """The layers that lead from symbolic tensors to others, as one function; the base of functional models.

    `inputs` and `outputs` are symbolic tensors, or lists, tuples or dictionaries of them; arrays come and go in the
    same structures.

    >>> from vitral.layers import Input, add
    >>> x = Input((2,))
    >>> GraphLayer(x, add([x, x])).forward(as_float([[1, 2]]))[0]
    array([[2., 4.]], dtype=float32)
    """

    unless_told = None

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        self._inputs, self._outputs = flatten(inputs), flatten(outputs)
        self.graph = Graph(self._inputs, self._outputs)
        self._passes = Passes(self._inputs, self._outputs, self.graph.nodes)
        self._structures = inputs, outputs
        super().__init__(name=name)
        shapes = [tensor.shape for tensor in self._inputs]
        self.built, self._input_shape = True, shapes[0] if len(shapes) == 1 else shapes

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic tensors where arrays enter."""
        return list(self._inputs)

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic tensors of the results."""
        return list(self._outputs)

    @property
    def input(self) -> Any:
        return self._structures[0]

    @property
    def output(self) -> Any:
        return self._structures[1]

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs; where they are in a dictionary alone, its keys."""
        if isinstance(self.input, dict) and not is_nested(self.input):
            return sorted(self.input)
        return [tensor.name for tensor in self._inputs]

    @property
    def output_names(self) -> list[str]:
        """For each output the name of its layer."""
        return [tensor.layer.name for tensor in self._outputs]

    @property
    def output_keys(self) -> list[str]:
        """The same; for those in a dictionary their keys, and the way to it if structures lie in each other."""
        return paths(self.output, self.output_names)

    @property
    def output_layers(self) -> list[Layer | None]:
        """For each output the layer that makes it; None where its activation cannot be left out."""
        return self._passes.output_layers

    # Shapes.

    def prepare(self, shapes: Any) -> None:
        self.check_input_shape(as_shapes(shapes))

    def build(self, input_shape: Any) -> None:
        """Check that the graph, which is built as soon as it is made, takes inputs of this shape."""
        self.prepare(input_shape)

    def check_input_shape(self, shape: Any) -> None:
        received = self._in_order(shape, flatten_shapes)
        expected = [tensor.shape for tensor in self._inputs]
        if not all(map(agree, received, expected)):
            raise ShapeError(f'model "{self.name}" received inputs of the shapes {received}; expected {expected}')

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
            if not agree(batch.shape, (None, *tensor.shape[1:])):
                raise ShapeError(
                    f'model "{self.name}" received a batch of shape {batch.shape} for the input "{tensor.name}"; '
                    f"expected {tensor.shape}"
                )

    def forward(self, x: Any, training: bool | None = False) -> tuple[Any, Cache]:
        ys, caches = self.run(x, training, [True] * len(self._outputs))
        return self.result(ys), (sorted(x) if isinstance(x, dict) else None, caches)

    def backward(self, dy: Any, cache: Cache) -> Any:
        keys, caches = cache
        behind = [True] * len(self._outputs)
        dxs = self._passes.backward(flatten(dy), caches, behind, self.needs_input_gradient)
        if not self.needs_input_gradient:
            return None
        if keys is not None and not is_nested(self.input):
            return dict(zip(self.input_names, dxs, strict=True))
        return dxs if len(dxs) > 1 or isinstance(self.input, (list, tuple)) else dxs[0]

    def run(self, x: Any, training: bool | None, behind: Sequence[bool]) -> tuple[list[Array], Cache]:
        """The outputs for a batch, and what `run_back` will need; where not `behind`, from before the activation."""
        return self._passes.forward(self._in_order(x, flatten), training, behind)

    def run_back(self, dys: Sequence[Array | None], caches: Cache, behind: Sequence[bool]) -> None:
        """Carry the gradients of the outputs back through all layers that have something to learn."""
        self._passes.backward(dys, caches, behind, input_gradient=False)

    @property
    def may_penalize(self) -> bool:
        """Whether `run_penalty` can be other than 0."""
        return self._passes.may_penalize

    @property
    def may_mix(self) -> bool:
        """Whether `run_targets` can return other targets."""
        return self._passes.may_mix

    def run_targets(self, targets: Array, caches: Cache) -> Array:
        """The targets of a batch after `run`, mixed as the layers mixed the samples."""
        return self._passes.mixed_targets(targets, caches)

    def run_penalty(self, caches: Cache) -> float:
        """What the layers add to the loss of a batch after `run`."""
        return self._passes.activity_penalty(caches)

    def activity_penalty(self, cache: Cache) -> float:
        return self._passes.activity_penalty(cache[1])

    def mixed_targets(self, targets: Array, cache: Cache) -> Array:
        return self._passes.mixed_targets(targets, cache[1])

    def _in_order(self, given: Any, flat: Callable[[Any], list[Any]]) -> list[Any]:
        """What was given for each input, in their order; raises ConfigError unless that is one thing each."""
        names = self.input_names
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
