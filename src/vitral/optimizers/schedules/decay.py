"""Schedules that lower the learning rate as training goes on."""

import bisect
import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from vitral.core.configurable import is_number
from vitral.errors import ConfigError
from vitral.optimizers.schedules.schedule import LearningRateSchedule, registry
from vitral.typing import Config


def check_decay_steps(decay_steps: int, argument: str = "decay_steps") -> int:
    """The number itself; raises ConfigError unless it is above 0."""
    if not (is_number(decay_steps) and decay_steps > 0):
        raise ConfigError(f"{argument} is {decay_steps!r}; expected a number above 0")
    return decay_steps


@registry.register()
class PiecewiseConstantDecay(LearningRateSchedule):
    """values[0] up to and including step boundaries[0], then values[1] up to boundaries[1], and so on.

    Raises ConfigError unless there is one more value than boundaries and the boundaries rise.

    >>> rate = PiecewiseConstantDecay([100, 200], [0.1, 0.01, 0.001])
    >>> rate(100), rate(101), rate(5000)
    (0.1, 0.01, 0.001)
    """

    def __init__(self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant") -> None:
        for argument, given in (("boundaries", boundaries), ("values", values)):
            if np.ndim(given) != 1 or not all(map(is_number, given)):
                raise ConfigError(f"{argument} is {given!r}; expected a list of numbers")
        if len(boundaries) != len(values) - 1:
            raise ConfigError(
                f"{len(boundaries)} boundaries and {len(values)} values; expected one more value than boundaries"
            )
        if any(low >= high for low, high in pairwise(boundaries)):
            raise ConfigError(f"boundaries are {list(boundaries)}; expected rising numbers")
        self.boundaries = list(boundaries)
        self.values = list(values)
        self.name = name

    def __call__(self, step: int) -> float:
        return self.values[bisect.bisect_left(self.boundaries, step)]

    def get_config(self) -> Config:
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}


@registry.register()
class ExponentialDecay(LearningRateSchedule):
    """initial_learning_rate * decay_rate^(step / decay_steps); with `staircase` the exponent is rounded down.

    Raises ConfigError unless decay_steps is above 0.

    >>> ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)(20)
    0.025
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_decay_steps(decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: int) -> float:
        exponent = step / self.decay_steps
        return float(
            self.initial_learning_rate * self.decay_rate ** (math.floor(exponent) if self.staircase else exponent)
        )

    def get_config(self) -> Config:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


@registry.register()
class CosineDecay(LearningRateSchedule):
    """Half a cosine from the top rate down to alpha times it, in `decay_steps` steps.

    The top rate is `initial_learning_rate`; or, with a `warmup_target`, that target, towards which the rate first
    rises in a straight line for `warmup_steps` steps. Afterwards the rate stays. Loshchilov & Hutter, "SGDR: stochastic
    gradient descent with warm restarts", ICLR 2017. Raises ConfigError unless decay_steps is above 0.

    >>> rate = CosineDecay(0.0, decay_steps=100, warmup_target=0.2, warmup_steps=10)
    >>> rate(5), rate(10), round(rate(60), 3), rate(500)
    (0.1, 0.2, 0.1, 0.0)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_decay_steps(decay_steps)
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def __call__(self, step: int) -> float:
        if self.warmup_target is None:
            return self._decayed(self.initial_learning_rate, step)
        if step < self.warmup_steps:
            rise = self.warmup_target - self.initial_learning_rate
            return self.initial_learning_rate + rise * step / self.warmup_steps
        return self._decayed(self.warmup_target, step - self.warmup_steps)

    def _decayed(self, top: float, step: int) -> float:
        fraction = min(step / self.decay_steps, 1.0)
        cosine = 0.5 * (1 + math.cos(math.pi * fraction))
        return top * ((1 - self.alpha) * cosine + self.alpha)

    def get_config(self) -> Config:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }
