"""Writing a training down for TensorBoard."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vitral.callbacks.callback import Callback
from vitral.callbacks.event_file import EventFile
from vitral.core.configurable import only_default
from vitral.errors import ConfigError
from vitral.typing import Logs


class TensorBoard(Callback):
    """Writes the logs as event files, into `log_dir`/train and `log_dir`/validation: `tensorboard --logdir logs`.

    Tags are Keras': epoch_loss, epoch_learning_rate, and for evaluations evaluation_loss_vs_iterations. `update_freq`
    is "epoch", "batch" or a number of batches, after which batch_loss and so on are written too. `histogram_freq` n
    writes the distribution of every weight each n epochs. `write_steps_per_second` adds the speed. There is no graph,
    so `write_graph` writes nothing. Raises ConfigError for what Keras writes beyond that: images of weights, profiles
    and embeddings.
    """

    def __init__(
        self,
        log_dir: str | Path = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: int | str = "epoch",
        profile_batch: int = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ) -> None:
        super().__init__()
        only_default("write_images", write_images, (False,), "TensorBoard")
        only_default("profile_batch", profile_batch, (0,), "TensorBoard")
        only_default("embeddings_freq", embeddings_freq, (0,), "TensorBoard")
        only_default("embeddings_metadata", embeddings_metadata, (None,), "TensorBoard")
        every = {"epoch": None, "batch": 1}.get(update_freq, 0) if isinstance(update_freq, str) else update_freq
        if every is not None and every < 1:
            raise ConfigError(f'update_freq is {update_freq!r}; expected "epoch", "batch" or a number of batches')
        self.log_dir = Path(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_steps_per_second = write_steps_per_second
        self._every = every
        self._files: dict[str, EventFile] = {}
        self._batches = 0
        self._epoch_began = self._batch_began = 0.0
        self._batches_before_epoch = 0

    def get_state(self) -> dict[str, Any]:
        return {"batches": self._batches}

    def set_state(self, state: Mapping[str, Any]) -> None:
        super().set_state(state)
        self._batches = int(state["batches"])

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if self.starts_afresh():
            self._batches = 0

    def on_train_end(self, logs: Logs | None = None) -> None:
        for file in self._files.values():
            file.close()
        self._files = {}

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch_began = time.perf_counter()
        self._batches_before_epoch = self._batches

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self._batch_began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._batches += 1
        if self._every is None or self._batches % self._every:
            return
        values = {f"batch_{name}": value for name, value in (logs or {}).items()}
        if self.write_steps_per_second:
            values["batch_steps_per_second"] = 1 / (time.perf_counter() - self._batch_began)
        self._write("train", values, self._batches)

    def on_test_end(self, logs: Logs | None = None) -> None:
        step = int(self._optimizer.iterations.value)
        values = {f"evaluation_{name}_vs_iterations": value for name, value in (logs or {}).items()}
        self._write("validation", values, step)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        values = {f"epoch_{name}": value for name, value in (logs or {}).items() if not name.startswith("val_")}
        values["epoch_learning_rate"] = float(self._optimizer.learning_rate)
        if self.write_steps_per_second:
            seconds = time.perf_counter() - self._epoch_began
            values["epoch_steps_per_second"] = (self._batches - self._batches_before_epoch) / seconds
        self._write("train", values, epoch)
        validated = {name.removeprefix("val_"): value for name, value in (logs or {}).items() if name[:4] == "val_"}
        if validated:
            self._write("validation", {f"epoch_{name}": value for name, value in validated.items()}, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            model: Any = self.model
            for variable in model.weights:
                self._file("train").histogram(f"{variable.path}/histogram", variable.value, epoch)
            self._file("train").flush()

    @property
    def _optimizer(self) -> Any:
        return self.model.optimizer

    def _file(self, name: str) -> EventFile:
        if name not in self._files:
            self._files[name] = EventFile(self.log_dir / name)
        return self._files[name]

    def _write(self, name: str, values: Mapping[str, Any], step: int) -> None:
        """Write all values that are single numbers; TensorBoard has no place for others."""
        for tag, value in values.items():
            if np.ndim(value) == 0:
                self._file(name).scalar(tag, float(value), step)
        self._file(name).flush()
