"""Adam: momentum, and steps measured in units of the gradient's recent size."""

from collections.abc import Sequence
from typing import Unpack

from vitral import ops
from vitral.core.variable import Variable
from vitral.optimizers.common import CommonArguments, check_rates
from vitral.optimizers.joint import JointOptimizer
from vitral.optimizers.optimizer import registry
from vitral.optimizers.schedules import LearningRateSchedule
from vitral.typing import Array, Config


@registry.register()
class Adam(JointOptimizer):
    """m and v follow g and g^2; w -= alpha m / (sqrt(v) + epsilon), where alpha corrects that both start at 0.

    `amsgrad=True` divides by the highest v so far. Kingma & Ba, "Adam: a method for stochastic optimization", ICLR
    2015; Reddi et al., "On the convergence of Adam and beyond", ICLR 2018.

    >>> weight = Variable([1.0], name="weight")
    >>> Adam(learning_rate=0.5).apply_gradients([(weight.value * 4, weight)])
    >>> weight.value.round(6)
    array([0.5])
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(learning_rate, **common)
        check_rates(beta_1=beta_1, beta_2=beta_2)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.amsgrad = amsgrad

    def create_slots(self) -> None:
        self.add_slots("momentum", "velocity")
        if self.amsgrad:
            self.add_slots("velocity_hat")

    def update_together(self, gradients: list[Array], variables: Sequence[Variable], learning_rate: float) -> None:
        ops.adam_update(
            [variable.value for variable in variables],
            gradients,
            self.slots("momentum", variables),
            self.slots("velocity", variables),
            self.slots("velocity_hat", variables) if self.amsgrad else None,
            step=self.step + 1,
            learning_rate=learning_rate,
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
            "amsgrad": self.amsgrad,
        }


@registry.register("adamw")
class AdamW(Adam):
    """Adam with decoupled weight decay: before each step, w -= learning_rate weight_decay w.

    Loshchilov & Hutter, "Decoupled weight decay regularization", ICLR 2019.
    """

    def __init__(  # type: ignore[misc]  # weight_decay has a place and a default of its own here
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **common)
