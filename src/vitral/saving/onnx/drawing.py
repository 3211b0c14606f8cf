"""An ONNX graph while it is drawn, node by node.

ONNX' convolutions want images as (batch, channels, height, width), ours are (batch, height, width, channels). A value
is therefore known in either order, or in both: it is turned where somebody asks for the order that is not there yet.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from vitral.errors import ConfigError
from vitral.saving.onnx.package import import_onnx
from vitral.typing import Array, Shape

_TO_FIRST, _TO_LAST = (0, 3, 1, 2), (0, 2, 3, 1)


Port = tuple[str, Sequence[Any]]
"""The name and the shape of an input or an output."""


class Value:
    """An array of the graph: its shape as Vitral has it, and the names under which it is known.

    `last` has the channels last, or the value has no image axes; `first` has the channels behind the batch.
    """

    def __init__(self, shape: Shape, *, last: str | None = None, first: str | None = None) -> None:
        self.shape = shape
        self.last = last
        self.first = first

    def sizes(self) -> tuple[int, ...]:
        """The shape of one sample; raises ConfigError if it is not known."""
        if None in self.shape[1:]:
            raise ConfigError(f"to_onnx met a value of the shape {self.shape}; expected all axes but the batch known")
        return tuple(int(size) for size in self.shape[1:] if size is not None)


class Drawing:
    """The nodes and constants of a graph."""

    def __init__(self) -> None:
        self.onnx = import_onnx()
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.owner = ""
        self._count = 0

    def name(self, kind: str) -> str:
        """A name that nothing else has."""
        self._count += 1
        return f"{self.owner}/{kind}_{self._count}"

    def constant(self, value: Any, dtype: str = "float32") -> str:
        """The name of a constant array."""
        name = self.name("constant")
        self.constants.append(self.onnx.numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """The name of a node's result."""
        return self.results_of(kind, 1, *inputs, **attributes)[0]

    def results_of(self, kind: str, count: int, *inputs: str, **attributes: Any) -> list[str]:
        """The names of the results of a node that has several."""
        names = [self.name(kind) for _ in range(count)]
        self.nodes.append(self.onnx.helper.make_node(kind, inputs, names, name=names[0], **attributes))
        return names

    def last(self, value: Value) -> str:
        """The value with its channels last."""
        if value.last is None:
            assert value.first is not None, "a value has a name"
            value.last = self.node("Transpose", value.first, perm=_TO_LAST)
        return value.last

    def first(self, value: Value) -> str:
        """The value with its channels behind the batch."""
        if value.first is None:
            assert value.last is not None, "a value has a name"
            value.first = self.node("Transpose", value.last, perm=_TO_FIRST) if len(value.shape) == 4 else value.last
        return value.first

    def each(self, values: Sequence[Value], shape: Shape, draw: Callable[..., str]) -> Value:
        """A value of this shape, drawn from values in an order that all have, as the work goes entry by entry."""
        if len(shape) == 4 and all(value.first is not None and len(value.shape) == 4 for value in values):
            return Value(shape, first=draw(*[self.first(value) for value in values]))
        return Value(shape, last=draw(*[self.last(value) for value in values]))

    def per_channel(self, value: Value, array: Array) -> str:
        """A constant with one number for each channel, for the order in which `each` takes the value."""
        if value.first is not None and len(value.shape) == 4 and array.ndim:
            return self.constant(np.broadcast_to(array, value.sizes()[-1:]).reshape(-1, 1, 1))
        return self.constant(array)

    def graph(self, name: str, inputs: Sequence[Port], outputs: Sequence[Port]) -> Any:
        """All of it, with inputs and outputs in single precision."""
        infos = [
            [self.onnx.helper.make_tensor_value_info(port, self.onnx.TensorProto.FLOAT, shape) for port, shape in ports]
            for ports in (inputs, outputs)
        ]
        return self.onnx.helper.make_graph(self.nodes, name, *infos, self.constants)
