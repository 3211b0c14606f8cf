"""The fully connected layer."""

from typing import Any

from vitral import ops
from vitral.errors import ShapeError
from vitral.layers.arguments import positive
from vitral.layers.kernel_layer import KernelLayer
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class Dense(KernelLayer):
    """y = activation(x W + b): every unit sees every input.

    Input (batch, ..., inputs), output (batch, ..., units); kernel W (inputs, units), bias b (units,).
    Raises ConfigError unless `units` is a positive whole number, ShapeError if the number of inputs is not known.

    >>> import numpy as np
    >>> layer = Dense(2, kernel_initializer="ones", activation="relu")
    >>> layer(np.array([[1.0, 2.0, 3.0]]))
    array([[6., 6.]])
    """

    def __init__(self, units: int, activation: Any = None, use_bias: bool = True, **options: Any) -> None:
        super().__init__(activation, use_bias, **options)
        self.units = positive(units, "units", "Dense")

    def build(self, input_shape: Shape) -> None:
        if len(input_shape) < 2 or input_shape[-1] is None:
            raise ShapeError(
                f'layer "{self.name}" (Dense) received an input of shape {input_shape}; expected (batch, ..., inputs)'
            )
        self.add_kernel_and_bias((input_shape[-1], self.units), self.units)

    def affine(self, x: Array, activation: str) -> tuple[Array, Cache]:
        bias = None if self.bias is None else self.bias.value
        return ops.dense(x, self.kernel.value, bias, activation=activation)

    def affine_backward(
        self, dy: Array, cache: Cache, through_activation: bool, input_activation: str
    ) -> tuple[Array | None, Array, Array | None]:
        return ops.dense_backward(
            dy,
            cache,
            through_activation=through_activation,
            input_gradient=self.needs_input_gradient,
            input_activation=input_activation,
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], self.units)

    def multiply_adds(self, input_shape: Shape) -> int:
        positions = 1
        for axis in input_shape[1:]:
            positions *= axis or 1
        return positions * self.units

    def get_config(self) -> Config:
        return {**super().get_config(), "units": self.units}
