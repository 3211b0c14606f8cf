"""When callbacks stop, save, and change the learning rate."""

import math
from types import SimpleNamespace
from typing import Any

import pytest

from tests.callbacks.stub import StubModel, train
from vitral import callbacks
from vitral.errors import ConfigError, ModelWarning


@pytest.mark.parametrize(
    ("options", "values", "epochs"),
    [
        ({}, [3, 2, 2, 1], 3),  # patience 0: the first epoch without improvement ends it
        ({"patience": 2}, [3, 2, 2, 1, 1, 1, 0], 6),
        ({"patience": 2}, [3, 2, 2, 2, 1], 4),
        ({"patience": 1, "min_delta": 0.5}, [3, 2.8, 2.4, 2.3, 2.2], 2),  # 0.2 is no improvement on 3
        ({"patience": 1, "min_delta": 0.1}, [3, 2.8, 2.4, 2.35, 2.2], 4),
        ({"patience": 2, "baseline": 1.0}, [3, 2, 1.5, 1.2], 4),  # improvements, but never below the baseline
        ({"patience": 2, "baseline": 2.5}, [3, 2, 1.5, 1.6, 1.7, 1.2], 5),
        ({"start_from_epoch": 3}, [1, 2, 3, 4, 5, 6], 5),
        ({"mode": "max"}, [1, 2, 3, 2, 4], 4),
    ],
)
def test_early_stopping_counts_like_keras(options: dict[str, Any], values: list[float], epochs: int) -> None:
    assert len(train(StubModel(), callbacks.EarlyStopping(**options), values)) == epochs


def test_early_stopping_restores_the_best_weights() -> None:
    model = StubModel()
    train(model, callbacks.EarlyStopping(patience=2, restore_best_weights=True), [3, 1, 2, 2])
    assert model.weights == 2
    # Without a stop they are restored as well.
    model = StubModel()
    train(model, callbacks.EarlyStopping(patience=9, restore_best_weights=True), [3, 1, 2, 2])
    assert model.weights == 2


def test_a_callback_can_follow_a_second_training() -> None:
    stopping = callbacks.EarlyStopping()
    for _ in range(2):
        assert len(train(StubModel(), stopping, [3, 2, 2])) == 3


def test_the_state_carries_the_patience_over() -> None:
    stopping = callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    model = StubModel()
    train(model, stopping, [3, 1, 2])
    resumed = callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    resumed.set_state(stopping.get_state())
    assert len(train(StubModel(), resumed, [2, 2, 2, 2], first=3)) == 2
    assert resumed.best_epoch == 1


def test_the_direction_comes_from_the_metric() -> None:
    up = StubModel(metrics=(SimpleNamespace(name="score", direction="up"),))
    assert len(train(up, callbacks.EarlyStopping("val_score"), [1, 2, 1], name="val_score")) == 3
    down = StubModel(metrics=(SimpleNamespace(name="score", direction="down"),))
    assert len(train(down, callbacks.EarlyStopping("score"), [1, 2, 1], name="score")) == 2
    with pytest.raises(ConfigError, match="cannot tell whether 'speed' is better small or large; give mode=\"min\""):
        train(StubModel(), callbacks.EarlyStopping("speed"), [1, 2], name="speed")


@pytest.mark.parametrize(
    ("callback", "text"),
    [
        (callbacks.EarlyStopping(), "Early stopping conditioned on metric `val_loss` which is not available"),
        (callbacks.ReduceLROnPlateau(), "Learning rate reduction is conditioned on metric `val_loss` which is not"),
    ],
)
def test_a_value_that_is_not_there_is_said(callback: callbacks.Callback, text: str) -> None:
    with pytest.warns(ModelWarning, match=text):
        train(StubModel(), callback, [1.0], name="loss")


def test_a_value_that_no_metric_has_is_a_slip_of_the_pen() -> None:
    for callback in (callbacks.EarlyStopping("val_los"), callbacks.ReduceLROnPlateau("val_acuracy")):
        with pytest.raises(ConfigError, match="cannot tell whether 'val_"):
            train(StubModel(), callback, [1.0], name="loss")
    # Who says the direction means it: a callback before this one may have added it later.
    with pytest.warns(ModelWarning, match="`speed` which is not available"):
        train(StubModel(), callbacks.EarlyStopping("speed", mode="max"), [1.0], name="loss")


def test_the_plateau_waits_reduces_and_cools_down() -> None:
    model = StubModel(learning_rate=8.0)
    plateau = callbacks.ReduceLROnPlateau(factor=0.5, patience=2, cooldown=2, min_lr=3.0)
    logs = train(model, plateau, [1, 1, 1, 1, 1, 1, 1, 1])
    # Two epochs without improvement: 4. Two of cooling, one of them counted as the first to wait: then 3, the floor.
    assert [log["learning_rate"] for log in logs] == [8, 8, 8, 4, 4, 4, 3, 3]


def test_the_plateaus_state() -> None:
    model = StubModel()
    first = callbacks.ReduceLROnPlateau(factor=0.5, patience=3)
    train(model, first, [1, 1, 1])
    second = callbacks.ReduceLROnPlateau(factor=0.5, patience=3)
    second.set_state(first.get_state())
    train(model, second, [1])
    assert model.optimizer.learning_rate == 0.5


def test_the_schedule_must_give_a_number() -> None:
    with pytest.raises(ConfigError, match="returned 'fast' for epoch 0; expected a float"):
        train(StubModel(), callbacks.LearningRateScheduler(lambda epoch, rate: "fast"), [1.0])  # type: ignore[arg-type,return-value]
    logs = train(StubModel(), callbacks.LearningRateScheduler(lambda epoch, rate: 1.0 / (epoch + 1)), [1.0, 1.0])
    assert [log["learning_rate"] for log in logs] == [1.0, 0.5]


def test_the_schedule_may_be_a_function_of_the_epoch_alone() -> None:
    # Keras 3 calls schedule(epoch) where schedule(epoch, rate) does not fit.
    logs = train(StubModel(), callbacks.LearningRateScheduler(lambda epoch: 0.1 * 0.5**epoch), [1.0, 1.0])
    assert [log["learning_rate"] for log in logs] == [0.1, 0.05]
    with pytest.raises(TypeError, match="unsupported operand"):  # a mistake inside is not taken for a missing argument
        train(StubModel(), callbacks.LearningRateScheduler(lambda epoch, rate: rate + "a"), [1.0])


def test_a_callback_that_does_not_call_its_base_can_be_resumed() -> None:
    class Forgetful(callbacks.Callback):
        def __init__(self) -> None:
            self.seen = 0

    assert Forgetful().starts_afresh()


def test_checkpoints_are_named_and_chosen() -> None:
    model = StubModel()
    train(model, callbacks.ModelCheckpoint("{epoch:02d}-{val_loss:.1f}.keras"), [3, 2])
    assert model.saved == ["01-3.0.keras", "02-2.0.keras"]
    model = StubModel()
    checkpoint = callbacks.ModelCheckpoint("w{epoch}.weights.h5", save_weights_only=True, save_best_only=True)
    train(model, checkpoint, [3, 4, 2])
    assert model.saved == ["w1.weights.h5", "w3.weights.h5"]
    resumed = callbacks.ModelCheckpoint("w{epoch}.weights.h5", save_weights_only=True, save_best_only=True)
    resumed.set_state(checkpoint.get_state())
    train(model, resumed, [2.5, 1], first=3)
    assert model.saved == ["w1.weights.h5", "w3.weights.h5", "w5.weights.h5"]
    model = StubModel()
    train(model, callbacks.ModelCheckpoint("a.keras", save_best_only=True, initial_value_threshold=2.5), [3, 2])
    assert len(model.saved) == 1


def test_checkpoints_every_few_batches() -> None:
    model = StubModel()
    checkpoint = callbacks.ModelCheckpoint("{epoch}-{batch}.keras", save_freq=2)
    checkpoint.set_model(model)
    for epoch in range(2):
        checkpoint.on_epoch_begin(epoch)
        for batch in range(3):
            checkpoint.on_train_batch_end(batch, {"loss": 1.0})
        checkpoint.on_epoch_end(epoch, {"loss": 1.0})
    assert model.saved == ["1-2.keras", "2-1.keras", "2-3.keras"]


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: callbacks.ModelCheckpoint("a.hdf"), "ends in .keras"),
        (lambda: callbacks.ModelCheckpoint("a.keras", save_weights_only=True), r"ends in \.weights\.h5"),
        (lambda: callbacks.ModelCheckpoint("a.keras", save_freq="batch"), "save_freq='batch'"),
        (lambda: callbacks.ReduceLROnPlateau(factor=1.0), "factor=1.0; expected a number below 1"),
        (lambda: callbacks.EarlyStopping(mode="up"), "mode='up'"),  # type: ignore[arg-type]
        (lambda: callbacks.LambdaCallback(on_epoch=print), "received 'on_epoch'; expected one of"),
        (lambda: callbacks.CallbackList([3]), "callbacks holds 3"),  # type: ignore[list-item]
        (lambda: callbacks.CallbackList("early_stopping"), "callbacks is 'early_stopping'; expected"),  # type: ignore[arg-type]
        (lambda: train(StubModel(), callbacks.ModelCheckpoint("{acc}.keras"), [1.0]), "'acc' is not among"),
    ],
)
def test_arguments_that_cannot_work(build: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build()


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_the_training(loss: float, capsys: pytest.CaptureFixture[str]) -> None:
    model = StubModel()
    callback = callbacks.TerminateOnNaN()
    callback.set_model(model)
    callback.on_train_batch_end(0, {"loss": 1.0})
    assert not model.stop_training
    callback.on_train_batch_end(1, {"loss": loss})
    assert model.stop_training
    assert capsys.readouterr().out == "Batch 1: Invalid loss, terminating training\n"
    with pytest.raises(RuntimeError, match="NaN or Inf loss encountered at batch 1"):
        callbacks.TerminateOnNaN(raise_error=True).on_train_batch_end(1, {"loss": loss})


def test_lambda_callback_and_old_batch_names() -> None:
    calls: list[tuple[str, int]] = []
    listener = callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: calls.append(("train", batch)), on_epoch_end=None
    )
    listener.on_train_batch_end(4, {})

    class Old(callbacks.Callback):
        def on_batch_end(self, batch: int, logs: Any = None) -> None:
            calls.append(("old", batch))

    callbacks.CallbackList([Old()]).on_train_batch_end(5, {})
    assert calls == [("train", 4), ("old", 5)]


def test_the_history_can_be_continued() -> None:
    first = callbacks.History()
    train(StubModel(), first, [3, 2])
    second = callbacks.History()
    second.set_state(first.get_state())
    train(StubModel(), second, [1], first=2)
    assert (second.epoch, second.history) == ([0, 1, 2], {"val_loss": [3, 2, 1]})
    assert first.history == {"val_loss": [3, 2]}
