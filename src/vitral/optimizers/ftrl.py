"""FTRL: descent that sets small weights to exactly 0."""

from typing import Unpack

from vitral import ops
from vitral.core.configurable import is_number
from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.optimizers.common import CommonArguments
from vitral.optimizers.optimizer import Optimizer, registry
from vitral.optimizers.schedules import LearningRateSchedule
from vitral.typing import Array, Config


@registry.register()
class Ftrl(Optimizer):
    """Follow the regularized leader: Adagrad's steps, and weights that stay below an L1 penalty are 0.

    `learning_rate_power` -1/2 lets rates fall as Adagrad's do, 0 keeps them. The L1 and L2 strengths pull towards 0,
    shrinkage adds 2 shrinkage w to the gradient, and `beta` adds beta / (2 learning_rate) to the L2 strength. The
    formula is ops.ftrl_update's. Raises ConfigError for a positive power or a negative strength. McMahan et al., "Ad
    click prediction: a view from the trenches", KDD 2013.

    >>> import numpy as np
    >>> weight = Variable([0.0, 0.0], name="weight")
    >>> optimizer = Ftrl(learning_rate=1.0, initial_accumulator_value=0.0, l1_regularization_strength=1.0)
    >>> optimizer.apply_gradients([(np.array([1.0, 4.0]), weight)])
    >>> weight.value
    array([ 0.  , -0.75])
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(learning_rate, **common)
        if not (is_number(learning_rate_power) and learning_rate_power <= 0):
            raise ConfigError(f"learning_rate_power is {learning_rate_power!r}; expected a number of at most 0")
        self.learning_rate_power = learning_rate_power
        self.strengths = {
            "initial_accumulator_value": initial_accumulator_value,
            "l1_regularization_strength": l1_regularization_strength,
            "l2_regularization_strength": l2_regularization_strength,
            "l2_shrinkage_regularization_strength": l2_shrinkage_regularization_strength,
        }
        for argument, value in self.strengths.items():
            if not (is_number(value) and value >= 0):
                raise ConfigError(f"{argument} is {value!r}; expected a number of at least 0")
        self.beta = beta

    def create_slots(self) -> None:
        for variable in self.trainable_variables:
            self.add_slots("accumulator", initial=self.strengths["initial_accumulator_value"], variables=[variable])
            self.add_slots("linear", variables=[variable])

    def update_step(self, gradient: Array, variable: Variable, learning_rate: float) -> None:
        ops.ftrl_update(
            variable.value,
            gradient,
            self.slot("accumulator", variable),
            self.slot("linear", variable),
            learning_rate=learning_rate,
            power=self.learning_rate_power,
            l1=self.strengths["l1_regularization_strength"],
            l2=self.strengths["l2_regularization_strength"] + self.beta / (2 * learning_rate),
            shrinkage=self.strengths["l2_shrinkage_regularization_strength"],
        )

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "learning_rate_power": self.learning_rate_power,
            **self.strengths,
            "beta": self.beta,
        }
