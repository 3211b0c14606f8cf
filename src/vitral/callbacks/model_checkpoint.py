"""Saving the model while it is trained."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitral.callbacks.monitor import Mode, MonitorCallback
from vitral.errors import ConfigError
from vitral.typing import Logs


class ModelCheckpoint(MonitorCallback):
    """Saves the model, or its weights, at the end of every epoch or every `save_freq` batches.

    `filepath` may hold {epoch}, counted from 1, {batch} and names of the logs: "{epoch:02d}-{val_loss:.2f}.keras". It
    ends in .keras, or .h5 for the older format, or in .weights.h5 if `save_weights_only`. With `save_best_only` only an
    improvement of `monitor` is saved, of `initial_value_threshold` at first. Raises ConfigError for another ending or
    an unknown name.
    """

    def __init__(
        self,
        filepath: str | Path,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: Mode = "auto",
        save_freq: int | str = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, initial_value_threshold)
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ConfigError(f'ModelCheckpoint has save_freq={save_freq!r}; expected "epoch" or a number of batches')
        self.filepath = str(filepath)
        endings = (".weights.h5",) if save_weights_only else (".keras", ".h5")
        if not self.filepath.endswith(endings):
            raise ConfigError(
                f"ModelCheckpoint has filepath={self.filepath!r} and save_weights_only={save_weights_only}; "
                f"expected a name that ends in {endings[0]}"
            )
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self._batches_since_save = 0
        self._epoch = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        # As in Keras, the best value outlives a training: a second fit goes on comparing with the first.
        self.starts_afresh()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if isinstance(self.save_freq, int):
            self._batches_since_save += 1
            if self._batches_since_save >= self.save_freq:
                self._batches_since_save = 0
                self._save(self._epoch, {"batch": batch + 1, **(logs or {})}, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch, logs or {}, logs)

    def _save(self, epoch: int, names: Mapping[str, Any], logs: Logs | None) -> None:
        try:
            path = self.filepath.format(epoch=epoch + 1, **names)
        except KeyError as error:
            raise ConfigError(
                f"ModelCheckpoint cannot fill in {self.filepath!r}: {error} is not among {', '.join(names)}"
            ) from None
        if not self._is_wanted(epoch, path, logs):
            return
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)
        if self.verbose > 0:
            self.say(f"\nEpoch {epoch + 1}: finished saving model to {path}")

    def _is_wanted(self, epoch: int, path: str, logs: Logs | None) -> bool:
        before = f"\nEpoch {epoch + 1}: "
        if not self.save_best_only:
            message, wanted = f"saving model to {path}", True
        else:
            current = self.monitored(logs, "Saving the best model only is conditioned on metric")
            if current is None:
                return True
            best = "None" if self.best is None else f"{self.best:.5f}"
            wanted = self.is_improvement(current, self.best)
            if wanted:
                self.best = current
                message = f"{self.monitor} improved from {best} to {current:.5f}, saving model to {path}"
            else:
                message = f"{self.monitor} did not improve from {best}"
        if self.verbose > 0:
            self.say(before + message)
        return wanted

    def get_state(self) -> dict[str, Any]:
        return super().get_state() | {"batches_since_save": self._batches_since_save}

    def set_state(self, state: Mapping[str, Any]) -> None:
        super().set_state(state)
        self._batches_since_save = int(state["batches_since_save"])
