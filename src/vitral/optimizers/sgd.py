"""Gradient descent, plain or with momentum."""

from collections.abc import Sequence
from typing import Unpack

from vitral import ops
from vitral.core.configurable import is_number
from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.optimizers.common import CommonArguments
from vitral.optimizers.joint import JointOptimizer
from vitral.optimizers.optimizer import registry
from vitral.optimizers.schedules import LearningRateSchedule
from vitral.typing import Array, Config


@registry.register()
class SGD(JointOptimizer):
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
        if not (is_number(momentum) and 0 <= momentum <= 1):
            raise ConfigError(f"momentum is {momentum!r}; expected a number between 0 and 1")
        self.momentum = momentum
        self.nesterov = nesterov

    def create_slots(self) -> None:
        if self.momentum:
            self.add_slots("momentum")

    def update_together(self, gradients: list[Array], variables: Sequence[Variable], learning_rate: float) -> None:
        values = [variable.value for variable in variables]
        if not self.momentum:
            ops.sgd_update(values, gradients, learning_rate=learning_rate)
            return
        ops.momentum_update(
            values,
            gradients,
            self.slots("momentum", variables),
            learning_rate=learning_rate,
            momentum=self.momentum,
            nesterov=self.nesterov,
        )

    def get_config(self) -> Config:
        return {**super().get_config(), "momentum": self.momentum, "nesterov": self.nesterov}
