"""Lion: steps of one length, in the direction of the momentum's sign."""

from typing import Unpack

from vitral import ops
from vitral.core.variable import Variable
from vitral.optimizers.common import CommonArguments, check_rates
from vitral.optimizers.optimizer import Optimizer, registry
from vitral.optimizers.schedules import LearningRateSchedule
from vitral.typing import Array, Config


@registry.register()
class Lion(Optimizer):
    """w -= learning_rate sign(beta_1 m + (1 - beta_1) g), then m = beta_2 m + (1 - beta_2) g.

    Half of Adam's memory; its learning rate is 3 to 10 times smaller than Adam's. Chen et al., "Symbolic discovery of
    optimization algorithms", NeurIPS 2023.

    >>> weight = Variable([1.0, 2.0], name="weight")
    >>> Lion(learning_rate=0.5).apply_gradients([(weight.value * [4, -4], weight)])
    >>> weight.value
    array([0.5, 2.5])
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(learning_rate, **common)
        check_rates(beta_1=beta_1, beta_2=beta_2)
        self.beta_1 = beta_1
        self.beta_2 = beta_2

    def create_slots(self) -> None:
        self.add_slots("momentum")

    def update_step(self, gradient: Array, variable: Variable, learning_rate: float) -> None:
        ops.lion_update(
            variable.value,
            gradient,
            self.slot("momentum", variable),
            learning_rate=learning_rate,
            beta_1=self.beta_1,
            beta_2=self.beta_2,
        )

    def get_config(self) -> Config:
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2}
