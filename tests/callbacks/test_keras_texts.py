"""What the callbacks say and write, line by line as Keras 3.15 did for the same values."""

from pathlib import Path

import pytest

from tests.callbacks.stub import StubModel, train
from vitral import callbacks

VAL_LOSS = [1.2106856, 1.1937677, 1.1965529, 1.1998945]


def test_messages_of_a_training_that_stops_early(capsys: pytest.CaptureFixture[str]) -> None:
    model = StubModel(learning_rate=0.5)
    train(
        model,
        callbacks.CallbackList(
            [
                callbacks.EarlyStopping(patience=2, verbose=1, restore_best_weights=True),
                callbacks.ModelCheckpoint("c-{epoch:02d}.keras", save_best_only=True, verbose=1),
                callbacks.ReduceLROnPlateau(patience=1, verbose=1, factor=0.5),
                callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9, verbose=1),
            ]
        ),
        VAL_LOSS,
    )
    assert [line for line in capsys.readouterr().out.splitlines() if line] == [
        "Epoch 1: LearningRateScheduler setting learning rate to 0.45.",
        "Epoch 1: val_loss improved from None to 1.21069, saving model to c-01.keras",
        "Epoch 1: finished saving model to c-01.keras",
        "Epoch 2: LearningRateScheduler setting learning rate to 0.405.",
        "Epoch 2: val_loss improved from 1.21069 to 1.19377, saving model to c-02.keras",
        "Epoch 2: finished saving model to c-02.keras",
        "Epoch 3: LearningRateScheduler setting learning rate to 0.36450000000000005.",
        "Epoch 3: val_loss did not improve from 1.19377",
        "Epoch 3: ReduceLROnPlateau reducing learning rate to 0.18225000000000002.",
        "Epoch 4: LearningRateScheduler setting learning rate to 0.16402500000000003.",
        "Epoch 4: val_loss did not improve from 1.19377",
        "Epoch 4: ReduceLROnPlateau reducing learning rate to 0.08201250000000002.",
        "Epoch 4: early stopping",
        "Restoring model weights from the end of the best epoch: 2.",
    ]
    assert model.weights == 2
    assert model.saved == ["c-01.keras", "c-02.keras"]


def test_the_csv_file(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    logger = callbacks.CSVLogger(path)
    logger.on_train_begin()
    logger.on_epoch_end(0, {"loss": 1.25, "accuracy": 0.5, "val_loss": 2.0})
    logger.on_epoch_end(1, {"loss": 1.0, "accuracy": 0.75})
    logger.on_train_end()
    assert path.read_text().splitlines() == ["epoch,accuracy,loss,val_loss", "0,0.5,1.25,2.0", "1,0.75,1.0,NA"]
    more = callbacks.CSVLogger(path, append=True)
    more.on_train_begin()
    more.on_epoch_end(2, {"loss": 0.5, "accuracy": 1.0, "val_loss": 1.5})
    more.on_train_end()
    assert path.read_text().splitlines()[-2:] == ["1,0.75,1.0,NA", "2,1.0,0.5,1.5"]


def test_the_csv_file_keeps_room_for_a_validation_that_comes_later(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    logger = callbacks.CSVLogger(path, separator=";")
    logger.on_train_begin()
    logger.on_epoch_end(0, {"loss": 1.5})
    logger.on_epoch_end(1, {"loss": 1.0, "val_loss": 3.0})
    logger.on_train_end()
    assert path.read_text().splitlines() == ["epoch;loss;val_loss", "0;1.5;NA", "1;1.0;3.0"]


def test_messages_can_go_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    import sys

    stopping = callbacks.EarlyStopping(verbose=1)
    stopping.stream = sys.stderr
    train(StubModel(), stopping, [1.0, 2.0])
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "Epoch 2: early stopping\n")
