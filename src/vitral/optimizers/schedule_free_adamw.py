"""Schedule-free AdamW: an average of all weights in place of a falling learning rate."""

from typing import Unpack

from vitral import ops
from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.optimizers.common import CommonArguments, check_rates
from vitral.optimizers.optimizer import Optimizer, registry
from vitral.optimizers.schedules import LearningRateSchedule
from vitral.typing import Array, Config


@registry.register("schedulefreeadamw")
class ScheduleFreeAdamW(Optimizer):
    """Gradients are taken, and the network is used, between Adam's weights and the mean of all of these so far.

    The state "momentum" holds Adam's weights, the variable beta_1 of the mean and 1 - beta_1 of them; the mean itself
    is worked out from both. The learning rate rises over `warmup_steps`. The formula is ops.schedule_free_update's, as
    the paper and Keras on JAX have it; on TensorFlow and PyTorch Keras 3.15 takes the mean with Adam's weights of
    after the step for those of before it. Raises ConfigError unless beta_1 is above 0. Defazio et al., "The road less
    scheduled", NeurIPS 2024.

    >>> weight = Variable([1.0], name="weight")
    >>> ScheduleFreeAdamW(learning_rate=0.5).apply_gradients([(weight.value * 4, weight)])
    >>> weight.value
    array([0.5])
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(learning_rate, **common)
        check_rates(beta_1=beta_1, beta_2=beta_2)
        if beta_1 == 0:
            raise ConfigError("beta_1 is 0; expected a number above 0, or the mean is lost")
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.warmup_steps = warmup_steps

    def create_slots(self) -> None:
        for variable in self.trainable_variables:
            self.add_slot("momentum", variable, variable.value)
            self.add_slots("velocity", variables=[variable])

    def update_step(self, gradient: Array, variable: Variable, learning_rate: float) -> None:
        step = self.step + 1
        warmth = min(step / self.warmup_steps, 1.0) if self.warmup_steps > 0 else 1.0
        ops.schedule_free_update(
            variable.value,
            gradient,
            self.slot("momentum", variable),
            self.slot("velocity", variable),
            step=step,
            learning_rate=learning_rate * warmth,
            beta_1=self.beta_1,
            beta_2=self.beta_2,
            epsilon=self.epsilon,
        )

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "warmup_steps": self.warmup_steps,
        }
