"""The callback that writes a run down while it trains."""

import os
import time
from collections.abc import Sequence

import msgspec

from vitral.callbacks import Callback
from vitral.lab.checkpoint import Position, save_checkpoint
from vitral.lab.folder import RunFolder, finite
from vitral.lab.interrupt import InterruptGuard
from vitral.lab.measure import Measurer
from vitral.lab.record import EpochRecord
from vitral.models import Sequential
from vitral.typing import Logs

_NAMED = ("loss", "accuracy", "val_loss", "val_accuracy")


class Recorder(Callback):
    """A line of metrics and a checkpoint after each epoch, measurements in between, and a stop when asked for.

    It must be the last callback, so that what the others decided is in the checkpoint.
    """

    def __init__(
        self,
        folder: RunFolder,
        model: Sequential,
        position: Position,
        others: Sequence[Callback],
        guard: InterruptGuard,
        *,
        steps_per_epoch: int,
        measurer: Measurer | None,
    ) -> None:
        super().__init__()
        self.position = position
        self._folder = folder
        self._network = model
        self._others = others
        self._guard = guard
        self._steps = steps_per_epoch
        self._measurer = measurer
        self._began = time.perf_counter()
        self._run_began = self._began - position.seconds_total
        self._validation_began = self._began
        self._validating = 0.0

    def drop_lines_after_checkpoint(self) -> None:
        """Forget the lines that a killed run wrote after its last checkpoint: they will be written again."""
        epochs = [line for line in self._folder.metrics() if line.epoch <= self.position.epoch]
        self._folder.write_lines("metrics.jsonl", epochs)
        if self._measurer is not None:
            done = self.position.epoch * self._steps + self.position.step
            kept = [line for line in self._folder.measurements() if line.step <= done]
            self._folder.write_lines("measurements.jsonl", kept)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._began = time.perf_counter() - self.position.epoch_seconds

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self._measurer is not None:
            self._measure(self.position.epoch * self._steps + batch + 1)
        if self._guard.requested and batch + 1 < self._steps:
            self._save(self.position.epoch, batch + 1)
            raise KeyboardInterrupt

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._validation_began = time.perf_counter()

    def on_test_end(self, logs: Logs | None = None) -> None:
        self._validating = time.perf_counter() - self._validation_began

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        seconds = time.perf_counter() - self._began
        values = {name: finite(value) for name, value in (logs or {}).items()}
        line = EpochRecord(
            epoch=epoch + 1,
            loss=values.get("loss"),
            seconds=seconds,
            learning_rate=float(self.model.optimizer.learning_rate),
            accuracy=values.get("accuracy"),
            val_loss=values.get("val_loss"),
            val_accuracy=values.get("val_accuracy"),
            extra={name: value for name, value in values.items() if name not in (*_NAMED, "learning_rate")},
        )
        self._append("metrics.jsonl", line)
        self.position.seconds += seconds - self._validating
        self._save(epoch + 1, 0)
        if self._guard.requested:
            raise KeyboardInterrupt

    def save_end(self) -> None:
        """A checkpoint of the trained network, after the other callbacks' last word."""
        self.position.finished = True
        self._save(self.position.epoch, 0)

    def _measure(self, step: int) -> None:
        assert self._measurer is not None
        before = time.perf_counter()
        taken = self._measurer.take(step)
        if taken is not None:
            self._append("measurements.jsonl", taken)
            # Looking is not training: the clock of the epoch stands still meanwhile.
            self._began += time.perf_counter() - before

    def _save(self, epoch: int, step: int) -> None:
        now = time.perf_counter()
        self.position.epoch = epoch
        self.position.step = step
        self.position.epoch_seconds = now - self._began if step else 0.0
        self.position.seconds_total = now - self._run_began
        self.position.stopped = self.position.stopped or self._network.stop_training
        save_checkpoint(self._folder.path, self._network, self._others, self.position)

    def _append(self, name: str, record: msgspec.Struct) -> None:
        with self._folder.file(name).open("ab") as stream:
            stream.write(msgspec.json.encode(record) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
