"""Trainings that go on where they stopped, and evaluations with averaged weights."""

from pathlib import Path

import numpy as np
import pytest

from tests.training.test_resume import X, Y, build
from vitral import callbacks, layers, models, optimizers
from vitral.errors import ConfigError, ModelFileError
from vitral.typing import Logs


class Stops(callbacks.Callback):
    """Raises after a batch, counted over all epochs."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def interrupted(folder: Path, after: int, **options: object) -> None:
    with pytest.raises(KeyboardInterrupt):
        build().fit(
            X,
            Y,
            epochs=3,
            batch_size=10,
            verbose=0,
            callbacks=[callbacks.BackupAndRestore(folder, **options), Stops(after)],
        )


@pytest.mark.parametrize(("save_freq", "after"), [("epoch", 8), (2, 8), (5, 10), (3, 4)])
def test_the_same_bits_as_without_an_interruption(save_freq: int | str, after: int, tmp_path: Path) -> None:
    whole = build()
    whole.shuffle_seed = 5
    expected = whole.fit(X, Y, epochs=3, batch_size=10, verbose=0).history

    stopped = build()
    stopped.shuffle_seed = 5
    backup = callbacks.BackupAndRestore(tmp_path / "backup", save_freq)
    with pytest.raises(KeyboardInterrupt):
        stopped.fit(X, Y, epochs=3, batch_size=10, verbose=0, callbacks=[backup, Stops(after)])
    assert (tmp_path / "backup").exists()

    resumed = build()
    resumed.set_weights([np.zeros_like(w) for w in resumed.get_weights()])
    backup = callbacks.BackupAndRestore(tmp_path / "backup", save_freq)
    history = resumed.fit(X, Y, epochs=3, batch_size=10, verbose=0, callbacks=[backup]).history
    for one, other in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert history["loss"] == expected["loss"][-len(history["loss"]) :]
    assert not (tmp_path / "backup").exists()  # deleted at the end of the training


def test_a_damaged_copy(tmp_path: Path) -> None:
    interrupted(tmp_path, 12, save_freq=3, double_checkpoint=True)
    (tmp_path / "latest.npz").write_bytes(b"PK damaged")
    model = build()
    backup = callbacks.BackupAndRestore(tmp_path, delete_checkpoint=False)
    first = []
    begins = callbacks.LambdaCallback(on_train_batch_begin=lambda batch, logs: first.append(batch))
    model.fit(X, Y, epochs=3, batch_size=10, verbose=0, callbacks=[backup, begins])
    assert first[0] == 4  # the copy before was made after batch 9: epoch 1, batch 4
    assert (tmp_path / "latest.npz").exists()

    for name in ("latest.npz", "previous.npz"):
        (tmp_path / name).write_bytes(b"PK damaged")
    with pytest.raises(ModelFileError, match="the backup cannot be read"):
        build().fit(X, Y, verbose=0, callbacks=[callbacks.BackupAndRestore(tmp_path)])
    with pytest.raises(ConfigError, match="save_freq is 'batch'"):
        callbacks.BackupAndRestore(tmp_path, save_freq="batch")


class Kernel(callbacks.Callback):
    """Notes the only weight of the model at the ends of epochs and the beginnings of evaluations."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, float]] = []

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self.seen.append(("test", float(self.model.get_weights()[0][0, 0])))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.seen.append(("epoch", float(self.model.get_weights()[0][0, 0])))


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_averages_are_evaluated(swap_on_epoch: bool) -> None:
    model = models.Sequential([layers.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(optimizers.SGD(0.25, use_ema=True, ema_momentum=0.5), "mse")
    x, y = np.ones((4, 1), np.float32), np.full((4, 1), 8.0, np.float32)
    # The derivative is 2 (w - 8): w goes 0, 4, 6, 7; the averages are 4, 5, 6.
    kernel = Kernel()
    swap = callbacks.SwapEMAWeights(swap_on_epoch)
    model.fit(x, y, epochs=3, batch_size=4, validation_data=(x, y), callbacks=[swap, kernel], verbose=0)
    assert [value for when, value in kernel.seen if when == "test"] == [4, 5, 6]
    assert [value for when, value in kernel.seen if when == "epoch"] == ([4, 5, 6] if swap_on_epoch else [4, 6, 7])
    assert model.get_weights()[0] == 6


def test_averages_must_be_kept() -> None:
    model = build()
    with pytest.raises(ConfigError, match="SwapEMAWeights needs an optimizer with use_ema=True"):
        model.fit(X, Y, verbose=0, callbacks=[callbacks.SwapEMAWeights()])
