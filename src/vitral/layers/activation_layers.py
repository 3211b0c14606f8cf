"""Activations as layers of their own."""

from typing import Any

from vitral import activations, ops
from vitral.activations import Activation as ActivationFunction
from vitral.core.configurable import is_number
from vitral.core.symbolic import OPERATORS
from vitral.errors import ConfigError
from vitral.layers.elementwise import Elementwise
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape


class ActivationLayer(Elementwise):
    """Base of layers that are exactly one activation function."""

    activation: ActivationFunction

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return self.activation.forward(x)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return self.activation.backward(dy, cache)

    def forward_preactivation(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        """The values before the activation: the input itself."""
        return x, None

    def backward_preactivation(self, dz: Array, cache: Cache) -> Array:
        """The gradient of the input where dz, the one before the activation, is known already: dz itself."""
        return dz


@registry.register()
class Activation(ActivationLayer):
    """Any activation, by its name, itself, or a layer without weights.

    >>> import numpy as np
    >>> Activation("relu")(np.array([[-1.0, 2.0]]))
    array([[0., 2.]])
    """

    def __init__(self, activation: Any, **options: Any) -> None:
        super().__init__(**options)
        self.activation = activations.get(activation)

    @property
    def absorbable(self) -> str | None:
        return self.activation.fused_name

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return self.activation.output_shape(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "activation": activations.serialize(self.activation)}


@registry.register()
class Softmax(ActivationLayer):
    """Probabilities along the last axis; raises ConfigError for another axis.

    >>> import numpy as np
    >>> Softmax()(np.zeros((1, 4)))
    array([[0.25, 0.25, 0.25, 0.25]])
    """

    activation = activations.softmax

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        if axis != -1:
            raise ConfigError(f"Softmax: axis is {axis!r}; expected -1, the last axis")

    def get_config(self) -> Config:
        return {**super().get_config(), "axis": -1}


@registry.register()
class ReLU(Elementwise):
    """x above the threshold, negative_slope * (x - threshold) below it, at most max_value.

    Raises ConfigError for a negative max_value, negative_slope or threshold.

    >>> import numpy as np
    >>> ReLU(max_value=6.0)(np.array([[-1.0, 2.0, 7.0]]))
    array([[0., 2., 6.]])
    """

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **options: Any
    ) -> None:
        super().__init__(**options)
        for name, value in (("max_value", max_value), ("negative_slope", negative_slope), ("threshold", threshold)):
            if value is not None and not (is_number(value) and value >= 0):
                raise ConfigError(f"ReLU: {name} is {value!r}; expected a number from 0 on")
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.relu(x, negative_slope=self.negative_slope, max_value=self.max_value, threshold=self.threshold)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.relu_backward(dy, cache)

    @property
    def absorbable(self) -> str | None:
        return "relu" if (self.max_value, self.negative_slope, self.threshold) == (None, 0, 0) else None

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }


@registry.register("leaky_relu")
class LeakyReLU(Elementwise):
    """x where x > 0, negative_slope * x elsewhere (Maas, Hannun and Ng, ICML 2013).

    >>> import numpy as np
    >>> LeakyReLU()(np.array([[-1.0, 2.0]]))
    array([[-0.3,  2. ]])
    """

    def __init__(self, negative_slope: float = 0.3, **options: Any) -> None:
        super().__init__(**options)
        if negative_slope is None or not negative_slope >= 0:
            raise ConfigError(f"LeakyReLU: negative_slope is {negative_slope!r}; expected a number from 0 on")
        self.negative_slope = negative_slope

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.relu(x, negative_slope=self.negative_slope)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.relu_backward(dy, cache)

    def get_config(self) -> Config:
        return {**super().get_config(), "negative_slope": self.negative_slope}


@registry.register()
class ELU(Elementwise):
    """x where x > 0, alpha (exp(x) - 1) elsewhere (Clevert, Unterthiner and Hochreiter, ICLR 2016).

    >>> import numpy as np
    >>> ELU(alpha=0.5)(np.array([[-1.0, 2.0]])).round(4)
    array([[-0.3161,  2.    ]])
    """

    def __init__(self, alpha: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.alpha = alpha

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.elu(x, alpha=self.alpha)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.elu_backward(dy, cache)

    def get_config(self) -> Config:
        return {**super().get_config(), "alpha": self.alpha}


OPERATORS["activate"] = lambda x, activation: Activation(activation)(x)
