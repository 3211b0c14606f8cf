"""Nadam: Adam that looks ahead as Nesterov's momentum does."""

from typing import Unpack

import numpy as np

from vitral import ops
from vitral.core.variable import Variable
from vitral.optimizers.common import CommonArguments, check_rates
from vitral.optimizers.optimizer import Optimizer, registry
from vitral.optimizers.schedules import LearningRateSchedule
from vitral.typing import Array, Config


@registry.register()
class Nadam(Optimizer):
    """Adam whose step takes the momentum of the next step for that of this one; the formula is ops.nadam_update's.

    Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016.
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(learning_rate, **common)
        check_rates(beta_1=beta_1, beta_2=beta_2)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def create_slots(self) -> None:
        self.add_slots("momentum", "velocity")
        self._product = self.add_shared("product", np.array(1.0))

    def begin_step(self) -> None:
        self._product.value[...] *= self.beta_1 * (1 - 0.5 * 0.96 ** (self.step + 1))

    def update_step(self, gradient: Array, variable: Variable, learning_rate: float) -> None:
        ops.nadam_update(
            variable.value,
            gradient,
            self.slot("momentum", variable),
            self.slot("velocity", variable),
            step=self.step + 1,
            learning_rate=learning_rate,
            beta_1=self.beta_1,
            beta_2=self.beta_2,
            epsilon=self.epsilon,
            product=float(self._product.value),
        )

    def get_config(self) -> Config:
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
