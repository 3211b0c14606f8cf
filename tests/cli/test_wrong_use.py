"""What a user can get wrong, and what the commands say then."""

import importlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click
import pytest

Vitral = Callable[..., Any]


@pytest.mark.parametrize("arguments", [[], ["data"]])
def test_no_command_shows_the_whole_help(vitral: Vitral, arguments: list[str]) -> None:
    result = vitral(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Usage: vitral")
    assert "\n  list" in result.err


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (MemoryError("Unable to allocate 6 TiB"), "vitral: out of memory: Unable to allocate 6 TiB\n"),
        (ZeroDivisionError("by\nzero"), "vitral: ZeroDivisionError: by zero; VITRAL_TRACEBACK=1 shows where"),
    ],
)
def test_what_nobody_foresaw_is_one_line(
    vitral: Vitral, monkeypatch: pytest.MonkeyPatch, error: Exception, text: str
) -> None:
    @click.command()
    def info() -> NoReturn:
        raise error

    monkeypatch.delenv("VITRAL_TRACEBACK", raising=False)
    monkeypatch.setattr(importlib.import_module("vitral.cli.info"), "info", info)
    result = vitral("info")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(text)
    assert result.err.count("\n") == 1
    if not isinstance(error, MemoryError):
        monkeypatch.setenv("VITRAL_TRACEBACK", "1")
        with pytest.raises(ZeroDivisionError):
            importlib.import_module("vitral.cli.app")._exit_code(["info"])


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["explore", "digits", "--label", "3"], "digits is a built-in data set: --test and --label are for files"),
        (["explore", "digits", "--test", "x.csv"], "digits is a built-in data set: --test and --label are for files"),
        (["explore", "nope.csv"], "nope.csv: no such file or folder, and unknown data set"),
        (["run", "."], ".: a folder; expected the name of a recipe or a .toml file"),
        (["run", "digit-mlp"], "unknown recipe 'digit-mlp'; did you mean 'digits-mlp'? `vitral list` shows all; a"),
        (["run", "digits-mlp", "--set", 'name="../up"'], "name = '../up'; expected letters, digits"),
        (["run", "digits-mlp", "--set", "layers=3"], "digits-mlp: layers: expected a list, got a whole number"),
        (["run", "digits-mlp", "--set", "optimizer=Adam"], "digits-mlp: optimizer: expected a table, got a text"),
        (["run", "digits-mlp", "--set", "training.batch_size=ful"], "expected a whole number or 'full'"),
        (["run", "digits-mlp", "--set", "training.class_weight={77=2.0}"], "has the key 77; expected class numbers 0"),
    ],
)
def test_wrong_use_is_one_line(vitral: Vitral, tmp_path: Path, arguments: list[str], text: str) -> None:
    result = vitral(*arguments)
    assert (result.code, result.out) == (2, "")
    assert text in result.err
    assert result.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_resuming_a_finished_run_says_so_and_a_diverged_one_is_marked(vitral: Vitral, tmp_path: Path) -> None:
    run = vitral("run", "digits-mlp", "--epochs", "1", "--set", "optimizer.learning_rate=1e30")
    assert run.code == 0
    assert "from epoch 1 on the loss is no finite number" in run.out
    result = vitral("resume", "last", "--lang", "es")
    assert (result.code, result.err) == (0, "Este experimento ya terminó; no se entrena nada.\n")
    (folder,) = (tmp_path / "runs").glob("*-digits-mlp")
    shutil.rmtree(folder)
