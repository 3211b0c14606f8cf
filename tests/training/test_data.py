"""What goes into fit: types, orders, weights, and input that cannot work."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vitral import Input, Sequential, callbacks, layers, set_seed
from vitral.errors import ConfigError, DataError, ShapeError
from vitral.training.batches import BatchReader, epoch_order
from vitral.training.data import Data
from vitral.typing import Array, Cache, Shape

RNG = np.random.default_rng(0)


class Watcher(layers.Layer):
    """Keeps the batches that pass through it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.seen: list[Array] = []

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        self.seen.append(x.copy())
        return x, None

    def backward(self, dy: Array, cache: Cache) -> Array:
        return dy

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape


def watched() -> tuple[Sequential, Watcher]:
    watcher = Watcher()
    model = Sequential([Input((1,)), watcher, layers.Dense(1)])
    model.compile("sgd", "mse")
    return model, watcher


def test_bytes_are_cast_batch_by_batch() -> None:
    model, watcher = watched()
    x = np.arange(10, dtype=np.uint8).reshape(10, 1)
    model.fit(x, np.zeros(10), batch_size=4, shuffle=False, verbose=0)
    assert [batch.dtype for batch in watcher.seen] == [np.float32] * 3
    assert [batch.ravel().tolist() for batch in watcher.seen] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_every_epoch_has_its_own_order_of_the_same_samples() -> None:
    model, watcher = watched()
    x = np.arange(10.0, dtype=np.float32).reshape(10, 1)
    set_seed(1)
    model.fit(x, x, batch_size=4, epochs=2, verbose=0)
    first, second = (np.concatenate(watcher.seen[i : i + 3]).ravel() for i in (0, 3))
    assert sorted(first) == sorted(second) == list(range(10))
    assert model.shuffle_seed is not None
    for epoch, got in enumerate((first, second)):
        np.testing.assert_array_equal(got, epoch_order(model.shuffle_seed, epoch, 10))


def test_a_new_training_shuffles_anew_and_a_continued_one_does_not() -> None:
    model, _ = watched()
    x = np.zeros((10, 1))
    model.fit(x, x, batch_size=4, verbose=0)
    seed = model.shuffle_seed
    model.fit(x, x, batch_size=4, initial_epoch=1, epochs=2, verbose=0)
    assert model.shuffle_seed == seed
    model.fit(x, x, batch_size=4, verbose=0)
    assert model.shuffle_seed != seed
    model.shuffle_seed = 7
    model.fit(x, x, batch_size=4, verbose=0)
    assert model.shuffle_seed == 7


def test_a_full_batch_is_the_array_itself() -> None:
    x = np.zeros((10, 1), np.float32)
    (_, (batch, _, _)), *rest = BatchReader(Data.of(x), 10).batches()
    assert np.shares_memory(batch, x)
    assert not rest


def test_shuffled_batches_reuse_one_buffer() -> None:
    x = np.arange(10, dtype=np.uint8).reshape(10, 1)
    reader = BatchReader(Data.of(x), 4)
    batches = [(batch, batch.copy()) for _, (batch, _, _) in reader.batches(np.arange(10)[::-1])]
    assert np.shares_memory(batches[0][0], batches[1][0])
    assert np.concatenate([copy for _, copy in batches]).ravel().tolist() == list(range(9, -1, -1))


def test_a_memory_map_is_trained_from(tmp_path: Path) -> None:
    stored = np.memmap(tmp_path / "x.bin", np.uint8, "w+", shape=(12, 1))
    stored[:] = np.arange(12).reshape(12, 1)
    model, watcher = watched()
    model.fit(stored, np.zeros(12), batch_size=5, verbose=0)
    assert sorted(np.concatenate(watcher.seen).ravel()) == list(range(12))


def test_the_last_part_is_held_out_before_shuffling() -> None:
    model, watcher = watched()
    x = np.arange(10.0).reshape(10, 1)
    model.fit(x, x, validation_split=0.25, verbose=0)
    assert sorted(watcher.seen[0].ravel()) == list(range(7))  # floor(10 * 0.75), as in Keras
    assert watcher.seen[1].ravel().tolist() == [7, 8, 9]


def test_lists_and_missing_channel_axis() -> None:
    model = Sequential([Input((2, 2, 1)), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit([[[1, 2], [3, 4]]], [5], verbose=0)
    assert model.predict(np.zeros((3, 2, 2)), verbose=0).shape == (3, 1)


def test_validation_can_be_rarer_than_epochs() -> None:
    model, _ = watched()
    x = np.ones((4, 1))
    history = model.fit(x, x, epochs=4, validation_data=(x, x), validation_freq=2, verbose=0).history
    assert (len(history["loss"]), len(history["val_loss"])) == (4, 2)


def test_evaluating_in_the_middle_of_an_epoch_leaves_the_running_means_alone() -> None:
    x, y = RNG.random((12, 1)), RNG.random(12)

    def train(listener: callbacks.Callback | None) -> list[float]:
        set_seed(3)
        model, _ = watched()
        return model.fit(x, y, batch_size=4, epochs=2, verbose=0, callbacks=listener).history["loss"]

    class Evaluates(callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
            self.model.evaluate(x, y, verbose=0)  # type: ignore[attr-defined]

    assert train(Evaluates()) == train(None)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"x": np.ones((0, 1)), "y": np.ones(0)}, DataError, "x has no samples"),
        ({"x": np.ones((4, 1)), "y": np.ones(3)}, DataError, "x has 4, y has 3"),
        ({"x": np.ones((4, 1))}, DataError, "y is missing"),
        (
            {"x": np.ones((4, 1)), "y": [1, 2, np.nan, 4]},
            DataError,
            "not finite, first in sample 2",
        ),
        ({"x": [[1.0], [np.nan]], "y": [1, 2]}, DataError, "x holds NaN or infinity, in 1 of the 2 samples"),
        ({"x": [[1.0], [2.0, 3.0]], "y": [1, 2]}, DataError, "x cannot be made an array"),
        (
            {"x": np.ones((2, 1)), "y": ["cat", "dog"]},
            DataError,
            "y holds <U3 values, .*cat.*; expected numbers",
        ),
        ({"x": (i for i in range(3)), "y": [1]}, ConfigError, "y is given beside a generator"),
        ({"x": 3}, ConfigError, "x is a int; expected a NumPy array"),
        ({"x": {"image": [1.0]}, "y": [1]}, ConfigError, "x is a dict; expected a NumPy array"),
        ({"x": (i for i in range(3)), "validation_split": 0.5}, ConfigError, "validation_split needs arrays"),
        ({"x": iter([])}, DataError, "x gives no batch at all"),
        ({"x": iter([(1, 2, 3, 4)])}, DataError, "gave a batch of 4 parts; expected x"),
        ({"x": iter([(np.ones((2, 1)), np.ones(3))])}, DataError, "x has 2, y has 3"),
        ({"x": iter([np.ones((2, 1))])}, DataError, "y is missing"),
        ({"x": iter([(np.ones((2, 1)), np.ones(2))]), "initial_step": 1}, ConfigError, "no place to start from"),
        ({"x": np.ones((4, 1)), "y": np.ones(4), "steps_per_epoch": 0}, ConfigError, "steps_per_epoch is 0"),
        (
            {"x": np.ones((4, 1)), "y": np.ones(4), "epochs": 2, "validation_data": iter([(np.ones((2, 1)), [1, 2])])},
            ConfigError,
            "a first validation would use up: give validation_steps",
        ),
        ({"x": np.ones((4, 2)), "y": np.ones(4)}, ShapeError, r"batch of shape \(4, 2\); expected \(None, 1\)"),
        ({"x": np.ones((4, 1)), "y": np.ones(4), "batch_size": 2.5}, ConfigError, "batch_size is 2.5"),
        ({"x": np.ones((4, 1)), "y": np.ones(4), "batch_size": 0}, ConfigError, "batch_size is 0; .* from 1 on"),
        ({"x": np.ones((4, 1)), "y": np.ones(4), "epochs": 2.5}, ConfigError, "epochs is 2.5; expected a whole number"),
        ({"x": np.ones((4, 1)), "y": np.ones(4), "epochs": -1}, ConfigError, "epochs is -1; .* from 0 on"),
        ({"x": np.ones((4, 1)), "y": np.ones(4), "validation_freq": 0}, ConfigError, "validation_freq is 0"),
        (
            {"x": np.ones((4, 1)), "y": np.ones(4), "class_weight": "balanced"},
            ConfigError,
            "a dictionary such as {0: 1",
        ),
        (
            {"x": np.ones((4, 1)), "y": np.ones(4), "class_weight": {"1": 2}},
            ConfigError,
            "the class '1'; .* whole number",
        ),
        ({"x": np.ones((4, 1)), "y": np.ones(4), "class_weight": {1: np.nan}}, ConfigError, "class 1 the weight nan"),
        ({"x": np.ones((4, 1)), "y": np.ones(4), "validation_split": 1.5}, ConfigError, "validation_split is 1.5"),
        ({"x": np.ones((4, 1)), "y": np.ones(4), "validation_split": "0.1"}, ConfigError, "validation_split is '0.1'"),
        ({"x": np.ones((1, 1)), "y": np.ones(1), "validation_split": 0.5}, DataError, "leaves one part without any"),
        ({"x": np.ones((4, 1)), "y": np.ones(4), "validation_data": np.ones(4)}, ConfigError, r"expected \(x, y\)"),
        ({"x": np.ones((4, 1)), "y": np.ones(4), "shuffle": "batch"}, ConfigError, "shuffle is 'batch'; expected True"),
        ({"x": np.ones((4, 1)), "y": np.ones(4), "verbose": 3}, ConfigError, "verbose is 3"),
        ({"x": np.ones((4, 1)), "y": np.ones(4), "initial_step": 2}, ConfigError, "an epoch has 1 batches"),
        (
            {"x": np.ones((4, 1)), "y": np.ones(4), "sample_weight": np.ones(4), "class_weight": {1: 2.0}},
            ConfigError,
            "cannot both be given",
        ),
        (
            {"x": np.ones((4, 1)), "y": np.ones(4), "sample_weight": np.ones((4, 2))},
            ShapeError,
            r"sample_weight has shape \(4, 2\); expected \(4,\)$",
        ),
        ({"x": np.ones((4, 1)), "y": np.ones(4), "callbacks": [callbacks.History]}, ConfigError, "add brackets"),
    ],
)
def test_input_that_cannot_work_gets_one_clear_line(
    arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    model, _ = watched()
    with pytest.raises(error, match=message) as caught:
        model.fit(**{"verbose": 0, **arguments})
    assert "\n" not in str(caught.value)


def test_a_sample_without_the_axis_of_the_batch_is_named() -> None:
    model = Sequential([Input((8, 8, 1)), layers.Flatten()])
    with pytest.raises(ShapeError, match=r"x has the shape \(8, 8, 1\) of one sample; .* x\[np.newaxis\]"):
        model.predict(np.ones((8, 8, 1)), verbose=0)


def test_what_is_asked_too_early_is_named() -> None:
    model = Sequential([Input((1,)), layers.Dense(1)])
    with pytest.raises(ConfigError, match=r"call model\.compile"):
        model.fit(np.ones((2, 1)), np.ones(2))
    with pytest.raises(ConfigError, match=r"call model\.compile"):
        _ = model.optimizer
    model.compile("sgd")
    with pytest.raises(ConfigError, match="needs a loss"):
        model.fit(np.ones((2, 1)), np.ones(2))
    with pytest.raises(ConfigError, match="metrics is 'accuracy'; expected a list"):
        model.compile("sgd", "mse", metrics="accuracy")  # type: ignore[arg-type]
