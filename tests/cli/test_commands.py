"""Every command once, on scikit-learn's digits."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from vitral.cli import main
from vitral.datasets import cache
from vitral.errors import DataError
from vitral.lab import loading

Vitral = Callable[..., Any]

SHIPPED = files("vitral.lab") / "recipes" / "digits-mlp.toml"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs with one finished run in it."""
    root = tmp_path_factory.mktemp("runs")
    with pytest.raises(SystemExit) as left:
        main(["run", "digits-mlp", "--epochs", "3", "--seed", "1", "--out", str(root), "--json"])
    assert not left.value.code
    return root


@pytest.fixture
def runs(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, for a test to change; commands find it by themselves."""
    root = tmp_path / "runs"
    shutil.copytree(trained, root)
    monkeypatch.delenv("VITRAL_RUNS", raising=False)
    return root


def folder_of(root: Path) -> Path:
    """The only run of a folder."""
    (summary,) = root.glob("*/summary.json")
    return summary.parent


def test_run_prints_the_figures_and_keeps_progress_apart(vitral: Vitral, tmp_path: Path) -> None:
    result = vitral("run", "digits-mlp", "--epochs", "2", "--set", "optimizer.learning_rate=0.01")
    run = folder_of(tmp_path / "runs")
    assert result.code == 0
    assert "Test accuracy" in result.out
    assert f"runs/{run.name}/report.html" in result.out
    assert "Epoch 2/2" in result.err
    assert "Epoch" not in result.out
    assert "\x1b" not in result.out + result.err
    recipe = (run / "recipe.toml").read_text()
    assert "learning_rate = 0.01" in recipe
    assert "epochs = 2" in recipe
    assert (run / "report.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_run_in_spanish(vitral: Vitral, tmp_path: Path) -> None:
    result = vitral("run", "digits-mlp", "--epochs", "1", "--lang", "es")
    assert "Exactitud en prueba" in result.out
    assert re.search(r"\d\d,\d\d\s%", result.out)
    assert '<html lang="es"' in (folder_of(tmp_path / "runs") / "report.html").read_text("utf-8")


def test_same_seed_same_figures(vitral: Vitral, runs: Path) -> None:
    again = vitral("run", "digits-mlp", "--epochs", "3", "--seed", "1", "--out", "again", "--json")
    first = json.loads((folder_of(runs) / "summary.json").read_text())
    assert json.loads(again.out)["results"] == first["results"]


def test_recipe_of_the_user(vitral: Vitral, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SHIPPED.read_text("utf-8").replace('name = "digits-mlp"', 'name = "mine"'), "utf-8")
    assert vitral("run", str(path), "--epochs", "1", "--out", "elsewhere").code == 0
    assert folder_of(tmp_path / "elsewhere").name.endswith("-mine")


def test_list_shows_recipes_and_runs(vitral: Vitral, runs: Path) -> None:
    result = vitral("list")
    assert "cifar10-cnn-improved" in result.out
    assert folder_of(runs).name in result.out
    facts = json.loads(vitral("list", "--json").out)
    assert {recipe["label"] for recipe in facts["recipes"]} >= {"L1", "L2", "L3", "L4", "L5"}
    assert [run["name"] for run in facts["runs"]] == [folder_of(runs).name]


def test_show(vitral: Vitral, runs: Path) -> None:
    result = vitral("show", "last")
    assert (result.code, result.err) == (0, "")
    assert "4,810" in result.out  # (64 + 1) * 64 + (64 + 1) * 10
    assert "3 of 3" in result.out
    assert json.loads(vitral("show", "last", "--json").out)["parameters"] == 4810


def test_show_of_nothing(vitral: Vitral, runs: Path) -> None:
    result = vitral("show", "nothing-like-it")
    assert (result.code, result.out) == (2, "")
    assert result.err.count("\n") == 1


def test_report_again_without_the_data(vitral: Vitral, runs: Path) -> None:
    page = folder_of(runs) / "report.html"
    page.unlink()
    result = vitral("report", "last", "--lang", "es")
    assert result.code == 0
    assert Path(result.out.strip()).resolve() == page.resolve()
    assert '<html lang="es"' in page.read_text("utf-8")


def test_predict_names_class_probability_and_vector(vitral: Vitral, runs: Path, tmp_path: Path) -> None:
    Image.linear_gradient("L").resize((40, 60)).save(tmp_path / "a.png")
    Image.new("RGB", (8, 8), "white").save(tmp_path / "b.jpg")
    result = vitral("predict", "last", "a.png", "b.jpg")
    assert result.code == 0
    assert re.match(r"a\.png: \d, \d+\.\d\d%\n", result.out)
    assert result.out.count("%") == 22  # a line for the picture and ten for the classes, twice
    predictions = json.loads(vitral("predict", "last", "a.png", "b.jpg", "--json").out)
    assert [entry["path"] for entry in predictions] == ["a.png", "b.jpg"]
    for entry in predictions:
        assert len(entry["probabilities"]) == 10
        assert sum(entry["probabilities"]) == pytest.approx(1, abs=1e-5)
        assert entry["probability"] == max(entry["probabilities"])


@pytest.mark.parametrize("content", [b"", b"no picture", None])
def test_predict_refuses_what_is_no_picture(vitral: Vitral, runs: Path, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "x.png").write_bytes(content)
    result = vitral("predict", "last", "x.png")
    assert (result.code, result.out) == (2, "")
    assert "x.png" in result.err
    assert result.err.count("\n") == 1


def test_evaluate_finds_the_recorded_figures(vitral: Vitral, runs: Path) -> None:
    result = vitral("evaluate", "last")
    assert result.code == 0
    assert result.err == "The figures are the recorded ones.\n"


def test_evaluate_fails_where_figures_differ(vitral: Vitral, runs: Path) -> None:
    path = folder_of(runs) / "summary.json"
    summary = json.loads(path.read_text())
    summary["results"]["test_accuracy"] -= 0.05
    path.write_text(json.dumps(summary))
    result = vitral("evaluate", "last")
    assert result.code == 1
    assert "differ" in result.err


def test_explore(vitral: Vitral, tmp_path: Path) -> None:
    result = vitral("explore", "digits")
    assert result.code == 0
    assert "runs/explore-digits/report.html" in result.out
    assert (tmp_path / "runs" / "explore-digits" / "report.html").is_file()
    assert json.loads(vitral("explore", "digits", "--json").out)["image_shape"] == [8, 8, 1]


def test_study_gives_one_comparing_report(vitral: Vitral, runs: Path, tmp_path: Path) -> None:
    text = SHIPPED.read_text("utf-8").replace('name = "digits-mlp"', 'name = "two"')
    text += '\n[[variants]]\nname = "slow"\nset = { "optimizer.learning_rate" = 0.0001 }\n[[variants]]\nname = "fast"\n'
    (tmp_path / "two.toml").write_text(text, "utf-8")
    result = vitral("run", "two.toml", "--epochs", "1")
    assert result.code == 0
    assert re.search(r"slow .*finished", result.out)
    assert re.search(r"fast .*finished", result.out)
    (study,) = runs.glob("*-two")
    assert (study / "report.html").is_file()
    assert (study / "slow" / "report.html").is_file()
    assert json.loads(vitral("show", study.name, "--json").out)["status"] == "finished"


def test_demo_falls_back_to_digits(vitral: Vitral, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(name: str) -> None:
        raise DataError("MNIST could not be fetched, no source has it:\n  the mirror: no route to host\n  pip: no")

    monkeypatch.setattr(cache, "fetch", unreachable)
    monkeypatch.setattr(loading, "load_recipe", partial(loading.load_recipe, epochs=1))
    result = vitral("demo", "--json")
    assert result.code == 0
    first = "MNIST cannot be reached (the mirror: no route to host); using scikit-learn's digits instead."
    assert result.err.splitlines()[0] == first
    assert json.loads(result.out)["dataset"]["name"] == "digits"


def test_interrupt_saves_and_resume_gives_the_same_bits(vitral: Vitral, runs: Path, tmp_path: Path) -> None:
    options = ["--epochs", "25", "--set", "layers.0.units=256"]
    started = subprocess.Popen(
        [sys.executable, "-c", "from vitral.cli import main; main()", "run", "digits-mlp", *options, "--out", "cut"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "LANG": "C", "LC_ALL": "C.UTF-8"},
    )
    until = time.monotonic() + 60
    while not any(path.stat().st_size for path in (tmp_path / "cut").glob("*/metrics.jsonl")):
        assert time.monotonic() < until
        time.sleep(0.02)
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=60)
    assert (started.returncode, out) == (130, "")
    assert "Traceback" not in err
    cut = folder_of(tmp_path / "cut")
    assert f"vitral resume cut/{cut.name}" in err
    assert json.loads((cut / "summary.json").read_text())["status"] == "interrupted"
    shown = vitral("show", f"cut/{cut.name}")
    assert f"vitral resume cut/{cut.name}" in shown.out
    assert vitral("resume", f"cut/{cut.name}").code == 0
    assert vitral("run", "digits-mlp", *options, "--out", "whole").code == 0
    whole = folder_of(tmp_path / "whole")
    assert (cut / "predictions.npz").read_bytes() == (whole / "predictions.npz").read_bytes()
