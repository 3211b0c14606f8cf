"""Adamax: Adam with the largest recent gradient in place of the mean square."""

from typing import Unpack

from vitral import ops
from vitral.core.variable import Variable
from vitral.optimizers.common import CommonArguments, check_rates
from vitral.optimizers.optimizer import Optimizer, registry
from vitral.optimizers.schedules import LearningRateSchedule
from vitral.typing import Array, Config


@registry.register()
class Adamax(Optimizer):
    """m follows g, u the largest recent |g|; w -= learning_rate m / ((1 - beta_1^step) (u + epsilon)).

    Kingma & Ba, "Adam: a method for stochastic optimization", ICLR 2015, section 7.1.

    >>> weight = Variable([1.0], name="weight")
    >>> Adamax(learning_rate=0.5).apply_gradients([(weight.value * 4, weight)])
    >>> weight.value.round(6)
    array([0.5])
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
        self.add_slots("momentum", "norm")

    def update_step(self, gradient: Array, variable: Variable, learning_rate: float) -> None:
        ops.adamax_update(
            variable.value,
            gradient,
            self.slot("momentum", variable),
            self.slot("norm", variable),
            step=self.step + 1,
            learning_rate=learning_rate,
            beta_1=self.beta_1,
            beta_2=self.beta_2,
            epsilon=self.epsilon,
        )

    def get_config(self) -> Config:
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
