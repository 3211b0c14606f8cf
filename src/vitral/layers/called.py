"""How a layer is called: on arrays, which it computes with, or on symbolic tensors, which draw a network."""

from typing import Any, ClassVar

import numpy as np

from vitral.core.shapes import all_agree, samples
from vitral.core.symbolic import Arguments, KerasTensor, Node, is_symbolic
from vitral.core.targets import as_float
from vitral.core.tree import as_shapes, flatten_shapes, map_structure
from vitral.errors import ConfigError, NotKnownYetError, ShapeError
from vitral.layers import drawn
from vitral.layers.weights import Weights
from vitral.typing import Shape


class Called(Weights):
    """The part of `Layer` that takes what it is called on, and knows where it stands in networks."""

    built: bool
    build: Any
    forward: Any
    compute_output_shape: Any
    _input_shape: Any
    _inbound_nodes: list[Node]
    _drawing: "drawn.Drawing | None"

    several_inputs: ClassVar[bool] = False
    """Whether the layer is called on a list of inputs."""

    draws: ClassVar[bool] = False
    """Whether a subclass writes `call`, made of layers, and no passes of its own."""

    unless_told: ClassVar[Any] = False
    """The `training` of a call on an array that does not say; None leaves it to the layers inside."""

    @property
    def drawing(self) -> "drawn.Drawing":
        """What `call` draws."""
        if self._drawing is None:
            self._drawing = drawn.Drawing(self)
        return self._drawing

    def __call__(self, inputs: Any, *more: Any, training: bool | None = None, **named: Any) -> Any:
        """The output for an array, building the layer first if need be; like Keras, without any gradient.

        For a symbolic tensor, the symbolic tensor of the output: `training` then holds for this call in the model,
        whatever the model does; it may stand behind the inputs without its name. Several arguments are a list of
        inputs; those of a `call` that the user writes may be given by their names. Raises ShapeError if the inputs do
        not fit, ConfigError for a layer in place of an array and for a name that `call` does not have.
        """
        if "built" not in self.__dict__:
            raise ConfigError(
                f"{type(self).__name__}.__init__ does not call super().__init__(), which every layer needs"
            )
        if more and (more[-1] is None or isinstance(more[-1], bool)):
            *more, told = more  # type: ignore[assignment]
            training = told if training is None else training
        if named:
            more = (*more, *drawn.by_name(self, named))
        given = [inputs, *more] if more else inputs
        if more and self.draws:
            self.drawing.spread = True
        if isinstance(given, Called):
            raise ConfigError(
                f'layer "{self.name}" was called on the layer "{given.name}"; expected an array, '
                "or a symbolic tensor as keras.Input(shape) gives it"
            )
        if is_symbolic(given):
            return self.call_symbolically(Arguments(given, bool(more), training))
        x = self.as_batch(given)
        if self._input_shape is None:  # also where the user says built = True without a build
            self.build(map_structure(lambda array: (None, *array.shape[1:]), x))
        self.check_batch(x)
        return self.forward(x, self.unless_told if training is None else training)[0]

    def call_symbolically(self, arguments: Arguments) -> Any:
        """Note the call, and return the symbolic tensors of its result."""
        shapes = map_structure(self._symbolic_shape, arguments.inputs)
        self.prepare(shapes)
        return Node(self, arguments, self.compute_output_shape(shapes)).result

    def _symbolic_shape(self, tensor: Any) -> Shape:
        if not isinstance(tensor, KerasTensor):
            raise ConfigError(
                f'layer "{self.name}" was called on symbolic tensors and a {type(tensor).__name__}; '
                "expected symbolic tensors alone"
            )
        return tensor.shape

    def prepare(self, shapes: Any) -> None:
        """Build the layer for inputs of this shape; raises ShapeError if it comes with weights for another one."""
        shapes = as_shapes(shapes)
        known = self.built and self._input_shape is not None
        fits = known and samples(flatten_shapes(self.input_shape)) == samples(flatten_shapes(shapes))
        if known and not fits and self.weights:
            raise ShapeError(
                f'layer "{self.name}" was built for the shape {self.input_shape}; here it receives {shapes}'
            )
        if known and self.draws:
            self.drawing.graph_at(shapes)
        elif not fits:
            self.build(shapes)

    def as_batch(self, given: Any) -> Any:
        """Arrays of floats from what the layer was called on."""
        if self.draws:
            return drawn.as_batch(given)
        if self.several_inputs and isinstance(given, (list, tuple)):
            return [as_float(array) for array in given]
        return as_float(given)

    def check_batch(self, x: Any) -> None:
        """Raise ShapeError unless the batch fits the shape for which the layer was built."""
        if self.draws:
            drawn.check_batch(self, x)
            return
        expected = self.input_shape
        if isinstance(x, np.ndarray) and x.shape[1:] == expected[1:]:
            return
        batches, shapes = (x, expected) if isinstance(expected, list) else ([x], [expected])
        received_shapes = [batch.shape for batch in batches]
        if not all_agree(samples(received_shapes), samples(shapes)):
            received = received_shapes if isinstance(expected, list) else x.shape
            raise ShapeError(
                f'layer "{self.name}" ({type(self).__name__}) received a batch of shape {received}; expected {expected}'
            )

    @property
    def inbound_nodes(self) -> list[Node]:
        """The layer's calls on symbolic tensors, in order."""
        return self._inbound_nodes

    @property
    def input(self) -> Any:
        """What the layer was first called on, symbolically: the place of its input in a model."""
        return self._first_call.arguments.inputs if self._first_call.arguments else self._first_call.result

    @property
    def output(self) -> Any:
        """What came of that call: `keras.Model(model.input, layer.output)` gives the values of a layer in the middle.

        Raises ConfigError if the layer stands in no model yet.
        """
        return self._first_call.result

    @property
    def _first_call(self) -> Node:
        if not self._inbound_nodes:
            raise NotKnownYetError(f'layer "{self.name}" has not been called yet, so it has no input and output')
        return self._inbound_nodes[0]

    @property
    def input_shape(self) -> Any:
        """Shape for which the layer was built; raises NotKnownYetError, a ConfigError, before that."""
        if self._input_shape is None:
            raise NotKnownYetError(f'layer "{self.name}" has not been built yet, so its shapes are not known')
        return self._input_shape

    @property
    def output_shape(self) -> Any:
        """Shape of the output; raises ConfigError before the layer is built."""
        return self.compute_output_shape(self.input_shape)
