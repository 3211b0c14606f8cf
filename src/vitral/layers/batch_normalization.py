"""Batch normalization."""

from typing import Any

from vitral import initializers, ops
from vitral.core.configurable import is_number
from vitral.errors import ConfigError, ShapeError
from vitral.layers.layer import registry
from vitral.layers.scaled import ScaledLayer
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class BatchNormalization(ScaledLayer):
    """Each channel to mean 0 and variance 1 over the batch, then times gamma plus beta (Ioffe and Szegedy, 2015).

    While training the batch's own mean and variance are used, and their moving averages are kept
    (moving = momentum * moving + (1 - momentum) * batch); outside training, or if `trainable` is False, the moving
    averages are used. Works on the last axis; raises ConfigError for another.

    >>> import numpy as np
    >>> layer = BatchNormalization(epsilon=1e-9)
    >>> layer(np.array([[1.0], [3.0]]), training=True).round(3).tolist(), layer.moving_mean.value
    ([[-1.0], [1.0]], array([0.02], dtype=float32))
    """

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
        super().__init__(
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            **options,
        )
        if not (is_number(momentum) and 0 <= momentum <= 1):
            raise ConfigError(f"BatchNormalization: momentum is {momentum!r}; expected a number from 0 to 1")
        self.axis = axis
        self.momentum = momentum
        self.initializers |= {
            "moving_mean": initializers.get(moving_mean_initializer),
            "moving_variance": initializers.get(moving_variance_initializer),
        }

    def build(self, input_shape: Shape) -> None:
        channels = input_shape[-1]
        if self.axis not in (-1, len(input_shape) - 1):
            raise ConfigError(f"BatchNormalization: axis is {self.axis!r}; expected -1, the last axis")
        if channels is None:
            raise ShapeError(f'layer "{self.name}" received an input of shape {input_shape}; expected known channels')
        self.add_gamma_and_beta((channels,))
        self.moving_mean = self.add_statistic("moving_mean", (channels,), trainable=False)
        self.moving_variance = self.add_statistic("moving_variance", (channels,), trainable=False)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return self.forward_absorbing(x, training, "linear")

    @property
    def absorbs(self) -> tuple[str, ...]:
        return ("relu",)

    def forward_absorbing(self, x: Array, training: bool, following: str) -> tuple[Array, Cache]:
        gamma, beta = self.gamma_value, self.beta_value
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
        self.take_grads(dgamma, dbeta)
        return dx

    def get_config(self) -> Config:
        return {**super().get_config(), "axis": self.axis, "momentum": self.momentum}
