"""The arguments that every optimizer takes beside those of its own."""

from collections.abc import Mapping
from typing import TypedDict

from vitral.core.configurable import is_number
from vitral.errors import ConfigError


class CommonArguments(TypedDict, total=False):
    """What `Optimizer` explains; all may be left out."""

    weight_decay: float | None
    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    loss_scale_factor: float | None
    gradient_accumulation_steps: int | None
    learning_rate_multipliers: Mapping[str, float] | None
    name: str | None


def check_rates(**rates: float) -> None:
    """Raise ConfigError unless all these numbers are from 0 to below 1."""
    for argument, value in rates.items():
        if not (is_number(value) and 0 <= value < 1):
            raise ConfigError(f"{argument} is {value!r}; expected a number from 0 to below 1")


def check_averaging(ema_momentum: float, ema_overwrite_frequency: int | None) -> None:
    """Raise ConfigError unless the arguments of the moving average can work."""
    if not (is_number(ema_momentum) and 0 <= ema_momentum <= 1):
        raise ConfigError(f"ema_momentum is {ema_momentum!r}; expected a number between 0 and 1")
    _check_count("ema_overwrite_frequency", ema_overwrite_frequency, 1)


def check_accumulation(gradient_accumulation_steps: int | None) -> None:
    """Raise ConfigError unless it is None or a whole number from 2."""
    _check_count("gradient_accumulation_steps", gradient_accumulation_steps, 2)


def _check_count(argument: str, value: int | None, least: int) -> None:
    if value is not None and (not isinstance(value, int) or value < least):
        raise ConfigError(f"{argument} is {value!r}; expected None or a whole number from {least}")
