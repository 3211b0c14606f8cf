"""A model while it is made of an ONNX graph.

Images are (batch, channels, height, width) there and (batch, height, width, channels) here. Each value knows which of
the two its axes are in; a Transpose between them leaves our tensor as it is. An image that was flattened there has its
numbers in another order here, so the weights that follow are rearranged.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vitral.core.symbolic import KerasTensor
from vitral.errors import ModelFileError
from vitral.layers import Layer
from vitral.saving.flattening import channels_first_order
from vitral.typing import Array, Shape


@dataclass(frozen=True)
class Given:
    """A value of the graph: our tensor for it."""

    tensor: KerasTensor
    first: bool = False
    """Whether its axes are (batch, channels, height, width) in the graph."""
    flattened: Shape | None = None
    """The image, (height, width, channels), that was flattened channel by channel."""
    lead: str = ""
    """How the axes stand in the graph if otherwise than here; one of `leads`."""
    others: tuple[KerasTensor, ...] = ()
    """Of the scores of an attention, the tensor being the query: the key; of what it found, key and value."""

    @property
    def shape(self) -> Shape:
        """The shape of our tensor."""
        return self.tensor.shape

    @property
    def order(self) -> Array | None:
        """For each number of a flattened image in the graph, its place in our tensor; None if that is the same."""
        if self.flattened is None:
            return None
        return channels_first_order(self.flattened)


class Sketch:
    """The values met so far, constants among them, and who uses them."""

    def __init__(self, onnx: Any, graph: Any) -> None:
        self.onnx = onnx
        self.values: dict[str, Given] = {}
        self.constants: dict[str, Any] = {tensor.name: tensor for tensor in graph.initializer}
        self.users: dict[str, list[Any]] = defaultdict(list)
        for node in graph.node:
            for name in node.input:
                self.users[name].append(node)
        self.results = {output.name for output in graph.output}
        self.done: set[str] = set()
        self.sizes: set[str] = set()
        """What is worked out from the shapes of values alone."""
        self.zeros: set[str] = set()
        self.steps: dict[KerasTensor, Given] = {}
        """The sequences whose steps were made one large batch, by the inputs that stand for it."""

    def value(self, node: Any, number: int = 0, leads: Sequence[str] = ("",)) -> Given:
        """What a node receives; raises ModelFileError if that is a constant, or has not one of these leads."""
        name = node.input[number]
        if name not in self.values:
            raise self.error(node, f"works on the constant {name!r}; expected it to depend on the input")
        if self.values[name].lead not in leads:
            received, *expected = (lead or "a value as it is" for lead in (self.values[name].lead, *leads))
            raise self.error(node, f"works on {received}; expected {' or '.join(expected)}")
        return self.values[name]

    def note_sizes(self, node: Any) -> bool:
        """Whether a node works on shapes alone; what it gives is remembered then."""
        taken = {name for name in node.input if name and name not in self.constants}
        if node.op_type != "Shape" and not (taken and taken <= self.sizes):
            return False
        self.sizes.update(node.output)
        filled = self.attribute(node, "value") if node.op_type == "ConstantOfShape" else None
        if node.op_type in ("Slice", "Expand"):
            zero = self.is_zero(node.input[0])
        else:
            zero = node.op_type == "ConstantOfShape" and (filled is None or not self._array(filled).any())
        self.zeros.update(node.output if zero else ())
        return True

    def is_zero(self, name: str) -> bool:
        """Whether a value is made of zeros alone."""
        return name in self.zeros or (name in self.constants and not self._array(self.constants[name]).any())

    def is_used(self, node: Any, number: int) -> bool:
        """Whether anybody needs this result of a node."""
        name = node.output[number] if len(node.output) > number else ""
        return bool(name) and (name in self.results or bool(self.users[name]))

    def is_constant(self, node: Any, number: int) -> bool:
        """Whether there is such an input, and it is a constant."""
        return len(node.input) > number and node.input[number] in self.constants

    def constant(self, node: Any, number: int) -> Array | None:
        """A constant that a node receives; None if it is left out. Raises ModelFileError if it is computed."""
        if len(node.input) <= number or not node.input[number]:
            return None
        name = node.input[number]
        if name not in self.constants:
            raise self.error(node, f"takes {name!r} from other nodes; expected a constant")
        return self._array(self.constants[name])

    def _array(self, tensor: Any) -> Array:
        return np.asarray(self.onnx.numpy_helper.to_array(tensor))

    def attribute(self, node: Any, name: str, default: Any = None) -> Any:
        """An attribute of a node as a plain value."""
        for attribute in node.attribute:
            if attribute.name == name:
                value = self.onnx.helper.get_attribute_value(attribute)
                return value.decode() if isinstance(value, bytes) else list(value) if _is_list(value) else value
        return default

    def only_user(self, name: str) -> Any:
        """The one node that uses a value, or None if there are more, or if it is a result."""
        users = self.users[name]
        return users[0] if len(users) == 1 and name not in self.results else None

    def plain(self, node: Any, x: Given) -> Given:
        """The value; raises ModelFileError if it is a flattened image, whose order the node would have to know."""
        if x.order is not None:
            raise self.error(node, "works on a flattened image; expected a Gemm, a MatMul or entry by entry work")
        return x

    def put(self, node: Any, layer: Layer, x: Given, weights: "list[Array] | None" = None) -> Given:
        """What a layer of ours makes of a value, in the same order of axes."""
        tensor = layer(x.tensor)
        if weights is not None:
            layer.set_weights(weights)
        return replace(x, tensor=tensor)

    def error(self, node: Any, problem: str) -> ModelFileError:
        """The error for a node that is not as Vitral's layers have it."""
        return ModelFileError(f"{node.op_type} {node.name!r} {problem}")


def _is_list(value: Any) -> bool:
    return hasattr(value, "__len__") and not isinstance(value, str)
