"""Deciding whether a value that is watched has improved."""

import warnings
from collections.abc import Mapping
from typing import Any, Literal

from vitral.callbacks.callback import Callback
from vitral.core.configurable import is_number
from vitral.errors import ConfigError, ModelWarning
from vitral.typing import Logs

Mode = Literal["auto", "min", "max"]


class MonitorCallback(Callback):
    """Base of the callbacks that watch one value of the logs.

    `mode` says whether "min" or "max" is better; "auto" asks the metric of that name. A change of less than
    `min_delta` is no improvement. Raises ConfigError for another mode, or if "auto" cannot know.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: Mode = "auto",
        baseline: float | None = None,
        min_delta: float = 0.0,
    ) -> None:
        super().__init__()
        if mode not in ("auto", "min", "max"):
            raise ConfigError(f'{type(self).__name__} has mode={mode!r}; expected "auto", "min" or "max"')
        self.check_numbers(min_delta=min_delta)
        self.monitor = monitor
        self.mode: Mode = mode
        self.best = baseline
        self.min_delta = abs(min_delta)
        self._larger_is_better: bool | None = None if mode == "auto" else mode == "max"

    def check_numbers(self, **arguments: float) -> None:
        """Raise ConfigError for an argument that is no number: it would fail only after an epoch, or never."""
        for argument, value in arguments.items():
            if not is_number(value):
                raise ConfigError(f"{type(self).__name__} has {argument}={value!r}; expected a number")

    def is_improvement(self, value: float, reference: float | None) -> bool:
        """Whether `value` is better than `reference` by more than `min_delta`; anything is better than None."""
        if reference is None:
            return True
        if self._larger_is_better is None:
            self._larger_is_better = self._direction() == "up"
        if self._larger_is_better:
            return bool(value - self.min_delta > reference)
        return bool(value + self.min_delta < reference)

    def monitored(self, logs: Logs | None, consequence: str) -> float | None:
        """The watched value, or None with a warning that begins with `consequence`.

        Raises ConfigError if `mode` is "auto" and nobody knows a value of that name: it is probably misspelled.
        """
        value = (logs or {}).get(self.monitor)
        if value is None:
            if self.mode == "auto":
                self._direction()
            warnings.warn(
                f"{consequence} `{self.monitor}` which is not available. Available metrics are: {','.join(logs or ())}",
                ModelWarning,
                stacklevel=3,
            )
        return value

    def _direction(self) -> str:
        name = self.monitor.removeprefix("val_")
        if name == "loss":
            return "down"
        for metric in self.model.metrics:
            if metric.name == name and getattr(metric, "direction", None) is not None:
                return str(metric.direction)
        raise ConfigError(
            f"{type(self).__name__} cannot tell whether {self.monitor!r} is better small or large; "
            'give mode="min" or mode="max"'
        )

    def get_state(self) -> dict[str, Any]:
        return {"best": self.best}

    def set_state(self, state: Mapping[str, Any]) -> None:
        super().set_state(state)
        self.best = state["best"]
