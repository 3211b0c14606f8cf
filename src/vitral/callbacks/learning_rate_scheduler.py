"""A learning rate that a function of the epoch gives."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from vitral.callbacks.callback import Callback
from vitral.errors import ConfigError
from vitral.typing import Logs


class LearningRateScheduler(Callback):
    """Sets the learning rate at the start of every epoch to `schedule(epoch, rate)`, epochs counted from 0.

    A function of the epoch alone will do as well. Adds "learning_rate" to the logs of the epoch. Raises ConfigError
    without a function, and if it does not return a number.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        super().__init__()
        if not callable(schedule):
            raise ConfigError(f"LearningRateScheduler has schedule={schedule!r}; expected a function of the epoch")
        self.schedule = schedule
        self.verbose = verbose
        self._epoch = -1

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if epoch == self._epoch and not self.starts_afresh():
            return  # resumed in the middle of an epoch whose rate was set before the interruption
        self._epoch = epoch
        arguments = (epoch, float(self.model.optimizer.learning_rate))
        rate: Any = self.schedule(*arguments[: 2 if _takes_two(self.schedule) else 1])
        if not isinstance(rate, (float, np.floating)):
            raise ConfigError(
                f"the schedule of LearningRateScheduler returned {rate!r} for epoch {epoch}; expected a float"
            )
        self.model.optimizer.learning_rate = float(rate)
        if self.verbose > 0:
            self.say(f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)

    def get_state(self) -> dict[str, Any]:
        return {"epoch": self._epoch}

    def set_state(self, state: Mapping[str, Any]) -> None:
        super().set_state(state)
        self._epoch = int(state["epoch"])


def _takes_two(schedule: Callable[..., float]) -> bool:
    try:
        inspect.signature(schedule).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:
        return True  # a function in C that does not tell
    return True
