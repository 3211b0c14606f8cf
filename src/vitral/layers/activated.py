"""What Dense and Conv2D share: a sum weighted by a kernel, then an activation."""

from typing import Any

from vitral import activations, constraints, initializers, regularizers
from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.layers.layer import Layer
from vitral.typing import Array, Cache, Config


class ActivatedLayer(Layer):
    """Base of layers y = activation(z), where z depends linearly on the input.

    A subclass writes `affine` and `affine_backward`. Activations that the operation can apply itself are left to it.
    """

    passes = True

    kernel: Variable
    bias: Variable | None = None

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
        super().__init__(**options)
        self.activation = activations.get(activation)
        if not self.activation.keeps_shape:
            raise ConfigError(
                f"{type(self).__name__}: activation is {self.activation.name!r}, which changes the shape; "
                f"add layers.Activation({self.activation.name!r}) behind this layer instead"
            )
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def affine(self, x: Array, activation: str) -> tuple[Array, Cache]:
        """The operation with its kernel and bias, and with `activation` fused in."""
        raise NotImplementedError(f"{type(self).__name__} has no affine")

    def affine_backward(
        self, dy: Array, cache: Cache, through_activation: bool, input_activation: str
    ) -> tuple[Array | None, Array, Array | None]:
        """Gradients of the input, the kernel and the bias."""
        raise NotImplementedError(f"{type(self).__name__} has no affine_backward")

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        if self.activation.fused_name is not None:
            y, cache = self.affine(x, self.activation.fused_name)
            return y, (cache, None)
        z, cache = self.affine(x, "linear")
        y, activation_cache = self.activation.forward(z)
        return y, (cache, activation_cache)

    def forward_preactivation(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        """z, the values before the activation; the cache is for `backward_preactivation`."""
        z, cache = self.affine(x, "linear")
        return z, (cache, None)

    def backward(self, dy: Array, cache: Cache) -> Array | None:
        affine_cache, activation_cache = cache
        if self.activation.fused_name is None:
            dy = self.activation.backward(dy, activation_cache)
        return self._collect(dy, affine_cache)

    def backward_preactivation(self, dz: Array, cache: Cache) -> Array | None:
        """The same from dz, the gradient before the activation, as cross-entropy's a - y gives it."""
        return self._collect(dz, cache[0], through_activation=False)

    @property
    def output_activation(self) -> str | None:
        name = self.activation.fused_name
        return name if name in ("relu", "sigmoid", "tanh") else None

    def backward_fused(
        self, dy: Array, cache: Cache, *, through_activation: bool, input_activation: str
    ) -> Array | None:
        affine_cache, activation_cache = cache
        if through_activation and self.activation.fused_name is None:
            dy = self.activation.backward(dy, activation_cache)
        return self._collect(dy, affine_cache, through_activation, input_activation)

    def _collect(
        self, dy: Array, cache: Cache, through_activation: bool = True, input_activation: str = "linear"
    ) -> Array | None:
        dx, dkernel, dbias = self.affine_backward(dy, cache, through_activation, input_activation)
        self.kernel.take_grad(dkernel)
        if self.bias is not None and dbias is not None:
            self.bias.take_grad(dbias)
        return dx

    def add_kernel_and_bias(self, kernel_shape: tuple[int, ...]) -> None:
        """Create the variables; the bias has one value for each entry of the kernel's last axis."""
        self.kernel = self.add_weight(
            name="kernel",
            shape=kernel_shape,
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=kernel_shape[-1:],
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": serialize_regularizer(self.kernel_regularizer),
            "bias_regularizer": serialize_regularizer(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }


def serialize_regularizer(regularizer: "regularizers.Regularizer | None") -> Config | None:
    """The configuration of a regularizer, None if there is none."""
    return None if regularizer is None else regularizers.serialize(regularizer)
