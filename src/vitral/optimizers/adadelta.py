"""Adadelta: steps as long as recent steps were, so that no rate need be chosen."""

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
class Adadelta(JointOptimizer):
    """w -= learning_rate d, where d is g times the recent size of d over the recent size of g.

    The paper's rule is learning_rate=1.0; the default of 0.001 is Keras'. Zeiler, "ADADELTA: an adaptive learning rate
    method", 2012.
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(learning_rate, **common)
        self.rho = rho
        self.epsilon = epsilon

    def create_slots(self) -> None:
        self.add_slots("accumulated_grad", "accumulated_delta_var")

    def update_together(self, gradients: list[Array], variables: Sequence[Variable], learning_rate: float) -> None:
        ops.adadelta_update(
            [variable.value for variable in variables],
            gradients,
            self.slots("accumulated_grad", variables),
            self.slots("accumulated_delta_var", variables),
            learning_rate=learning_rate,
            rho=self.rho,
            epsilon=self.epsilon,
        )

    def get_config(self) -> Config:
        return {**super().get_config(), "rho": self.rho, "epsilon": self.epsilon}
