"""Gradient descent, plain or with momentum."""

from typing import Unpack

from vitral import ops
from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.optimizers.common import CommonArguments
from vitral.optimizers.optimizer import Optimizer, registry
from vitral.optimizers.schedules import LearningRateSchedule
from vitral.typing import Array, Config


@registry.register()
class SGD(Optimizer):
    """w -= learning_rate g; with momentum: v = momentum v - learning_rate g, w += v (or Nesterov's look ahead).

    Raises ConfigError unless momentum is between 0 and 1. Sutskever et al., "On the importance of initialization and
    momentum in deep learning", ICML 2013.

    >>> SGD(0.1, momentum=0.9).get_config()["momentum"]
    0.9
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(learning_rate, **common)
        if not 0 <= momentum <= 1:
            raise ConfigError(f"momentum is {momentum!r}; expected a number between 0 and 1")
        self.momentum = momentum
        self.nesterov = nesterov

    def create_slots(self) -> None:
        if self.momentum:
            self.add_slots("momentum")

    def update_step(self, gradient: Array, variable: Variable, learning_rate: float) -> None:
        if not self.momentum:
            ops.sgd_update(variable.value, gradient, learning_rate=learning_rate)
            return
        ops.momentum_update(
            variable.value,
            gradient,
            self.slot("momentum", variable),
            learning_rate=learning_rate,
            momentum=self.momentum,
            nesterov=self.nesterov,
        )

    def get_config(self) -> Config:
        return {**super().get_config(), "momentum": self.momentum, "nesterov": self.nesterov}
