"""What Dense and Conv2D share: all their weights are one kernel and a bias."""

from typing import Any

from vitral import constraints, initializers, regularizers
from vitral.core.variable import Variable
from vitral.layers.activated import ActivatedLayer, serialize_regularizer
from vitral.typing import Array, Cache, Config


class KernelLayer(ActivatedLayer):
    """Base of layers whose sums are weighted by one kernel; a subclass writes `affine` and `affine_backward`."""

    kernel: Variable

    def __init__(
        self,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: "str | Config | initializers.Initializer" = "glorot_uniform",
        bias_initializer: "str | Config | initializers.Initializer" = "zeros",
        kernel_regularizer: "str | Config | regularizers.Regularizer | None" = None,
        bias_regularizer: "str | Config | regularizers.Regularizer | None" = None,
        kernel_constraint: "str | Config | constraints.Constraint | None" = None,
        bias_constraint: "str | Config | constraints.Constraint | None" = None,
        **options: Any,
    ) -> None:
        super().__init__(activation, use_bias, bias_initializer, bias_regularizer, bias_constraint, **options)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)

    def add_kernel_and_bias(self, kernel_shape: tuple[int, ...], *bias_shape: int) -> None:
        """Create the variables; the bias has, as a rule, one value for each channel of the output."""
        self.kernel = self.add_weight(
            name="kernel",
            shape=kernel_shape,
            initializer=self.initializer_for_kernel(),
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.add_bias(*bias_shape)

    def initializer_for_kernel(self) -> "initializers.Initializer":
        """What makes the kernel's first value."""
        return self.kernel_initializer

    def affine_backward(
        self, dy: Array, cache: Cache, through_activation: bool, input_activation: str
    ) -> tuple[Array | None, Array, Array | None]:
        """Gradients of the input, the kernel and the bias."""
        raise NotImplementedError(f"{type(self).__name__} has no affine_backward")

    def collect(
        self, dy: Array, cache: Cache, through_activation: bool = True, input_activation: str = "linear"
    ) -> Array | None:
        dx, dkernel, dbias = self.affine_backward(dy, cache, through_activation, input_activation)
        self.kernel.take_grad(dkernel)
        self.take_bias_grad(dbias)
        return dx

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": serialize_regularizer(self.kernel_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
        }
