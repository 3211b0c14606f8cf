"""Networks drawn before there is data: tensors that are only a shape, and the calls that lead from one to another."""

from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from vitral.config import floatx
from vitral.core.naming import unique_name
from vitral.core.tree import as_shapes, flatten, flatten_shapes, is_shape, pack
from vitral.core.variable import Variable
from vitral.typing import Shape


class KerasTensor:
    """The place of an array in a network: its shape, batch axis None, and the call that makes it.

    `keras.Input` gives the first; a layer called on one gives the next. Two of them can be added, subtracted and
    multiplied, and so can one and a variable. With a number, or an array of one for each channel, by which it can be
    divided as well, that is a Rescaling. x[:, 0] and x[:, 1:] are parts of each sample.

    >>> KerasTensor((None, 3), name="x")
    <KerasTensor shape=(None, 3), dtype=float32, name=x>
    """

    node: "Node"
    """The call whose result this is."""

    index: int
    """Its number among the results of that call."""

    def __init__(self, shape: Sequence[int | None], dtype: str | None = None, *, name: str | None = None) -> None:
        self.shape: Shape = tuple(shape)
        self.dtype = dtype or floatx()
        self.name = name or unique_name("KerasTensor")

    @property
    def ndim(self) -> int:
        """Number of axes, the batch axis included."""
        return len(self.shape)

    @property
    def layer(self) -> Any:
        """The layer that makes it."""
        return self.node.operation

    def __add__(self, other: object) -> Any:
        return _rescaled(self, 1, other) if _is_constant(other) else _operate("add", self, other)

    def __sub__(self, other: Any) -> Any:
        return _rescaled(self, 1, -other) if _is_constant(other) else _operate("subtract", self, other)

    def __mul__(self, other: object) -> Any:
        return _rescaled(self, other) if _is_constant(other) else _operate("multiply", self, other)

    def __truediv__(self, other: Any) -> Any:
        return _rescaled(self, 1 / other) if _is_constant(other) else NotImplemented

    def __rsub__(self, other: Any) -> Any:
        if isinstance(other, Variable):
            return OPERATORS["with_variable"]("subtract", self, other, swapped=True)
        return _rescaled(self, -1, other) if _is_constant(other) else NotImplemented

    def __matmul__(self, other: object) -> Any:
        return OPERATORS["with_variable"]("matmul", self, other) if isinstance(other, Variable) else NotImplemented

    def __neg__(self) -> Any:
        return _rescaled(self, -1)

    __radd__ = __add__
    __rmul__ = __mul__

    def __getitem__(self, key: Any) -> Any:
        return OPERATORS["get_item"](self, key)

    def __iter__(self) -> Any:
        raise TypeError(f"{self!r} has no values yet, so nobody can go through them; write x[:, i] for a part")

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} has no values yet, so it is neither true nor false")

    __array_ufunc__ = None  # so that NumPy's numbers leave x to these methods where they stand on its left

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError(f"{self!r} has no values yet, so NumPy cannot work on it: use layers")

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"


OPERATORS: dict[str, Callable[..., Any]] = {}
"""What x + y, x[:, 0] and the like call for symbolic tensors: `layers` puts it here."""


def _operate(name: str, first: KerasTensor, second: object) -> Any:
    if isinstance(second, Variable):
        return OPERATORS["with_variable"](name, first, second)
    return OPERATORS[name]([first, second]) if isinstance(second, KerasTensor) else NotImplemented


def _rescaled(x: KerasTensor, scale: Any, offset: Any = 0) -> Any:
    return OPERATORS["rescale"](x, _plain(scale), _plain(offset))


def _is_constant(value: object) -> bool:
    """Whether this is a number, or an array with one for each channel."""
    return isinstance(value, Real) or (isinstance(value, np.ndarray) and value.ndim < 2)


def _plain(value: Any) -> Any:
    return np.asarray(value, float).tolist()


class Arguments(NamedTuple):
    """How a layer is called: on one tensor or a structure of them, or on several arguments, which are then a list."""

    inputs: Any
    spread: bool = False
    training: bool | None = None


class Node:
    """One call of a layer on symbolic tensors. `training`, if not None, holds whatever the model does."""

    def __init__(self, operation: Any, arguments: Arguments | None, shapes: Any, name: str | None = None) -> None:
        self.operation = operation
        self.arguments = arguments
        self.inputs: list[KerasTensor] = [] if arguments is None else flatten(arguments.inputs)
        self.outputs = [KerasTensor(shape, name=name) for shape in flatten_shapes(shapes)]
        for index, tensor in enumerate(self.outputs):
            tensor.node, tensor.index = self, index
        shapes = as_shapes(shapes)
        self.result: Any = self.outputs[0] if is_shape(shapes) else pack(_leaves(shapes), self.outputs)
        operation.inbound_nodes.append(self)

    @property
    def is_input(self) -> bool:
        """Whether data enters here."""
        return self.arguments is None


def is_keras_tensor(x: Any) -> bool:
    """Whether this is a symbolic tensor."""
    return isinstance(x, KerasTensor)


def is_symbolic(structure: Any) -> bool:
    """Whether there is a symbolic tensor in a structure.

    >>> is_symbolic([KerasTensor((None, 1))]), is_symbolic([[1.0]])
    (True, False)
    """
    if isinstance(structure, KerasTensor):
        return True
    parts = structure.values() if isinstance(structure, dict) else structure
    return isinstance(structure, (list, tuple, dict)) and any(map(is_symbolic, parts))


def _leaves(shapes: Any) -> Any:
    if isinstance(shapes, dict):
        return {key: _leaves(part) for key, part in shapes.items()}
    return None if is_shape(shapes) else [_leaves(part) for part in shapes]
