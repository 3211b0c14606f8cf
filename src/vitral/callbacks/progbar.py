"""The line of text that shows how far an epoch is, as Keras 3 draws it."""

import os
import sys
import time
from collections.abc import Mapping
from typing import Any, TextIO

import numpy as np

_BOLD, _GREEN, _WHITE, _PLAIN = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"


class Progbar:
    """Progress over `target` steps, with the current values of the metrics.

    `verbose` 0 is silent, 1 redraws a bar on a terminal, 2 writes one line at the end. Where `stream` is not a terminal
    (a file, a pipe), 1 does as 2: redrawing would leave thousands of lines. NO_COLOR in the environment leaves the
    colors out.

    >>> bar = Progbar(target=5, verbose=2)
    >>> bar.update(1, {"loss": 2.4}); bar.update(5, {"accuracy": 0.1, "loss": 2.3026}, finalize=True)
    5/5 - 0s - ...s/step - accuracy: 0.1000 - loss: 2.3026
    """

    width = 20
    interval = 0.05

    def __init__(self, target: int, *, verbose: int = 1, stream: TextIO | None = None) -> None:
        self.target = target
        self.stream = stream or sys.stdout
        self.verbose = 2 if verbose == 1 and not _redraws(self.stream) else verbose
        self._start = time.perf_counter()
        self._after_first_step: float | None = None
        self._last_drawn = float("-inf")
        self._drawn_width = 0

    def update(self, current: int, values: Mapping[str, float], finalize: bool = False) -> None:
        """Show that `current` steps are done; `finalize` ends the line."""
        now = time.perf_counter()
        per_step = self._seconds_per_step(current, now)
        if self.verbose == 1 and (finalize or now - self._last_drawn >= self.interval):
            self._draw(current, values, per_step, now, finalize)
            self._last_drawn = now
        elif self.verbose == 2 and finalize:
            count = f"{current:{len(str(self.target))}d}/{self.target}"
            self._write(f"{count} - {now - self._start:.0f}s - {_per_step(per_step)}{format_values(values)}\n")

    def _draw(self, current: int, values: Mapping[str, float], per_step: float, now: float, finalize: bool) -> None:
        done = self.width * current // self.target if self.target else self.width
        seconds = f"{now - self._start:.0f}s" if finalize else _eta(per_step * (self.target - current))
        parts = [
            (_BOLD, f"{current:{len(str(self.target))}d}/{self.target}"),
            ("", " "),
            (_GREEN, "━" * done),
            (_WHITE, "━" * (self.width - done)),
            ("", " "),
            (_BOLD, seconds),
            ("", f" {_per_step(per_step)}{format_values(values)}"),
        ]
        width = sum(len(text) for _, text in parts)
        colored = "NO_COLOR" not in os.environ
        line = "".join(f"{color}{text}{_PLAIN}" if color and text and colored else text for color, text in parts)
        blanks = " " * max(0, self._drawn_width - width)
        self._write(f"\r{line}{blanks}" + ("\n" if finalize else ""))
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

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()


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


def _redraws(stream: TextIO) -> bool:
    # A notebook's output understands "\r" although it is no terminal.
    return stream.isatty() or "ipykernel" in sys.modules


def _per_step(seconds: float) -> str:
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s/step"
    return f"{seconds * 1e3:.0f}ms/step" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us/step"


def _eta(seconds: float) -> str:
    whole = int(seconds)
    if whole > 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}" if whole > 60 else f"{whole}s"
