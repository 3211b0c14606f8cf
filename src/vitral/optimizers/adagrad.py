"""Adagrad: every value has a rate of its own, which only falls."""

from collections.abc import Sequence
from typing import Unpack

from vitral import ops
from vitral.core.variable import Variable
from vitral.optimizers.common import CommonArguments
from vitral.optimizers.joint import JointOptimizer
from vitral.optimizers.optimizer import registry
from vitral.optimizers.schedules import LearningRateSchedule
from vitral.typing import Array, Config


@registry.register()
class Adagrad(JointOptimizer):
    """s += g^2; w -= learning_rate g / sqrt(s + epsilon), where s starts at `initial_accumulator_value`.

    Duchi et al., "Adaptive subgradient methods for online learning and stochastic optimization", JMLR 2011.
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(learning_rate, **common)
        self.initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon

    def create_slots(self) -> None:
        self.add_slots("accumulator", initial=self.initial_accumulator_value)

    def update_together(self, gradients: list[Array], variables: Sequence[Variable], learning_rate: float) -> None:
        ops.adagrad_update(
            [variable.value for variable in variables],
            gradients,
            self.slots("accumulator", variables),
            learning_rate=learning_rate,
            epsilon=self.epsilon,
        )

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "initial_accumulator_value": self.initial_accumulator_value,
            "epsilon": self.epsilon,
        }
