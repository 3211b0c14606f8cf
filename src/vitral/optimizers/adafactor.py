"""Adafactor: Adam's mean squares from the means of rows and columns, and steps in units of the weights."""

from typing import Unpack

import numpy as np

from vitral import ops
from vitral.core.variable import Variable
from vitral.optimizers.common import CommonArguments
from vitral.optimizers.optimizer import Optimizer, registry
from vitral.optimizers.schedules import LearningRateSchedule
from vitral.typing import Array, Config


@registry.register()
class Adafactor(Optimizer):
    """A step is min(learning_rate, 1 / sqrt(step)) times the size of the weights, along g / sqrt(v).

    `beta_2_decay` says how v comes to follow g^2 ever more slowly, `epsilon_2` is the least size of weights, and
    directions of a size above `clip_threshold` are shortened; the formula is ops.adafactor_update's. `relative_step`
    is taken and saved, but changes nothing, in Keras neither: the rate is at most 1 / sqrt(step) either way. Shazeer &
    Stern, "Adafactor: adaptive learning rates with sublinear memory cost", ICML 2018.

    >>> weight = Variable([3.0, 3.0], name="weight")
    >>> Adafactor(learning_rate=0.5).apply_gradients([(np.array([2.0, -7.0]), weight)])
    >>> weight.value
    array([1.5, 4.5])
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(learning_rate, **common)
        self.beta_2_decay = beta_2_decay
        self.epsilon_1 = epsilon_1
        self.epsilon_2 = epsilon_2
        self.clip_threshold = clip_threshold
        self.relative_step = relative_step

    def create_slots(self) -> None:
        for variable in self.trainable_variables:
            shape = variable.shape
            # With fewer than two axes Keras keeps two numbers that nobody uses; files count on them.
            has_rows = len(shape) >= 2
            rows, columns = (shape[:-1], (*shape[:-2], shape[-1])) if has_rows else ((), ())
            self.add_slot("rows", variable, np.zeros(rows, variable.dtype))
            self.add_slot("columns", variable, np.zeros(columns, variable.dtype))
            self.add_slots("velocity", variables=[variable])

    def update_step(self, gradient: Array, variable: Variable, learning_rate: float) -> None:
        step = self.step + 1
        ops.adafactor_update(
            variable.value,
            gradient,
            self.slot("rows", variable),
            self.slot("columns", variable),
            self.slot("velocity", variable),
            step=step,
            learning_rate=min(learning_rate, step**-0.5),
            decay=self.beta_2_decay,
            epsilon_1=self.epsilon_1,
            epsilon_2=self.epsilon_2,
            threshold=self.clip_threshold,
        )

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "beta_2_decay": self.beta_2_decay,
            "epsilon_1": self.epsilon_1,
            "epsilon_2": self.epsilon_2,
            "clip_threshold": self.clip_threshold,
            "relative_step": self.relative_step,
        }
