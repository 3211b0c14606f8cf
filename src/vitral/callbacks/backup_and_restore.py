"""Going on with a training that was interrupted."""

import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from vitral.callbacks.callback import Callback
from vitral.errors import ConfigError, ModelFileError
from vitral.typing import Array, Logs

_WEIGHT, _STATE = "weight/", "state/"


class BackupAndRestore(Callback):
    """Keeps a copy of all that a training depends on in `backup_dir`; the next `fit` with it goes on from there.

    The copy is made at the end of every epoch, or with a number as `save_freq` every so many batches. It holds weights,
    optimizer, random streams, states of stateful layers, running means and the order of the samples: the training ends
    with the same bits as if it had never stopped. Other callbacks begin anew, and so does what a generator gives; a
    PyDataset of one's own that shuffles does so in `choose_order`. `double_checkpoint` also keeps the copy before, for
    the case that the last one cannot be read. At the end of a training the folder is deleted, unless
    `delete_checkpoint` is False. Raises ConfigError for another `save_freq` or an empty `backup_dir`, ModelFileError
    for a copy that cannot be read.
    """

    def __init__(
        self,
        backup_dir: str | Path,
        save_freq: int | str = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__()
        if not str(backup_dir):
            raise ConfigError("BackupAndRestore: backup_dir is empty; expected a folder")
        if save_freq != "epoch" and (not isinstance(save_freq, int) or save_freq < 1):
            raise ConfigError(f'BackupAndRestore: save_freq is {save_freq!r}; expected "epoch" or a number of batches')
        self.backup_dir = Path(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._latest = self.backup_dir / "latest.npz"
        self._previous = self.backup_dir / "previous.npz"
        self._epoch = 0
        self._unsaved = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._unsaved = 0
        existing = [path for path in (self._latest, self._previous) if path.exists()]
        for path in existing:
            try:
                content = _read(path)
            except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
                if path == existing[-1]:
                    raise ModelFileError(
                        f"{path}: the backup cannot be read ({error}); delete it to start anew"
                    ) from None
                continue
            self._restore(content)
            return

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._unsaved += 1
        if self.save_freq != "epoch" and self._unsaved >= int(self.save_freq):
            self._unsaved = 0
            self._save(self._epoch, batch + 1)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch + 1, 0)

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.delete_checkpoint:
            shutil.rmtree(self.backup_dir, ignore_errors=True)

    @property
    def _trained(self) -> Any:
        return self.model

    def _save(self, epoch: int, step: int) -> None:
        """Write the copy under another name first, so that there is a whole one at every moment."""
        self.backup_dir.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Any] = {f"{_WEIGHT}{i}": value for i, value in enumerate(self._trained.get_weights())}
        arrays |= {f"{_STATE}{name}": value for name, value in self._trained.get_training_state().items()}
        unfinished = self.backup_dir / "unfinished.npz"
        np.savez(unfinished, epoch=epoch, step=step, **arrays)
        if self.double_checkpoint and self._latest.exists():
            self._latest.replace(self._previous)
        unfinished.replace(self._latest)

    def _restore(self, content: dict[str, Array]) -> None:
        weights = [content[f"{_WEIGHT}{i}"] for i in range(sum(name.startswith(_WEIGHT) for name in content))]
        state = {name.removeprefix(_STATE): value for name, value in content.items() if name.startswith(_STATE)}
        self._trained.set_weights(weights)
        self._trained.set_training_state(state)
        self._trained.continue_at(int(content["epoch"]), int(content["step"]))


def _read(path: Path) -> dict[str, Array]:
    """All arrays of a copy; raises if one is missing or damaged."""
    with np.load(path, allow_pickle=False) as file:
        content = {name: file[name] for name in file.files}
    content["epoch"], content["step"]
    return content
