"""Keras' activation functions: each is an operation and the operation that is its derivative."""

from collections.abc import Callable
from functools import partial
from typing import Any

from vitral import ops
from vitral.activations.activation import Activation, as_floats
from vitral.core.symbolic import KerasTensor
from vitral.errors import ConfigError
from vitral.ops.reference.activation import FUSED
from vitral.typing import Array, Cache

Forward = Callable[..., tuple[Array, Cache]]
Backward = Callable[[Array, Cache], Array]


class BuiltIn(Activation):
    """An activation by its name in Keras. Called as a function it takes Keras' further arguments, `options`.

    >>> elu([-1.0, 2.0], alpha=0.5).round(4)
    array([-0.3161,  2.    ])
    """

    def __init__(self, name: str, formula: str, forward: Forward, backward: Backward, *options: str) -> None:
        self._name = name
        self.fused_name = name if name in FUSED else None
        self.__doc__ = formula
        self._forward = forward
        self._backward = backward
        self._options = options

    @property
    def name(self) -> str:
        return self._name

    def forward(self, x: Array) -> tuple[Array, Cache]:
        return self._forward(x)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return self._backward(dy, cache)

    def __reduce__(self) -> tuple[Any, ...]:
        # Copied or pickled, it stays the one activation of its name, by which layers know it.
        from vitral.activations import get

        return get, (self.name,)

    def __call__(self, x: Any, *values: Any, **options: Any) -> Any:
        if len(values) > len(self._options) or not options.keys() <= set(self._options):
            raise ConfigError(
                f"{self.name} received {[*values, *options]}; "
                f"expected {', '.join(self._options) or 'nothing'} beside the array"
            )
        if isinstance(x, KerasTensor):
            if values or options:
                raise ConfigError(
                    f"{self.name} received {[*values, *options]} beside a symbolic tensor; expected a layer that has "
                    "them, such as ReLU or LeakyReLU"
                )
            return super().__call__(x)
        return self._forward(as_floats(x), **dict(zip(self._options, values, strict=False)), **options)[0]


linear = BuiltIn("linear", "y = x.", ops.linear, ops.linear_backward)
relu = BuiltIn("relu", "y = max(x, 0).", ops.relu, ops.relu_backward, "negative_slope", "max_value", "threshold")
relu6 = BuiltIn("relu6", "y = x, never below 0 nor above 6.", partial(ops.relu, max_value=6.0), ops.relu_backward)
leaky_relu = BuiltIn(
    "leaky_relu",
    "y = x where x > 0, negative_slope x elsewhere: 0.2 x unless given.",
    partial(ops.relu, negative_slope=0.2),
    ops.relu_backward,
    "negative_slope",
)
elu = BuiltIn("elu", "y = x where x > 0, alpha (e^x - 1) elsewhere, alpha = 1.", ops.elu, ops.elu_backward, "alpha")
celu = BuiltIn(
    "celu", "y = x where x > 0, alpha (e^(x / alpha) - 1) elsewhere, alpha = 1.", ops.celu, ops.celu_backward, "alpha"
)
selu = BuiltIn(
    "selu", "1.0507 times elu with alpha = 1.6733, which keeps mean 0 and variance 1.", ops.selu, ops.selu_backward
)
gelu = BuiltIn(
    "gelu", "y = x Phi(x), Phi the normal distribution function.", ops.gelu, ops.gelu_backward, "approximate"
)
silu = BuiltIn("silu", "y = x sigmoid(x), also called swish.", ops.silu, ops.silu_backward)
mish = BuiltIn("mish", "y = x tanh(log(1 + e^x)).", ops.mish, ops.mish_backward)
sigmoid = BuiltIn("sigmoid", "y = 1 / (1 + e^-x), between 0 and 1.", ops.sigmoid, ops.sigmoid_backward)
log_sigmoid = BuiltIn("log_sigmoid", "y = log sigmoid(x).", ops.log_sigmoid, ops.log_sigmoid_backward)
tanh = BuiltIn("tanh", "y = tanh(x), between -1 and 1.", ops.tanh, ops.tanh_backward)
tanh_shrink = BuiltIn("tanh_shrink", "y = x - tanh(x).", ops.tanh_shrink, ops.tanh_shrink_backward)
softplus = BuiltIn("softplus", "y = log(1 + e^x).", ops.softplus, ops.softplus_backward)
squareplus = BuiltIn("squareplus", "y = (x + sqrt(x^2 + b)) / 2, b = 4.", ops.squareplus, ops.squareplus_backward, "b")
softsign = BuiltIn("softsign", "y = x / (1 + |x|), between -1 and 1.", ops.softsign, ops.softsign_backward)
exponential = BuiltIn("exponential", "y = e^x.", ops.exponential, ops.exponential_backward)
hard_sigmoid = BuiltIn(
    "hard_sigmoid",
    "y = x / 6 + 1/2, never below 0 nor above 1.",
    partial(ops.clipped_line, slope=1 / 6, offset=0.5, low=0.0, high=1.0),
    ops.clipped_line_backward,
)
sparse_sigmoid = BuiltIn(
    "sparse_sigmoid",
    "y = (x + 1) / 2, never below 0 nor above 1.",
    partial(ops.clipped_line, slope=0.5, offset=0.5, low=0.0, high=1.0),
    ops.clipped_line_backward,
)
hard_tanh = BuiltIn(
    "hard_tanh",
    "y = x, never below -1 nor above 1.",
    partial(ops.clipped_line, slope=1.0, offset=0.0, low=-1.0, high=1.0),
    ops.clipped_line_backward,
)
hard_silu = BuiltIn(
    "hard_silu", "y = x hard_sigmoid(x), also called hard_swish.", ops.hard_silu, ops.hard_silu_backward
)
hard_shrink = BuiltIn(
    "hard_shrink",
    "y = x where |x| > threshold (1/2), 0 elsewhere.",
    ops.hard_shrink,
    ops.hard_shrink_backward,
    "threshold",
)
soft_shrink = BuiltIn(
    "soft_shrink",
    "y = x moved towards 0 by threshold (1/2), but not beyond 0.",
    ops.soft_shrink,
    ops.soft_shrink_backward,
    "threshold",
)
sparse_plus = BuiltIn(
    "sparse_plus", "y = 0 up to -1, (x + 1)^2 / 4 up to 1, then x.", ops.sparse_plus, ops.sparse_plus_backward
)


class _Threshold(BuiltIn):
    """`threshold` has no defaults, so it is only a function, as in Keras."""

    def forward(self, x: Array) -> tuple[Array, Cache]:
        raise ConfigError("threshold needs its values: threshold(x, threshold, default_value)")


threshold = _Threshold(
    "threshold",
    "y = x where x > threshold, default_value elsewhere.",
    ops.threshold,
    ops.threshold_backward,
    "threshold",
    "default_value",
)
