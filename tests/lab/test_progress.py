"""A full-batch run shows one bar, and its metrics five times."""

import pytest

from vitral.lab.progress import epoch_bar


def _lines(epochs: int, capsys: pytest.CaptureFixture[str], done: int = 0) -> list[str]:
    with epoch_bar(epochs, done) as callback:
        for epoch in range(done, epochs):
            callback.on_epoch_end(epoch, {"loss": 1 / (epoch + 1)})
    return [line for line in capsys.readouterr().err.splitlines() if line.startswith("Epoch ")]


def test_the_metrics_come_at_every_20_percent(capsys: pytest.CaptureFixture[str]) -> None:
    assert _lines(400, capsys) == [
        "Epoch 80/400 - loss: 0.0125",
        "Epoch 160/400 - loss: 0.0063",
        "Epoch 240/400 - loss: 0.0042",
        "Epoch 320/400 - loss: 0.0031",
        "Epoch 400/400 - loss: 0.0025",
    ]


def test_few_epochs_and_a_resumed_run_are_not_skipped(capsys: pytest.CaptureFixture[str]) -> None:
    assert [line.split()[1] for line in _lines(3, capsys)] == ["1/3", "2/3", "3/3"]
    assert [line.split()[1] for line in _lines(10, capsys, done=7)] == ["8/10", "10/10"]
