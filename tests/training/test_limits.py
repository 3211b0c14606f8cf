"""Trying a script out: fewer epochs and batches than it says."""

import logging
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from vitral import Input, Sequential, config, layers, utils
from vitral.callbacks import Progbar
from vitral.errors import ConfigError

X, Y = np.ones((40, 2)), np.ones(40)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    config.set_max_epochs(None)
    config.set_max_steps_per_epoch(None)
    config.enable_interactive_logging()


@pytest.fixture
def model() -> Sequential:
    made = Sequential([Input((2,)), layers.Dense(1)])
    made.compile("sgd", "mse")
    return made


class Batches(utils.PyDataset):
    def __len__(self) -> int:
        return 5

    def __getitem__(self, index: int) -> Any:
        return X[:8], Y[:8]


def test_epochs_are_limited(model: Sequential) -> None:
    config.set_max_epochs(2)
    assert config.max_epochs() == 2
    with pytest.warns(UserWarning, match="Limiting epochs to 2"):
        assert len(model.fit(X, Y, epochs=5, verbose=0).history["loss"]) == 2
    assert len(model.fit(X, Y, epochs=2, verbose=0).history["loss"]) == 2  # without a word
    config.set_max_epochs(None)
    assert len(model.fit(X, Y, epochs=3, verbose=0).history["loss"]) == 3


class Known:
    """Something to iterate over that knows its length."""

    def __len__(self) -> int:
        return 5

    def __iter__(self) -> Iterator[Any]:
        return ((X[:8], Y[:8]) for _ in range(5))


@pytest.mark.parametrize(
    "data", [(X, Y, 8), (Batches(),), (Known(),), (iter(Known()),)], ids=["arrays", "dataset", "iterable", "generator"]
)
def test_batches_are_limited(data: Any, model: Sequential) -> None:
    config.set_max_steps_per_epoch(3)
    assert config.max_steps_per_epoch() == 3
    with pytest.warns(UserWarning, match="Limiting steps_per_epoch to 3"):
        model.fit(*data, verbose=0)
    assert int(model.optimizer.iterations.value) == 3


def test_batches_below_the_limit_stay_as_they_are(model: Sequential) -> None:
    config.set_max_steps_per_epoch(3)
    model.fit(X, Y, batch_size=20, verbose=0)
    assert int(model.optimizer.iterations.value) == 2
    with pytest.warns(UserWarning, match="Limiting steps to 3"):
        assert len(model.predict(X, batch_size=5, verbose=0)) == 15
    with pytest.warns(UserWarning, match="Limiting steps_per_epoch to 3"):
        model.fit(X, Y, steps_per_epoch=4, verbose=0)
    assert int(model.optimizer.iterations.value) == 5


def test_limits_that_cannot_be() -> None:
    for value in (0, -1, 1.5, True, "3"):
        with pytest.raises(ConfigError, match="max_epochs is"):
            config.set_max_epochs(value)  # type: ignore[arg-type]
        with pytest.raises(ConfigError, match="max_steps_per_epoch is"):
            config.set_max_steps_per_epoch(value)  # type: ignore[arg-type]


def test_words_go_to_the_log(
    model: Sequential, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    utils.disable_interactive_logging()
    assert not config.is_interactive_logging_enabled()
    with caplog.at_level(logging.INFO, logger="vitral"):
        model.fit(X, Y, epochs=2, verbose=1)
        model.summary()
        Progbar(1).update(1, [("loss", 1.0)])
    assert capsys.readouterr().out == ""
    said = [record.getMessage() for record in caplog.records]
    assert said[0] == "Epoch 1/2"
    assert said[1].startswith("2/2 - 0s - ")
    assert "loss: " in said[1]
    assert said[-2].startswith('Model: "')
    assert said[-1].endswith(" - loss: 1.0000")
    utils.enable_interactive_logging()
    model.fit(X, Y, verbose=2)
    assert capsys.readouterr().out.startswith("2/2 - 0s - ")
