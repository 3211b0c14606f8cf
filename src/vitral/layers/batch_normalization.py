"""Batch normalization."""

from typing import Any

from vitral import constraints, initializers, ops, regularizers
from vitral.core.variable import Variable
from vitral.errors import ConfigError, ShapeError
from vitral.layers.elementwise import Elementwise
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class BatchNormalization(Elementwise):
    """Each channel to mean 0 and variance 1 over the batch, then times gamma plus beta (Ioffe and Szegedy, 2015).

    While training the batch's own mean and variance are used, and their moving averages are kept
    (moving = momentum * moving + (1 - momentum) * batch); outside training, or if `trainable` is False, the moving
    averages are used. Works on the last axis; raises ConfigError for another.

    >>> import numpy as np
    >>> layer = BatchNormalization(epsilon=1e-9)
    >>> layer(np.array([[1.0], [3.0]]), training=True).round(3).tolist(), layer.moving_mean.value
    ([[-1.0], [1.0]], array([0.02], dtype=float32))
    """

    gamma: Variable | None = None
    beta: Variable | None = None

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if not 0 <= momentum <= 1:
            raise ConfigError(f"BatchNormalization: momentum is {momentum!r}; expected a number from 0 to 1")
        if not epsilon > 0:
            raise ConfigError(f"BatchNormalization: epsilon is {epsilon!r}; expected a number above 0")
        self.axis = axis
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.initializers = {
            "beta": initializers.get(beta_initializer),
            "gamma": initializers.get(gamma_initializer),
            "moving_mean": initializers.get(moving_mean_initializer),
            "moving_variance": initializers.get(moving_variance_initializer),
        }
        self.regularizers = {
            "beta": regularizers.get(beta_regularizer),
            "gamma": regularizers.get(gamma_regularizer),
        }
        self.constraints = {
            "beta": constraints.get(beta_constraint),
            "gamma": constraints.get(gamma_constraint),
        }

    def build(self, input_shape: Shape) -> None:
        channels = input_shape[-1]
        if self.axis not in (-1, len(input_shape) - 1):
            raise ConfigError(f"BatchNormalization: axis is {self.axis!r}; expected -1, the last axis")
        if channels is None:
            raise ShapeError(f'layer "{self.name}" received an input of shape {input_shape}; expected known channels')
        if self.scale:
            self.gamma = self._add("gamma", channels)
        if self.center:
            self.beta = self._add("beta", channels)
        self.moving_mean = self._add("moving_mean", channels, trainable=False)
        self.moving_variance = self._add("moving_variance", channels, trainable=False)

    def _add(self, name: str, channels: int, trainable: bool = True) -> Variable:
        return self.add_weight(
            name=name,
            shape=(channels,),
            initializer=self.initializers[name],
            regularizer=self.regularizers.get(name),
            constraint=self.constraints.get(name),
            trainable=trainable,
        )

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return self.forward_absorbing(x, training, "linear")

    @property
    def absorbs(self) -> tuple[str, ...]:
        return ("relu",)

    def forward_absorbing(self, x: Array, training: bool, following: str) -> tuple[Array, Cache]:
        gamma = None if self.gamma is None else self.gamma.value
        beta = None if self.beta is None else self.beta.value
        if not (training and self.trainable):
            mean, variance = self.moving_mean.value, self.moving_variance.value
            y, cache = ops.batch_norm_inference(
                x, gamma, beta, mean, variance, epsilon=self.epsilon, activation=following
            )
            return y, (False, cache)
        y, mean, variance, cache = ops.batch_norm_training(x, gamma, beta, epsilon=self.epsilon, activation=following)
        for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.value *= self.momentum
            moving.value += batch * (1 - self.momentum)
        return y, (True, cache)

    def backward(self, dy: Array, cache: Cache) -> Array:
        by_batch, inner = cache
        backward = ops.batch_norm_training_backward if by_batch else ops.batch_norm_inference_backward
        dx, dgamma, dbeta = backward(dy, inner)
        if self.gamma is not None:
            self.gamma.take_grad(dgamma)
        if self.beta is not None:
            self.beta.take_grad(dbeta)
        return dx

    def get_config(self) -> Config:
        config = {
            **super().get_config(),
            "axis": self.axis,
            "momentum": self.momentum,
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
