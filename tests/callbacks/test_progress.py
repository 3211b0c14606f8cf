"""The progress line, on a terminal and elsewhere, as Keras 3.15 writes it."""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from vitral import Input, Sequential, callbacks, layers, metrics
from vitral.callbacks import progbar
from vitral.errors import ConfigError


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """Stands in for the time module; every look at it is a second later."""

    def __init__(self, step: float) -> None:
        self.now = -step
        self.step = step

    def perf_counter(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture
def model() -> Sequential:
    made = Sequential([Input((2,)), layers.Dense(1)])
    made.compile("sgd", "mse")
    return made


X, Y = np.ones((40, 2)), np.ones(40)


def test_the_bar_of_a_running_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    # The line Keras writes for step 1 of 938 (colors, 20 places, time left, time a step, metrics).
    monkeypatch.setattr(progbar, "time", Clock(0.003))
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    bar = callbacks.Progbar(938, stream=terminal)
    bar.update(1, {"accuracy": 0.1, "loss": 2.3})
    assert terminal.getvalue() == (
        "\r\x1b[1m  1/938\x1b[0m \x1b[37m"
        + "━" * 20
        + "\x1b[0m \x1b[1m2s\x1b[0m 3ms/step - accuracy: 0.1000 - loss: 2.3000"
    )


def test_the_bar_of_a_finished_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progbar, "time", Clock(1.5))
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    bar = callbacks.Progbar(4, stream=terminal)
    bar.update(2, {"loss": 0.0001234, "a_metric": 1.0})
    bar.update(4, {"loss": 2.0}, finalize=True)
    first, second = terminal.getvalue().split("\r")[1:]
    assert first == "2/4 ━━━━━━━━━━━━━━━━━━━━ 1s 750ms/step - loss: 1.2340e-04 - a_metric: 1.0000"
    assert second.rstrip(" \n") == "4/4 ━━━━━━━━━━━━━━━━━━━━ 3s 750ms/step - loss: 2.0000 - a_metric: 1.0000"
    assert len(second.rstrip("\n")) == len(first)  # blanks cover what the longer line left


def test_redrawing_is_not_more_frequent_than_the_eye_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progbar, "time", Clock(0.01))
    terminal = Terminal()
    bar = callbacks.Progbar(100, stream=terminal)
    for step in range(1, 101):
        bar.update(step, {})
    assert 15 <= terminal.getvalue().count("\r") <= 21  # a second, at most every 0.05 s


@pytest.mark.parametrize(("left", "text"), [(9.0, "9s"), (61.0, "1:01"), (3601.0, "1:00:01"), (7384.0, "2:03:04")])
def test_time_left(left: float, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progbar, "time", Clock(left))
    terminal = Terminal()
    callbacks.Progbar(2, stream=terminal).update(1, {})
    assert f" \x1b[1m{text}\x1b[0m " in terminal.getvalue()


@pytest.mark.parametrize(("seconds", "text"), [(2.4, "2s/step"), (0.0123, "12ms/step"), (0.000045, "45us/step")])
def test_time_a_step(seconds: float, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progbar, "time", Clock(seconds))
    out = io.StringIO()
    callbacks.Progbar(1, verbose=2, stream=out).update(1, {"loss": 1.0}, finalize=True)
    assert out.getvalue() == f"1/1 - {seconds:.0f}s - {text} - loss: 1.0000\n"


LINE = r"5/5 - \d+s - \d+[mu]s/step - loss: \d\.\d{4}(e-\d\d)? - val_loss: \d\.\d{4}(e-\d\d)?"


@pytest.mark.parametrize("verbose", ["auto", 1, 2])
def test_one_line_an_epoch_where_there_is_no_terminal(
    verbose: object, model: Sequential, capsys: pytest.CaptureFixture[str]
) -> None:
    model.fit(X, Y, 8, epochs=2, validation_data=(X, Y), verbose=verbose)  # type: ignore[arg-type]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0::2] == ["Epoch 1/2", "Epoch 2/2"]
    assert all(re.fullmatch(LINE, line) for line in lines[1::2])


def test_silence(model: Sequential, capsys: pytest.CaptureFixture[str]) -> None:
    model.fit(X, Y, 8, epochs=2, verbose=0)
    model.evaluate(X, Y, verbose=0)
    model.predict(X, verbose=0)
    assert capsys.readouterr() == ("", "")


def test_a_single_epoch_has_no_headline(model: Sequential, capsys: pytest.CaptureFixture[str]) -> None:
    model.fit(X, Y, 8, verbose=2)
    model.evaluate(X, Y, 8, verbose=2)
    model.predict(X, 8)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("5/5 - 0s - ") for line in lines)
    assert re.fullmatch(r"5/5 - 0s - \d+[mu]s/step", lines[2])


def test_of_a_metric_with_several_values_the_mean_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = Sequential([Input((2,)), layers.Dense(2, activation="softmax", kernel_initializer="zeros")])
    made.compile("sgd", "sparse_categorical_crossentropy", metrics=[metrics.ConfusionMatrix()])
    # Equal probabilities: all are taken for class 0, so the matrix is ((3, 0), (1, 0)), as one line of CSV too.
    logger = callbacks.CSVLogger(tmp_path / "log.csv")
    history = made.fit(np.zeros((4, 2)), [0, 0, 1, 0], verbose=2, callbacks=logger).history
    assert " - confusion_matrix: 1.0000 - loss: 0.6931\n" in capsys.readouterr().out
    assert history["confusion_matrix"][0].tolist() == [[3, 0], [1, 0]]
    assert (tmp_path / "log.csv").read_text().splitlines()[1].startswith('0,"[[3.0, 0.0], [1.0, 0.0]]",0.69')


def test_the_progress_can_go_to_another_stream(model: Sequential, capsys: pytest.CaptureFixture[str]) -> None:
    model.fit(X, Y, 8, epochs=2, verbose=0, callbacks=callbacks.ProgbarLogger(stream=sys.stderr, verbose=2))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("Epoch") == 2


def test_on_a_terminal_the_line_is_redrawn(model: Sequential, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    model.fit(X, Y, 8, epochs=2)
    text = terminal.getvalue()
    assert text.startswith(
        "Epoch 1/2\n\r\x1b[1m1/5\x1b[0m \x1b[32m━━━━\x1b[0m\x1b[37m━━━━━━━━━━━━━━━━\x1b[0m \x1b[1m0s\x1b[0m "
    )
    assert text.count("\n") == 4


def test_the_bar_shows_means_as_keras_does(monkeypatch: pytest.MonkeyPatch) -> None:
    # lines of keras.utils.Progbar 3.15, their colors and times left out
    monkeypatch.setattr(progbar, "time", Clock(0.25))
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    bar = callbacks.Progbar(8, width=8, interval=0, stateful_metrics=["lr"], unit_name="sample", stream=terminal)
    bar.add(2, [("loss", 4.0), ("lr", 0.5)])
    bar.add(2, [("loss", 2.0), ("lr", 0.25)])
    bar.update(8, [("loss", 1.0)])
    assert [line.strip() for line in terminal.getvalue().split("\r")[1:]] == [
        "2/8 ━━━━━━━━ 0s 125ms/sample - loss: 4.0000 - lr: 0.5000",
        "4/8 ━━━━━━━━ 0s 125ms/sample - loss: 3.0000 - lr: 0.2500",
        "8/8 ━━━━━━━━ 1s 94ms/sample - loss: 1.0000 - lr: 0.2500",
    ]


def test_a_bar_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progbar, "time", Clock(1.0))
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    bar = callbacks.Progbar(None, stateless_metrics=["loss"], stream=terminal)
    bar.update(3, [("loss", 4.0), ("seen", 3)])
    assert terminal.getvalue() == "\r      3/Unknown 1s 333ms/step - loss: 4.0000 - seen: 3.0000"
    with pytest.raises(ConfigError, match="at most one of them"):
        callbacks.Progbar(3, stateful_metrics=[], stateless_metrics=[])


@pytest.mark.parametrize("verbose", [1, 2])
def test_a_generator_shows_its_length_once_it_is_known(
    verbose: Literal[1, 2], model: Sequential, capsys: pytest.CaptureFixture[str]
) -> None:
    class Batches:
        def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
            return ((X, Y) for _ in range(3))

    model.fit(Batches(), epochs=2, verbose=verbose)
    first, second = (line for line in capsys.readouterr().out.splitlines() if "loss" in line)
    assert first.startswith("3/3 - ")
    assert second.startswith("3/3 - ")
    model.evaluate(Batches(), verbose=verbose)
    assert capsys.readouterr().out.startswith("3/3 - ")
