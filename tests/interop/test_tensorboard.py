"""Event files as TensorBoard reads them."""

from pathlib import Path

import numpy as np
import pytest

from vitral import callbacks, layers, models, optimizers

accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")


def read(folder: Path) -> "accumulators.EventAccumulator":
    events = accumulators.EventAccumulator(str(folder))
    events.Reload()
    return events


def test_a_training(tmp_path: Path) -> None:
    model = models.Sequential([layers.Input((2,)), layers.Dense(3)])
    model.compile(optimizers.SGD(0.25), "mse")
    x, y = np.ones((6, 2), np.float32), np.zeros((6, 3), np.float32)
    writer = callbacks.TensorBoard(tmp_path, histogram_freq=1)
    model.fit(x, y, epochs=3, validation_data=(x, y), callbacks=[writer], verbose=0)

    train, validation = read(tmp_path / "train"), read(tmp_path / "validation")
    assert set(train.Tags()["tensors"]) == set()
    losses = train.Scalars("epoch_loss")
    assert [event.step for event in losses] == [0, 1, 2]
    np.testing.assert_allclose([event.value for event in losses], model.history.history["loss"], rtol=1e-6)
    assert [event.value for event in train.Scalars("epoch_learning_rate")] == [0.25] * 3
    validated = [event.value for event in validation.Scalars("epoch_loss")]
    np.testing.assert_allclose(validated, model.history.history["val_loss"], rtol=1e-6)
    (tag,) = (name for name in train.Tags()["histograms"] if "kernel" in name)
    distribution = train.Histograms(tag)[-1].histogram_value
    kernel = model.get_weights()[0].astype(np.float64)
    assert distribution.num == kernel.size
    assert distribution.sum == pytest.approx(kernel.sum())
