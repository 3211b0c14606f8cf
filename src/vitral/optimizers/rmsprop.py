"""RMSprop: steps are measured in units of the gradient's recent size."""

from collections.abc import Sequence
from typing import Unpack

from vitral import ops
from vitral.core.variable import Variable
from vitral.optimizers.common import CommonArguments
from vitral.optimizers.joint import JointOptimizer
from vitral.optimizers.optimizer import registry
from vitral.optimizers.schedules import LearningRateSchedule
from vitral.typing import Array, Config


@registry.register("rmsprop")
class RMSprop(JointOptimizer):
    """v = rho v + (1 - rho) g^2; w -= learning_rate g / sqrt(v + epsilon).

    `centered=True` divides by the gradient's recent spread instead of its size; `momentum` lets steps carry on.
    Tieleman & Hinton, Coursera lecture 6.5, 2012.
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(learning_rate, **common)
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered

    def create_slots(self) -> None:
        self.add_slots("velocity")
        if self.momentum > 0:
            self.add_slots("momentum")
        if self.centered:
            self.add_slots("average_gradient")

    def update_together(self, gradients: list[Array], variables: Sequence[Variable], learning_rate: float) -> None:
        ops.rmsprop_update(
            [variable.value for variable in variables],
            gradients,
            self.slots("velocity", variables),
            self.slots("momentum", variables) if self.momentum > 0 else None,
            self.slots("average_gradient", variables) if self.centered else None,
            learning_rate=learning_rate,
            rho=self.rho,
            momentum=self.momentum,
            epsilon=self.epsilon,
        )

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
        }
