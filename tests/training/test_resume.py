"""A training that was stopped and taken up elsewhere ends with the same bits."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vitral import Input, Sequential, backend, callbacks, layers, models, optimizers, set_seed
from vitral.errors import ConfigError, ShapeError
from vitral.typing import Array, Logs

X = np.random.default_rng(1).random((50, 6, 6, 1)).astype("float32")
Y = np.arange(50) % 4


def build() -> Sequential:
    """A network with everything that has state: moving statistics, random streams, moments of the gradients."""
    set_seed(11)
    model = Sequential(
        [
            Input((6, 6, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(4, activation="softmax"),
        ]
    )
    model.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def listeners() -> list[callbacks.Callback]:
    return [callbacks.ReduceLROnPlateau(monitor="loss", patience=1, min_delta=0.2), callbacks.EarlyStopping("loss")]


class Interrupts(callbacks.Callback):
    """Stops after a batch, as Ctrl-C would, and keeps what is needed to go on."""

    def __init__(self, epoch: int, batch: int, folder: Path) -> None:
        super().__init__()
        self.at = (epoch, batch)
        self.folder = folder
        self.epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if (self.epoch, batch) == self.at:
            np.savez(self.folder / "state.npz", **self.model.get_training_state())  # type: ignore[attr-defined]
            self.model.save(self.folder / "model.keras")
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def reference() -> tuple[list[Array], dict[str, list[float]]]:
    model = build()
    history = model.fit(X, Y, batch_size=8, epochs=4, verbose=0, callbacks=listeners()).history
    return model.get_weights(), history


def assert_same_bits(model: Sequential, reference: tuple[list[Array], dict[str, list[float]]]) -> None:
    assert [w.tobytes() for w in model.get_weights()] == [w.tobytes() for w in reference[0]]


def test_the_same_seed_gives_the_same_bits(reference: tuple[list[Array], dict[str, list[float]]]) -> None:
    model = build()
    history = model.fit(X, Y, batch_size=8, epochs=4, verbose=0, callbacks=listeners()).history
    assert_same_bits(model, reference)
    assert history == reference[1]


@pytest.mark.parametrize(("epoch", "batch"), [(0, 0), (1, 3), (2, 6)])
def test_stopped_in_the_middle_of_an_epoch(
    epoch: int, batch: int, reference: tuple[list[Array], dict[str, list[float]]], tmp_path: Path
) -> None:
    model, followers = build(), listeners()
    interrupts = Interrupts(epoch, batch, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, batch_size=8, epochs=4, verbose=0, callbacks=[*followers, interrupts])
    states = [follower.get_state() for follower in followers]
    backend.clear_session()
    set_seed(999)  # a new process has another seed
    again, fresh = models.load_model(tmp_path / "model.keras"), listeners()
    with np.load(tmp_path / "state.npz") as state:
        again.set_training_state(state)
    for follower, kept in zip(fresh, states, strict=True):
        follower.set_state(kept)
    history = again.fit(
        X, Y, batch_size=8, epochs=4, verbose=0, callbacks=fresh, initial_epoch=epoch, initial_step=batch + 1
    ).history
    assert_same_bits(again, reference)
    for name, values in history.items():
        assert values == reference[1][name][epoch:]


_SECOND_HALF = """
import sys, numpy as np
from vitral.models import load_model
x, y = (np.load(sys.argv[2])[name] for name in "xy")
model = load_model(sys.argv[1])
model.fit(x, y, batch_size=8, initial_epoch=2, epochs=4, verbose=0)
model.save(sys.argv[1])
"""


def test_saved_after_an_epoch_and_loaded_in_another_process(tmp_path: Path) -> None:
    straight = build()
    straight.fit(X, Y, batch_size=8, epochs=4, verbose=0)
    halved = build()
    halved.fit(X, Y, batch_size=8, epochs=2, verbose=0)
    halved.save(tmp_path / "m.keras")
    np.savez(tmp_path / "data.npz", x=X, y=Y)
    subprocess.run(
        [sys.executable, "-c", _SECOND_HALF, str(tmp_path / "m.keras"), str(tmp_path / "data.npz")], check=True
    )
    assert_same_bits(models.load_model(tmp_path / "m.keras"), (straight.get_weights(), {}))


def test_the_state_holds_plain_arrays_only(tmp_path: Path) -> None:
    model = build()
    model.fit(X, Y, batch_size=8, verbose=0)
    state = model.get_training_state()
    np.savez(tmp_path / "s.npz", **state)
    with np.load(tmp_path / "s.npz", allow_pickle=False) as stored:
        assert all(np.array_equal(stored[name], value) for name, value in state.items())
    # 2 + 6 trainable variables * 2 moments, 1 stream, total and count of loss and accuracy, the seed
    assert len(state) == 2 + 12 + 1 + 4 + 1


def test_another_models_state_is_refused() -> None:
    model = build()
    model.fit(X, Y, verbose=0)
    other = Sequential([Input((2,)), layers.Dense(1)])
    other.compile("sgd", "mse")
    with pytest.raises((ConfigError, ShapeError)):
        other.set_training_state(model.get_training_state())
    unbuilt = Sequential([layers.Dense(1)])
    unbuilt.compile("sgd", "mse")
    with pytest.raises(ConfigError, match="needs a built model"):
        unbuilt.set_training_state({})


def test_a_rate_that_was_set_before_the_interruption_is_not_set_again() -> None:
    scheduler = callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    model = build()
    model.fit(X, Y, verbose=0, callbacks=scheduler)
    assert model.optimizer.learning_rate == 0.005
    resumed = callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    resumed.set_state(scheduler.get_state())
    model.fit(X, Y, verbose=0, callbacks=resumed, initial_epoch=0, epochs=2, initial_step=1)
    assert model.optimizer.learning_rate == 0.0025


def stateful(seed: int) -> Sequential:
    set_seed(seed)
    inner = Sequential([Input((6, 6)), layers.GRU(3, stateful=True, return_sequences=True)])
    model = Sequential([inner, layers.Bidirectional(layers.LSTM(2, stateful=True)), layers.Dense(4)])
    model.build((None, 6, 6))
    model.compile("adam", "mse")
    return model


@pytest.mark.parametrize("save_freq", ["epoch", 2])
def test_layers_that_keep_their_states_from_batch_to_batch_go_on_with_them(tmp_path: Path, save_freq: Any) -> None:
    x, y = X[..., 0], np.eye(4)[Y]
    options: dict[str, Any] = {"epochs": 3, "batch_size": 10, "shuffle": False, "verbose": 0}
    whole = stateful(1)
    history = whole.fit(x, y, **options).history

    class Stops(callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
            if batch == 3 and (tmp_path / "latest.npz").exists():
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stateful(1).fit(x, y, **options, callbacks=[callbacks.BackupAndRestore(tmp_path, save_freq), Stops()])
    resumed = stateful(2)
    again = resumed.fit(x, y, **options, callbacks=callbacks.BackupAndRestore(tmp_path, save_freq)).history
    assert_same_bits(resumed, (whole.get_weights(), {}))
    assert again["loss"] == history["loss"][-len(again["loss"]) :]
    # In a file there are weights alone, as in Keras: the states begin anew.
    whole.save(tmp_path / "model.keras")
    loaded = models.load_model(tmp_path / "model.keras")
    loaded.set_training_state(whole.get_training_state())
    np.testing.assert_array_equal(loaded.predict(x[:10], verbose=0), whole.predict(x[:10], verbose=0))
    with pytest.raises(ConfigError, match="the state is of 2 stateful layers; the model has 0"):
        build().set_training_state({**build().get_training_state(), "state/1/0": np.zeros((10, 3))})
