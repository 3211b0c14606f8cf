"""Generators, data sets that make batches, and arrays that are larger than memory."""

import _thread
import signal
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.test_data import watched
from tests.training.test_prefetch import threads
from vitral import Input, Sequential, callbacks, layers, set_seed
from vitral.errors import ConfigError, ModelWarning
from vitral.training import PyDataset, epoch_order
from vitral.typing import Array

X = np.arange(10.0, dtype=np.float32).reshape(10, 1)
Pair = tuple[Array, Array]


def batches(size: int = 2) -> Iterator[Pair]:
    for first in range(0, len(X), size):
        yield X[first : first + size], X[first : first + size, 0]


class Numbers(PyDataset):
    """Five batches of two; keeps note of what it was asked for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.calls: list[Any] = []

    def __len__(self) -> int:
        return 5

    def __getitem__(self, index: int) -> Pair:
        self.calls.append(index)
        return X[2 * index : 2 * index + 2], X[2 * index : 2 * index + 2, 0]

    def on_epoch_begin(self) -> None:
        self.calls.append("begin")

    def on_epoch_end(self) -> None:
        self.calls.append("end")


def seen(model: Sequential) -> list[list[float]]:
    return [batch.ravel().tolist() for batch in model.layers[0].seen]  # type: ignore[attr-defined]


def test_a_generator_gives_the_training_that_the_array_gives() -> None:
    def weights(*data: Any, **options: Any) -> list[Array]:
        set_seed(4)
        model, _ = watched()
        model.fit(*data, verbose=0, **options)
        return model.get_weights()

    expected = weights(X, X[:, 0], batch_size=2, shuffle=False)
    for data in (batches(), Numbers(), Numbers(workers=3), Numbers(workers=0), list(batches())):
        if isinstance(data, list):
            data = type("Sequence", (), {"__len__": lambda _: 5, "__getitem__": lambda _, i: list(batches())[i]})()
        for got, want in zip(weights(data, shuffle=False), expected, strict=True):
            np.testing.assert_array_equal(got, want)
    assert threads() == []


def test_a_generator_may_fill_one_array_again_and_again() -> None:
    buffer = np.empty((2, 1))

    def reuses() -> Iterator[Pair]:
        for number in range(6):
            buffer[:] = number
            yield buffer, buffer[:, 0]

    model, _ = watched()
    model.fit(reuses(), verbose=0)
    assert seen(model) == [[n, n] for n in range(6)]


def test_a_generator_is_asked_for_no_more_than_is_learned_from() -> None:
    source = iter([(X[n : n + 1], X[n : n + 1, 0]) for n in range(10)])
    model, _ = watched()
    history = model.fit(source, steps_per_epoch=2, epochs=3, verbose=0).history
    assert len(history["loss"]) == 3
    assert seen(model) == [[n] for n in range(6)]
    assert next(source)[0].item() == 6


def test_a_generator_that_ends_early_says_so_and_ends_the_training() -> None:
    model, _ = watched()
    with pytest.warns(UserWarning, match="Your input ran out of data; interrupting training"):
        history = model.fit(batches(), steps_per_epoch=3, epochs=4, verbose=0).history
    assert (len(history["loss"]), len(seen(model))) == (2, 5)


def test_steps_per_epoch_of_arrays_goes_on_where_the_last_epoch_stopped() -> None:
    model, _ = watched()
    model.shuffle_seed = 3
    model.fit(X, X, batch_size=2, steps_per_epoch=5, epochs=1, verbose=0)
    whole = seen(model)
    assert np.concatenate(whole).tolist() == epoch_order(3, 0, 10).tolist()
    model.layers[0].seen.clear()  # type: ignore[attr-defined]
    model.shuffle_seed = 3
    with pytest.warns(UserWarning, match="ran out of data"):  # 3 and then only 2 of the 5 batches, as in Keras
        model.fit(X, X, batch_size=2, steps_per_epoch=3, epochs=2, verbose=0)
    assert seen(model) == whole
    # Taken up after the first epoch, the second has the same batches.
    model.layers[0].seen.clear()  # type: ignore[attr-defined]
    with pytest.warns(UserWarning, match="ran out of data"):
        model.fit(X, X, batch_size=2, steps_per_epoch=3, initial_epoch=1, epochs=2, verbose=0)
    assert seen(model) == whole[3:]


def test_steps_without_a_batch_size_divide_the_samples() -> None:
    model, _ = watched()
    model.fit(X, X, steps_per_epoch=4, shuffle=False, verbose=0)  # ceil(10 / 4) = 3 samples a batch
    assert [len(batch) for batch in seen(model)] == [3, 3, 3, 1]
    assert model.predict(X, batch_size=3, steps=2, verbose=0).shape == (6, 1)
    assert len(model.predict(batches(), steps=2, verbose=0)) == 4
    half = model.evaluate(X[:4], X[:4], verbose=0)
    assert model.evaluate(X, X, batch_size=2, steps=2, verbose=0) == pytest.approx(half)
    assert model.evaluate(batches(), steps=2, verbose=0) == pytest.approx(half)
    np.testing.assert_array_equal(model.predict(Numbers(), verbose=0), model.predict(X, verbose=0))


def test_batches_of_a_data_set_are_shuffled_by_seed_and_epoch() -> None:
    data = Numbers(workers=0)
    model, _ = watched()
    model.shuffle_seed = 9
    model.fit(data, epochs=2, verbose=0)
    first, second = (["begin", *epoch_order(9, epoch, 5).tolist(), "end"] for epoch in (0, 1))
    assert data.calls == [0, *first, *second]  # batch 0 is asked for once before, for the shapes


def test_a_data_set_without_an_end() -> None:
    class Endless(PyDataset):
        num_batches = None  # type: ignore[assignment]

        def __getitem__(self, index: int) -> Pair:
            return np.full((1, 1), index), np.zeros(1)

    model, _ = watched()
    model.fit(Endless(), steps_per_epoch=2, epochs=2, verbose=0)
    assert seen(model) == [[0], [1], [2], [3]]


def test_what_can_be_iterated_anew_is_so_in_every_epoch() -> None:
    class Loader:
        def __iter__(self) -> Iterator[Pair]:
            return batches(5)

        def __len__(self) -> int:
            return 2

    model, _ = watched()
    steps: list[Any] = []
    note = callbacks.LambdaCallback(on_train_begin=lambda logs: steps.append(note.params["steps"]))
    model.fit(Loader(), epochs=2, verbose=0, callbacks=note)
    assert (len(seen(model)), steps) == (4, [2])


@pytest.mark.parametrize("frequency", [2, [2, 4]])
def test_validation_from_a_generator_goes_on(frequency: Any) -> None:
    held_out = iter([(X[n : n + 1], X[n : n + 1, 0]) for n in range(10)])
    model, _ = watched()
    history = model.fit(
        X, X, epochs=4, validation_data=held_out, validation_steps=3, validation_freq=frequency, verbose=0
    ).history
    assert len(history["val_loss"]) == 2
    assert next(held_out)[0].item() == 6


def test_class_weights_of_a_data_set_weigh_as_those_of_arrays() -> None:
    labels = np.arange(10) % 2

    def batches_of_classes() -> Iterator[Pair]:
        yield X, labels

    def loss(*data: Any) -> list[float]:
        set_seed(1)
        model = Sequential([Input((1,)), layers.Dense(2, activation="softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model.fit(*data, class_weight={0: 3.0}, verbose=0, batch_size=10 if len(data) == 2 else None).history[
            "loss"
        ]

    assert loss(batches_of_classes()) == pytest.approx(loss(X, labels))


def test_a_batch_size_beside_whole_batches_is_warned_about() -> None:
    model, _ = watched()
    with pytest.warns(ModelWarning, match="batch_size=3 has no effect: a Numbers gives whole batches"):
        model.fit(Numbers(), batch_size=3, verbose=0)
    with pytest.raises(ConfigError, match="sample_weight is given beside a Numbers"):
        model.evaluate(Numbers(), sample_weight=[1, 2], verbose=0)
    with pytest.raises(ConfigError, match=r"Numbers: use_multiprocessing is True; .* threads"):
        Numbers(use_multiprocessing=True)
    with pytest.raises(ConfigError, match="Numbers: workers is -1; expected a whole number from 0 on"):
        Numbers(workers=-1)


def breaks() -> Iterator[Pair]:
    yield from batches()
    raise OSError("no such picture")


@pytest.mark.parametrize("action", ["fit", "evaluate", "predict"])
def test_an_error_of_the_feeder_reaches_the_caller_and_leaves_no_thread(action: str) -> None:
    model, _ = watched()
    with pytest.raises(OSError, match="no such picture") as caught:
        getattr(model, action)(breaks(), verbose=0)
    assert "breaks" in [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert threads() == []


@pytest.fixture
def _listens_to_ctrl_c() -> Iterator[None]:
    # A process that a script has started in the background is told to ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_listens_to_ctrl_c")
@pytest.mark.parametrize("data", [Numbers(), Numbers(workers=2), None])
def test_an_interrupt_or_an_error_while_learning_leaves_no_thread(data: Any) -> None:
    def endless() -> Iterator[Pair]:
        while True:
            yield from batches()

    def interrupt(batch: int, logs: Any) -> None:
        if batch == 2:
            _thread.interrupt_main()  # what Ctrl-C does

    model, _ = watched()
    with pytest.raises(KeyboardInterrupt):
        model.fit(
            endless() if data is None else data,
            epochs=1000,
            verbose=0,
            callbacks=callbacks.LambdaCallback(on_train_batch_end=interrupt),
        )
    assert threads() == []
    with pytest.raises(ZeroDivisionError):
        model.fit(
            endless() if data is None else data,
            verbose=0,
            callbacks=callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: 1 / 0),
        )
    assert threads() == []


def test_an_array_larger_than_memory(tmp_path: Path) -> None:
    # 256 GiB that the file system does not store because nobody wrote them; a copy of the whole would fail.
    images = np.memmap(tmp_path / "images.bin", np.uint8, "w+", shape=(2**20, 512, 512, 1))
    images[3] = 255
    labels = np.zeros(len(images), np.uint8)
    model = Sequential([Input((512, 512, 1)), layers.GlobalAveragePooling2D(), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.set_weights([np.array([[2.0]]), np.array([1.0])])
    np.testing.assert_array_equal(model.predict(images, 2, steps=2, verbose=0), [[1], [1], [1], [511]])
    model.fit(images, labels, batch_size=4, steps_per_epoch=3, epochs=2, verbose=0)
    assert threads() == []


def test_a_float_map_is_read_on_the_thread(tmp_path: Path) -> None:
    stored = np.memmap(tmp_path / "x.bin", np.float32, "w+", shape=(12, 1))
    stored[:] = np.arange(12).reshape(12, 1)
    model, _ = watched()
    names: set[str] = set()
    note = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: names.update(threads()))
    model.fit(stored, np.zeros(12), batch_size=1, shuffle=False, verbose=0, callbacks=note)
    assert np.concatenate(seen(model)).tolist() == list(range(12))
    assert names == {"vitral-feeder"}
    assert threads() == []


def test_a_data_set_is_told_the_epoch_and_the_seed_of_its_order() -> None:
    class Shuffled(Numbers):
        def choose_order(self, epoch: int, seed: int | None) -> None:
            self.calls.append((epoch, seed))

    data = Shuffled(workers=0)
    model = Sequential([Input((1,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.shuffle_seed = 9
    model.fit(data, epochs=2, verbose=0)
    model.evaluate(data, verbose=0)
    model.shuffle_seed = 9
    model.fit(data, initial_epoch=3, epochs=4, steps_per_epoch=2, shuffle=False, verbose=0)
    # Two of five batches an epoch: the fourth epoch is the first of the second turn.
    assert [call for call in data.calls if isinstance(call, tuple)] == [(0, 9), (1, 9), (0, None), (1, None)]
