"""LAMB: Adam whose steps are as long, for each variable, as the variable asks."""

from typing import Unpack

from vitral import ops
from vitral.core.variable import Variable
from vitral.optimizers.common import CommonArguments, check_rates
from vitral.optimizers.optimizer import Optimizer, registry
from vitral.optimizers.schedules import LearningRateSchedule
from vitral.typing import Array, Config


@registry.register()
class Lamb(Optimizer):
    """A step goes in Adam's direction and is learning_rate times as long as the variable itself.

    Made for large batches. Unlike in the paper, `weight_decay` is not part of the direction but decoupled, as for
    every optimizer here and in Keras. The formula is ops.lamb_update's. You et al., "Large batch optimization for deep
    learning: training BERT in 76 minutes", ICLR 2020.

    >>> weight = Variable([3.0, 4.0], name="weight")  # of length 5, as steps are at a learning rate of 1
    >>> Lamb(learning_rate=1.0).apply_gradients([(weight.value * [2, 0], weight)])
    >>> weight.value
    array([-2.,  4.])
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

    def update_step(self, gradient: Array, variable: Variable, learning_rate: float) -> None:
        ops.lamb_update(
            variable.value,
            gradient,
            self.slot("momentum", variable),
            self.slot("velocity", variable),
            step=self.step + 1,
            learning_rate=learning_rate,
            beta_1=self.beta_1,
            beta_2=self.beta_2,
            epsilon=self.epsilon,
        )

    def get_config(self) -> Config:
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
