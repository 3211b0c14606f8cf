"""Arithmetic of a symbolic tensor with a variable, as the `call` of a layer with weights of its own writes it."""

from typing import Any

from vitral import ops
from vitral.core.symbolic import OPERATORS
from vitral.core.variable import Variable
from vitral.errors import ConfigError, ShapeError
from vitral.layers.layer import Layer
from vitral.typing import Array, Cache, Config, Shape

_OPERATIONS: dict[str, tuple[Any, Any]] = {
    "add": (ops.add, ops.add_backward),
    "subtract": (ops.subtract, ops.subtract_backward),
    "multiply": (ops.multiply, ops.multiply_backward),
}


class WithVariable(Layer):
    """x + v, x - v or x v for a variable v that is stretched to x, as NumPy does it; `swapped` is v - x.

    The variable belongs to the layer that made it. Raises ShapeError for one that is larger than a sample.
    """

    def __init__(self, operation: str, variable: Variable, swapped: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.operation, self.operation_backward = _OPERATIONS[operation]
        self.variable = variable
        self.swapped = swapped
        self._weights.append(variable)

    def build(self, input_shape: Shape) -> None:
        self.compute_output_shape(input_shape)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        value = self.variable.value
        stretched = value.reshape((1,) * (x.ndim - value.ndim) + value.shape)
        y, cache = self.operation(stretched, x) if self.swapped else self.operation(x, stretched)
        return y, cache

    def backward(self, dy: Array, cache: Cache) -> Array:
        gradients = self.operation_backward(dy, cache)
        dx, dv = reversed(gradients) if self.swapped else gradients
        self.variable.add_grad(dv.reshape(self.variable.shape))
        return dx  # type: ignore[no-any-return]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        shape = (1,) * (len(input_shape) - self.variable.ndim) + self.variable.shape
        fits = len(shape) == len(input_shape) and shape[0] == 1
        if not fits or any(a != b and 1 not in (a, b) for a, b in zip(input_shape, shape, strict=True)):
            raise ShapeError(
                f"{self.variable.path} has the shape {self.variable.shape}, the symbolic tensor {input_shape}; "
                "expected axes of the same lengths or of length 1, and none for the batch"
            )
        return tuple(b if a == 1 else a for a, b in zip(input_shape, shape, strict=True))

    def get_config(self) -> Config:
        raise ConfigError(
            f"{self.variable.path} is used in a model by itself, which no file holds; put it into a layer's call"
        )


class TimesMatrix(WithVariable):
    """x @ v for a variable of two axes: (batch, ..., inputs) to (batch, ..., units)."""

    def __init__(self, variable: Variable, **options: Any) -> None:
        super().__init__("multiply", variable, **options)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.dense(x, self.variable.value, None)

    def backward(self, dy: Array, cache: Cache) -> Array:
        dx, dv, _ = ops.dense_backward(dy, cache)
        self.variable.add_grad(dv)
        return dx  # type: ignore[return-value]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        shape = self.variable.shape
        if len(shape) != 2 or len(input_shape) < 2 or input_shape[-1] != shape[0]:
            raise ShapeError(
                f"{self.variable.path} has the shape {shape}, the symbolic tensor {input_shape}; expected a matrix "
                "with a row for each value of its last axis"
            )
        return (*input_shape[:-1], shape[1])


def _with_variable(operation: str, x: Any, variable: Variable, swapped: bool = False) -> Any:
    layer = TimesMatrix(variable) if operation == "matmul" else WithVariable(operation, variable, swapped)
    return layer(x)


OPERATORS["with_variable"] = _with_variable
