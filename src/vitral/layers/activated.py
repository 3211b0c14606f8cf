"""What dense and convolution layers share: weighted sums, a bias, then an activation."""

from typing import Any

from vitral import activations, constraints, initializers, regularizers
from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.layers.layer import Layer
from vitral.typing import Array, Cache, Config


class ActivatedLayer(Layer):
    """Base of layers y = activation(z), where z depends linearly on the input.

    A subclass writes `affine` and `collect`. Activations that the operation can apply itself are left to it.
    """

    passes = True

    bias: Variable | None = None

    def __init__(
        self,
        activation: Any = None,
        use_bias: bool = True,
        bias_initializer: "str | Config | initializers.Initializer" = "zeros",
        bias_regularizer: "str | Config | regularizers.Regularizer | None" = None,
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
        self.bias_initializer = initializers.get(bias_initializer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.bias_constraint = constraints.get(bias_constraint)

    def affine(self, x: Array, activation: str) -> tuple[Array, Cache]:
        """The operation with its weights and bias, and with `activation` fused in."""
        raise NotImplementedError(f"{type(self).__name__} has no affine")

    def collect(
        self, dy: Array, cache: Cache, through_activation: bool = True, input_activation: str = "linear"
    ) -> Array | None:
        """Add the gradients of the weights to them, and return that of the input; `cache` comes from `affine`."""
        raise NotImplementedError(f"{type(self).__name__} has no collect")

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
        return self.collect(dy, affine_cache)

    def backward_preactivation(self, dz: Array, cache: Cache) -> Array | None:
        """The same from dz, the gradient before the activation, as cross-entropy's a - y gives it."""
        return self.collect(dz, cache[0], through_activation=False)

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
        return self.collect(dy, affine_cache, through_activation, input_activation)

    def add_bias(self, *shape: int) -> None:
        """Create the bias, as a rule one value for each channel of the output, unless the layer has none."""
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=shape,
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def take_bias_grad(self, gradient: Array | None) -> None:
        """Add the gradient of the bias, if the layer has one."""
        if self.bias is not None and gradient is not None:
            self.bias.take_grad(gradient)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "bias_regularizer": serialize_regularizer(self.bias_regularizer),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }


def serialize_regularizer(regularizer: "regularizers.Regularizer | None") -> Config | None:
    """The configuration of a regularizer, None if there is none."""
    return None if regularizer is None else regularizers.serialize(regularizer)
