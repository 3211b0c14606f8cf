"""Schedules that fall by a power of the number of steps."""

import math

from vitral.optimizers.schedules.decay import check_decay_steps
from vitral.optimizers.schedules.schedule import LearningRateSchedule, registry
from vitral.typing import Config


@registry.register()
class InverseTimeDecay(LearningRateSchedule):
    """initial_learning_rate / (1 + decay_rate step / decay_steps); with `staircase` the fraction is rounded down.

    Raises ConfigError unless decay_steps is above 0.

    >>> InverseTimeDecay(0.1, decay_steps=10, decay_rate=0.5)(20)
    0.05
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_decay_steps(decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: int) -> float:
        periods = step / self.decay_steps
        return self.initial_learning_rate / (1 + self.decay_rate * (math.floor(periods) if self.staircase else periods))

    def get_config(self) -> Config:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


@registry.register()
class PolynomialDecay(LearningRateSchedule):
    """From the initial to the end rate in `decay_steps` steps, as (1 - step / decay_steps)^power; then it stays.

    With `cycle` the steps after that fall from the initial rate anew, more slowly: to the next multiple of decay_steps.
    Raises ConfigError unless decay_steps is above 0.

    >>> rate = PolynomialDecay(0.1, decay_steps=100, end_learning_rate=0.0)
    >>> rate(0), rate(50), rate(1000)
    (0.1, 0.05, 0.0)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_decay_steps(decay_steps)
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def __call__(self, step: int) -> float:
        periods = max(1, math.ceil(step / self.decay_steps)) if self.cycle else 1
        left = 1 - min(step / (self.decay_steps * periods), 1.0)
        return float((self.initial_learning_rate - self.end_learning_rate) * left**self.power + self.end_learning_rate)

    def get_config(self) -> Config:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "end_learning_rate": self.end_learning_rate,
            "power": self.power,
            "cycle": self.cycle,
            "name": self.name,
        }
