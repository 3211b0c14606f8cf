"""The line of text that shows how far an epoch is, as Keras 3 draws it."""

import os
import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any, TextIO, TypeAlias

import numpy as np

from vitral.config import is_interactive_logging_enabled
from vitral.core.messages import say
from vitral.errors import ConfigError

_BOLD, _GREEN, _WHITE, _PLAIN = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"


Values: TypeAlias = Mapping[str, Any] | Iterable[tuple[str, Any]]


class Progbar:
    """Progress over `target` steps, None if nobody knows how many, with the values of metrics.

    `verbose` 0 is silent, 1 redraws a bar of `width` characters on a terminal, at most every `interval` seconds, 2
    writes one line at the end. Where `stream`, standard output unless given, is not a terminal (a file, a pipe), 1 does
    as 2: redrawing would leave thousands of lines. NO_COLOR in the environment leaves the colors out.

    Of each metric the mean over the steps is shown, and at the end the last value: those in `stateful_metrics` are
    shown as they come, or all but those in `stateless_metrics`; raises ConfigError if both are given.

    >>> bar = Progbar(target=5, verbose=2)
    >>> bar.add(1, [("loss", 2.4)]); bar.add(4, [("accuracy", 0.1), ("loss", 2.3026)])
    5/5 - 0s - ...s/step - loss: 2.3026 - accuracy: 0.1000
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
        *,
        stream: TextIO | None = None,
    ) -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ConfigError("Progbar received stateful_metrics and stateless_metrics; expected at most one of them")
        self.target = target
        self.width = width
        self.interval = interval
        self.unit_name = unit_name
        self.stream = stream
        self.verbose = 2 if verbose == 1 and not _redraws(stream) else verbose
        self._as_they_come = set(stateful_metrics or ())
        self._averaged = None if stateless_metrics is None else set(stateless_metrics)
        self._values: dict[str, tuple[Any, int]] = {}
        self._seen = 0
        self._start = time.perf_counter()
        self._after_first_step: float | None = None
        self._last_drawn = float("-inf")
        self._drawn_width = 0

    def update(self, current: int, values: Values | None = None, finalize: bool | None = None) -> None:
        """Show that `current` steps are done, with (name, value) pairs; `finalize` ends the line.

        Without it, the line ends with the last step.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        self._collect(current, values.items() if isinstance(values, Mapping) else values or (), finalize)
        self._seen = current
        now = time.perf_counter()
        per_step = self._seconds_per_step(current, now)
        if self.verbose == 1 and (finalize or now - self._last_drawn >= self.interval):
            self._draw(current, per_step, now, finalize)
            self._last_drawn = now
        elif self.verbose == 2 and finalize:
            time_taken = f"{now - self._start:.0f}s - {self._per_step(per_step)}"
            say(f"{self._count(current)} - {time_taken}{self._shown()}\n", self.stream)

    def add(self, n: int, values: Values | None = None) -> None:
        """Show that `n` more steps are done."""
        self.update(self._seen + n, values)

    def _collect(self, current: int, values: Iterable[tuple[str, Any]], finalize: bool) -> None:
        """Keep the sum of each metric and over how many steps, or its last value and 1."""
        steps = max(current - self._seen, 1)
        for name, value in values:
            averages = name not in self._as_they_come if self._averaged is None else name in self._averaged
            if finalize or not averages:
                self._values[name] = value, 1
            else:
                total, count = self._values.get(name, (0.0, 0))
                self._values[name] = total + np.mean(value) * steps, count + steps

    def _shown(self) -> str:
        return format_values({name: np.mean(total) / count for name, (total, count) in self._values.items()})

    def _count(self, current: int) -> str:
        if not self.target:
            return f"{current:7d}/Unknown"
        return f"{current:{len(str(self.target))}d}/{self.target}"

    def _draw(self, current: int, per_step: float, now: float, finalize: bool) -> None:
        elapsed = f"{now - self._start:.0f}s"
        if not self.target:
            parts = [("", self._count(current)), ("", " "), (_BOLD, elapsed)]
        else:
            done = self.width * current // self.target
            parts = [
                (_BOLD, self._count(current)),
                ("", " "),
                (_GREEN, "━" * done),
                (_WHITE, "━" * (self.width - done)),
                ("", " "),
                (_BOLD, elapsed if finalize else _eta(per_step * (self.target - current))),
            ]
        parts.append(("", f" {self._per_step(per_step)}{self._shown()}"))
        width = sum(len(text) for _, text in parts)
        colored = "NO_COLOR" not in os.environ
        line = "".join(f"{color}{text}{_PLAIN}" if color and text and colored else text for color, text in parts)
        blanks = " " * max(0, self._drawn_width - width)
        say(f"\r{line}{blanks}" + ("\n" if finalize else ""), self.stream)
        self._drawn_width = width

    def _seconds_per_step(self, current: int, now: float) -> float:
        # The first step is not like the others (buffers are made), so it is left out once there are more.
        if current == 0:
            return 0.0
        if self._after_first_step is not None and current > 1:
            return (now - self._after_first_step) / (current - 1)
        if current == 1:
            self._after_first_step = now
        return (now - self._start) / current

    def _per_step(self, seconds: float) -> str:
        if seconds >= 1 or seconds == 0:
            return f"{seconds:.0f}s/{self.unit_name}"
        return (
            f"{seconds * 1e3:.0f}ms/{self.unit_name}" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us/{self.unit_name}"
        )


def format_values(values: Mapping[str, Any]) -> str:
    """Metric values as Keras writes them: four decimals, or powers of ten where those would show nothing.

    Of a metric with several values, such as a score for each class, the mean is shown.

    >>> format_values({"accuracy": 0.98765, "loss": 0.00012})
    ' - accuracy: 0.9877 - loss: 1.2000e-04'
    """
    means = {name: float(np.mean(value)) for name, value in values.items()}
    return "".join(
        f" - {name}: {mean:.4f}" if abs(mean) >= 1e-3 else f" - {name}: {mean:.4e}" for name, mean in means.items()
    )


def _redraws(stream: TextIO | None) -> bool:
    if stream is None and not is_interactive_logging_enabled():
        return False
    # A notebook's output understands "\r" although it is no terminal.
    return (stream or sys.stdout).isatty() or "ipykernel" in sys.modules


def _eta(seconds: float) -> str:
    whole = int(seconds)
    if whole > 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}" if whole > 60 else f"{whole}s"
