"""What normalizations share: they end with a factor gamma and a summand beta that are learned."""

from typing import Any

from vitral import constraints, initializers, regularizers
from vitral.core.configurable import is_number
from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.layers.elementwise import Elementwise
from vitral.typing import Array, Config


class ScaledLayer(Elementwise):
    """Base of normalizations; `center=False` leaves beta out, `scale=False` gamma.

    Raises ConfigError unless epsilon is above 0.
    """

    gamma: Variable | None = None
    beta: Variable | None = None

    def __init__(
        self,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if not (is_number(epsilon) and epsilon > 0):
            raise ConfigError(f"{type(self).__name__}: epsilon is {epsilon!r}; expected a number above 0")
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.initializers = {
            "beta": initializers.get(beta_initializer),
            "gamma": initializers.get(gamma_initializer),
        }
        self.regularizers = {
            "beta": regularizers.get(beta_regularizer),
            "gamma": regularizers.get(gamma_regularizer),
        }
        self.constraints = {
            "beta": constraints.get(beta_constraint),
            "gamma": constraints.get(gamma_constraint),
        }

    def add_gamma_and_beta(self, shape: tuple[int, ...]) -> None:
        """Create those of the two that the layer has."""
        if self.scale:
            self.gamma = self.add_statistic("gamma", shape)
        if self.center:
            self.beta = self.add_statistic("beta", shape)

    def add_statistic(self, name: str, shape: tuple[int, ...], trainable: bool = True) -> Variable:
        """Create a variable with what was given under this name."""
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=self.initializers[name],
            regularizer=self.regularizers.get(name),
            constraint=self.constraints.get(name),
            trainable=trainable,
        )

    @property
    def gamma_value(self) -> Array | None:
        return None if self.gamma is None else self.gamma.value

    @property
    def beta_value(self) -> Array | None:
        return None if self.beta is None else self.beta.value

    def take_grads(self, dgamma: Array, dbeta: Array) -> None:
        """Add the gradients of those of the two that the layer has."""
        if self.gamma is not None:
            self.gamma.take_grad(dgamma)
        if self.beta is not None:
            self.beta.take_grad(dbeta)

    def get_config(self) -> Config:
        config = {
            **super().get_config(),
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
        }
        for name, initializer in self.initializers.items():
            config[f"{name}_initializer"] = initializers.serialize(initializer)
        for name, regularizer in self.regularizers.items():
            config[f"{name}_regularizer"] = None if regularizer is None else regularizers.serialize(regularizer)
        for name, constraint in self.constraints.items():
            config[f"{name}_constraint"] = constraints.serialize(constraint)
        return config
