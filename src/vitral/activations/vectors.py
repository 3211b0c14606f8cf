"""Keras' activation functions that join the entries of an axis."""

from typing import Any

import numpy as np

from vitral import ops
from vitral.activations.activation import as_floats
from vitral.activations.builtin import BuiltIn
from vitral.core.symbolic import KerasTensor
from vitral.errors import ShapeError
from vitral.typing import Array, Cache, Shape


class AlongAxis(BuiltIn):
    """An activation of vectors: those of the last axis in a layer, of any axis when called.

    >>> softmax(np.zeros((2, 4)), axis=0)[0]
    array([0.5, 0.5, 0.5, 0.5])
    """

    def __call__(self, x: Any, axis: int = -1) -> Any:
        if isinstance(x, KerasTensor):
            return super().__call__(x, *(() if axis in (-1, x.ndim - 1) else (axis,)))
        return np.moveaxis(self.forward(np.moveaxis(as_floats(x), axis, -1))[0], -1, axis)


class Gate(AlongAxis):
    """Half of the entries, gated by the others; raises ShapeError for an odd number of entries."""

    keeps_shape = False

    def forward(self, x: Array) -> tuple[Array, Cache]:
        self.output_shape(x.shape)
        return super().forward(x)

    def output_shape(self, input_shape: Shape) -> Shape:
        *others, last = input_shape
        if last is not None and last % 2:
            raise ShapeError(f"{self.name} received an array of shape {input_shape}; expected an even last axis")
        return (*others, None if last is None else last // 2)


softmax = AlongAxis(
    "softmax", "Probabilities along an axis: y_i = e^x_i / sum_j e^x_j.", ops.softmax, ops.softmax_backward
)
log_softmax = AlongAxis(
    "log_softmax", "Logarithms of softmax's probabilities.", ops.log_softmax, ops.log_softmax_backward
)
sparsemax = AlongAxis(
    "sparsemax", "Probabilities along an axis, many of them exactly 0.", ops.sparsemax, ops.sparsemax_backward
)
glu = Gate("glu", "y = a sigmoid(b), where a and b are the two halves of an axis.", ops.glu, ops.glu_backward)
