"""Every example runs unchanged; the data is small and made up where it would have to be downloaded."""

import runpy
import sys
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from vitral import datasets
from vitral.errors import ModelWarning

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(name: str) -> dict[str, object]:
    """Run an example as `python examples/NAME` does."""
    return runpy.run_path(str(EXAMPLES / name), run_name="__main__")


def test_quick_start_learns_and_saves(tmp_path: Path) -> None:
    names = run("quick_start.py")
    assert names["model"].evaluate(names["x_test"], names["y_test"], verbose=0)[1] > 0.9  # type: ignore[attr-defined]
    assert (tmp_path / "digits.keras").is_file()


def test_custom_layer_learns_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    run("custom_layer.py")
    assert capsys.readouterr().out == "y = 3.000 x + -1.000\n"


def test_custom_loss_derivative_matches_differences() -> None:
    loss = runpy.run_path(str(EXAMPLES / "custom_loss.py"))["LogCosh"]()
    generator = np.random.default_rng(0)
    y_true, y_pred = generator.normal(size=(2, 4, 3))
    step = 1e-6
    for index in np.ndindex(y_pred.shape):
        moved = [y_pred.copy(), y_pred.copy()]
        moved[0][index] += step
        moved[1][index] -= step
        slope = (loss.call(y_true, moved[0]) - loss.call(y_true, moved[1]))[index[0]] / (2 * step)
        assert loss.gradient(y_true, y_pred)[index] == pytest.approx(slope, abs=1e-8)


def test_custom_loss_trains(capsys: pytest.CaptureFixture[str]) -> None:
    run("custom_loss.py")
    squares, log_cosh = capsys.readouterr().out.splitlines()
    assert squares.startswith("mse: loss ")
    assert log_cosh.startswith("log-cosh: loss 0.4")  # ten points of 200 are 10 off: 0.05 * (10 - log 2) = 0.465


def test_custom_metric_is_a_probability(capsys: pytest.CaptureFixture[str]) -> None:
    names = run("custom_metric.py")
    assert "confidence: 0." in capsys.readouterr().out
    metric = names["MeanConfidence"]()  # type: ignore[operator]
    metric.update_state(np.array([0, 1]), np.array([[0.5, 0.5], [0.1, 0.9]]))
    copy = names["MeanConfidence"]()  # type: ignore[operator]
    copy.set_state(metric.get_state())
    assert copy.result() == pytest.approx(0.7)


def test_custom_callback_stops(capsys: pytest.CaptureFixture[str]) -> None:
    run("custom_callback.py")
    assert capsys.readouterr().out.endswith("good enough\n")


def test_keras_script_runs_unchanged(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (128, 32, 32, 3), dtype=np.uint8)
    labels = generator.integers(0, 10, (128, 1), dtype=np.uint8)
    monkeypatch.setattr(datasets.cifar10, "load_data", lambda: ((images[:64], labels[:64]), (images, labels)))
    mpl.use("Agg")
    monkeypatch.setattr(plt, "show", lambda: plt.close("all"))
    monkeypatch.setattr(sys, "argv", ["cifar10_keras_style.py"])
    with pytest.warns(ModelWarning, match="sigmoid"):
        names = run("cifar10_keras_style.py")
    printed = capsys.readouterr().out
    assert "Total params: 119,040" in printed
    assert "Epoch 15/15" in printed
    assert "Image 116: " in printed
    assert set(names["history"].history) == {"loss", "accuracy", "val_loss", "val_accuracy"}  # type: ignore[attr-defined]
    assert all(len(column) == 15 for column in names["history"].history.values())  # type: ignore[attr-defined]
