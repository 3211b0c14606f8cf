"""Schedules that rise again."""

import math

from vitral.core.configurable import is_number
from vitral.errors import ConfigError
from vitral.optimizers.schedules.decay import check_decay_steps
from vitral.optimizers.schedules.schedule import LearningRateSchedule, registry
from vitral.typing import Config


@registry.register()
class CosineDecayRestarts(LearningRateSchedule):
    """Half a cosine from the initial rate down to alpha times it, again and again.

    The first takes `first_decay_steps` steps; each next one takes `t_mul` times as many and starts at `m_mul` times the
    height. Loshchilov & Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017. Raises ConfigError
    unless first_decay_steps is above 0 and t_mul at least 1.

    >>> rate = CosineDecayRestarts(0.1, first_decay_steps=100)
    >>> rate(0), round(rate(50), 3), rate(100), round(rate(200), 3)
    (0.1, 0.05, 0.1, 0.05)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = check_decay_steps(first_decay_steps, "first_decay_steps")
        if not (is_number(t_mul) and t_mul >= 1):
            raise ConfigError(f"t_mul is {t_mul!r}; expected a number from 1")
        self.t_mul = t_mul
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step: int) -> float:
        height, length, since = 1.0, float(self.first_decay_steps), float(step)
        while since >= length:
            since -= length
            length *= self.t_mul
            height *= self.m_mul
        cosine = 0.5 * height * (1 + math.cos(math.pi * since / length))
        return self.initial_learning_rate * ((1 - self.alpha) * cosine + self.alpha)

    def get_config(self) -> Config:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "first_decay_steps": self.first_decay_steps,
            "t_mul": self.t_mul,
            "m_mul": self.m_mul,
            "alpha": self.alpha,
            "name": self.name,
        }


@registry.register()
class OneCycle(LearningRateSchedule):
    """Up to a high rate and down to almost nothing in one training; Keras has no such schedule.

    From max_learning_rate / start_divisor up to max_learning_rate during the first `warmup_fraction` of the
    `total_steps` steps, then down to that start / end_divisor at the last one; both ways along half a cosine, and the
    rate stays afterwards. With n = total_steps, the peak is at step p = warmup_fraction n - 1 and the end at n - 1:
    rate = b + (a - b) (1 + cos(pi t)) / 2, where t goes from 0 to 1 while the rate goes from a to b. Smith & Topin,
    "Super-convergence: very fast training of neural networks using large learning rates", 2019; the defaults are those
    of PyTorch's OneCycleLR. Raises ConfigError unless 0 < p < n - 1.

    >>> rate = OneCycle(0.1, total_steps=100)
    >>> round(rate(0), 9), round(rate(29), 9), round(rate(99), 9)
    (0.004, 0.1, 4e-07)
    """

    def __init__(
        self,
        max_learning_rate: float,
        total_steps: int,
        warmup_fraction: float = 0.3,
        start_divisor: float = 25.0,
        end_divisor: float = 1e4,
        name: str = "OneCycle",
    ) -> None:
        for argument, value in (("total_steps", total_steps), ("warmup_fraction", warmup_fraction)):
            if not is_number(value):
                raise ConfigError(f"{argument} is {value!r}; expected a number")
        self.peak = warmup_fraction * total_steps - 1
        if not 0 < self.peak < total_steps - 1:
            raise ConfigError(
                f"total_steps is {total_steps!r} and warmup_fraction {warmup_fraction!r}, so the peak is at step "
                f"{self.peak:g}; expected it between the first step and the last"
            )
        self.max_learning_rate = max_learning_rate
        self.total_steps = total_steps
        self.warmup_fraction = warmup_fraction
        self.start_divisor = start_divisor
        self.end_divisor = end_divisor
        self.name = name

    def __call__(self, step: int) -> float:
        start = self.max_learning_rate / self.start_divisor
        if step <= self.peak:
            return _between(start, self.max_learning_rate, step / self.peak)
        fall = min((step - self.peak) / (self.total_steps - 1 - self.peak), 1.0)
        return _between(self.max_learning_rate, start / self.end_divisor, fall)

    def get_config(self) -> Config:
        return {
            "max_learning_rate": self.max_learning_rate,
            "total_steps": self.total_steps,
            "warmup_fraction": self.warmup_fraction,
            "start_divisor": self.start_divisor,
            "end_divisor": self.end_divisor,
            "name": self.name,
        }


def _between(first: float, last: float, fraction: float) -> float:
    """The rate after that fraction of half a cosine."""
    return last + (first - last) * 0.5 * (1 + math.cos(math.pi * fraction))
