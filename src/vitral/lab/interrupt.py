"""Ctrl-C as a request: finish the batch, save, and stop."""

import signal
import sys
import threading
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self


class RunInterruptedError(KeyboardInterrupt):
    """Saved and stopped at the user's request; `run` is the folder, the text says how to resume."""

    def __init__(self, run: Path) -> None:
        super().__init__(f"interrupted and saved; to go on: vitral resume {run}")
        self.run = run


class InterruptGuard:
    """While active, the first Ctrl-C only sets `requested`; the second stops at once, as always.

    Outside the main thread, where Python allows no signal handlers, it does nothing.
    """

    def __init__(self) -> None:
        self.requested = False
        self._before: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        sys.stderr.write("\nfinishing this batch, then saving (Ctrl-C again to stop at once)\n")
        self._restore()

    def _restore(self) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None
