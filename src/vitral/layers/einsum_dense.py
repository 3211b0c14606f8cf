"""A dense layer over any axes."""

import math
from collections.abc import Sequence
from typing import Any

from vitral import initializers, ops
from vitral.errors import ConfigError, ShapeError
from vitral.layers.arguments import positive
from vitral.layers.einsum_equation import Equation, check_form, for_rank, kernel_axes
from vitral.layers.kernel_layer import KernelLayer
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class EinsumDense(KernelLayer):
    """y = activation(z + b), where `equation` says of which axes of the input x and of the kernel W z is the sum.

    "abc,cd->abd" is a Dense of three axes: z_abd = sum over c of x_abc W_cd, where a is the batch. Letters that are in
    the input or the kernel but not in the output are summed over. Dots stand for further axes, in front or behind:
    "...b,bc->...c", "ab...,bc->ac...".

    `output_shape` has the lengths of the output's axes, without the batch's and those that dots stand for; None where
    the input has the axis too. The bias has the lengths of `bias_axes`, letters of the output; without them there is
    none. Raises ConfigError for an equation of another form, ShapeError for an input that does not fit it.

    >>> import numpy as np
    >>> layer = EinsumDense("abc,bd->acd", (None, 2), kernel_initializer="ones")
    >>> layer(np.array([[[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]]]))
    array([[[11., 11.],
            [22., 22.],
            [33., 33.]]])
    """

    def __init__(
        self,
        equation: str,
        output_shape: int | Sequence[int | None],
        activation: Any = None,
        bias_axes: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(activation, bias_axes is not None, **options)
        check_form(equation)
        self.equation = equation
        sizes: list[Any] = list(output_shape) if isinstance(output_shape, (tuple, list)) else [output_shape]
        self.partial_output_shape = tuple(
            None if size is None else positive(size, "output_shape", "EinsumDense") for size in sizes
        )
        output = equation.rpartition(">")[2].strip(".")
        if bias_axes is not None and (not bias_axes or not {*bias_axes} <= {*output}):
            raise ConfigError(f"EinsumDense: bias_axes is {bias_axes!r}; expected letters of the output, {output!r}")
        self.bias_axes = bias_axes

    def build(self, input_shape: Shape) -> None:
        equation = self._equation(len(input_shape))
        sizes = equation.sizes(input_shape, self.partial_output_shape, self.name)
        bias_shape = [] if self.bias_axes is None else equation.bias_shape(self.bias_axes, sizes)
        self.add_kernel_and_bias(
            self._known([sizes[letter] for letter in equation.kernel], input_shape),
            *self._known(bias_shape, input_shape),
        )

    def _equation(self, rank: int) -> Equation:
        equation = for_rank(self.equation, rank, self.name)
        if len(equation.given) != len(self.partial_output_shape):
            raise ConfigError(
                f"EinsumDense: output_shape is {self.partial_output_shape}; "
                f"expected one length for each of {equation.given!r} in {self.equation!r}"
            )
        return equation

    def initializer_for_kernel(self) -> "initializers.Initializer":
        """The kernel's initializer, told which axes are inputs and which outputs, unless it knows or does not care."""
        given = self.kernel_initializer
        if not isinstance(given, initializers.VarianceScaling) or None not in (given.input_axes, given.output_axes):
            return given
        inputs, outputs = kernel_axes(self.equation)
        return given.from_config({**given.get_config(), "input_axes": inputs, "output_axes": outputs})

    def _known(self, sizes: Sequence[int | None], input_shape: Shape) -> tuple[int, ...]:
        known = tuple(size for size in sizes if size is not None)
        if len(known) < len(sizes):
            raise ShapeError(
                f'layer "{self.name}" (EinsumDense) received an input of shape {input_shape}; '
                f"expected known lengths of the weights' axes, for {self.equation!r} and the output "
                f"{self.partial_output_shape}"
            )
        return known

    def affine(self, x: Array, activation: str) -> tuple[Array, Cache]:
        bias = None if self.bias is None else self.bias.value
        equation = self._equation(x.ndim).text
        return ops.einsum_dense(x, self.kernel.value, bias, equation=equation, activation=activation)

    def affine_backward(
        self, dy: Array, cache: Cache, through_activation: bool, input_activation: str
    ) -> tuple[Array | None, Array, Array | None]:
        return ops.einsum_dense_backward(
            dy,
            cache,
            through_activation=through_activation,
            input_gradient=self.needs_input_gradient,
            input_activation=input_activation,
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        equation = self._equation(len(input_shape))
        sizes = equation.sizes(input_shape, self.partial_output_shape, self.name)
        return tuple(sizes[letter] for letter in equation.output)

    def multiply_adds(self, input_shape: Shape) -> int:
        equation = self._equation(len(input_shape))
        sizes = equation.sizes(input_shape, self.partial_output_shape, self.name)
        return math.prod(size or 1 for letter, size in sizes.items() if letter != equation.output[0])

    def get_config(self) -> Config:
        config = super().get_config()
        del config["use_bias"]
        return {
            **config,
            "equation": self.equation,
            "output_shape": self.partial_output_shape,
            "bias_axes": self.bias_axes,
        }
