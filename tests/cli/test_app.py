"""The frame: help, version, exit codes, one-line errors, pipes."""

import importlib
import json
import subprocess
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, NoReturn

import click
import pytest

from vitral.cli.app import _COMMANDS, cli
from vitral.cli.language import default_language
from vitral.cli.texts import _TEXTS, say
from vitral.errors import DataError, ModelWarning

Vitral = Callable[..., Any]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Make `vitral info` raise something."""

    def replace(error: BaseException) -> None:
        @click.command()
        def info() -> NoReturn:
            raise error

        monkeypatch.setattr(importlib.import_module("vitral.cli.info"), "info", info)

    return replace


def test_python_runs_the_package_as_the_command() -> None:
    result = subprocess.run([sys.executable, "-m", "vitral", "--version"], capture_output=True, text=True, check=True)
    assert result.stdout == f"vitral {version('vitral')}\n"


def test_every_command_is_described_in_the_help(vitral: Vitral) -> None:
    result = vitral("--help")
    assert result.code == 0
    assert [name for name in _COMMANDS if f"  {name} " not in result.out] == []


@pytest.mark.parametrize("name", _COMMANDS)
def test_every_command_has_help(vitral: Vitral, name: str) -> None:
    result = vitral(name, "--help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Usage: vitral {name} ")


def test_version(vitral: Vitral) -> None:
    assert vitral("--version") == (0, f"vitral {version('vitral')}\n", "")


def test_unknown_command_is_wrong_use_with_a_suggestion(vitral: Vitral) -> None:
    assert vitral("lits") == (2, "", "vitral: there is no command 'lits'. Did you mean 'list'?\n")


def test_unknown_option_is_wrong_use_with_a_suggestion(vitral: Vitral) -> None:
    result = vitral("list", "--jsn")
    assert (result.code, result.out) == (2, "")
    assert "--json" in result.err
    assert result.err.count("\n") == 1


def test_unknown_recipe_gets_a_suggestion(vitral: Vitral) -> None:
    result = vitral("run", "cifar10-cn")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("vitral: unknown recipe 'cifar10-cn'; did you mean 'cifar10-cnn'?")


def test_unknown_key_gets_a_suggestion(vitral: Vitral) -> None:
    result = vitral("run", "digits-mlp", "--set", "training.epoch=3")
    assert (result.code, result.out) == (2, "")
    assert "did you mean 'epochs'?" in result.err
    assert result.err.count("\n") == 1


def test_bad_input_is_one_line(vitral: Vitral, failing: Callable[[BaseException], None]) -> None:
    failing(DataError("a.csv, row 3: 783 pixels; expected 784"))
    assert vitral("info") == (2, "", "vitral: a.csv, row 3: 783 pixels; expected 784\n")


@pytest.mark.parametrize(
    ("error", "code"),
    [(FileNotFoundError(2, "No such file", "x.png"), 2), (OSError(28, "No space left on device"), 1)],
)
def test_system_errors(vitral: Vitral, failing: Callable[[BaseException], None], error: OSError, code: int) -> None:
    failing(error)
    result = vitral("info")
    assert result.code == code
    assert result.err.startswith("vitral: ")
    assert result.err.count("\n") == 1


def test_interrupt_is_130(vitral: Vitral, failing: Callable[[BaseException], None]) -> None:
    failing(KeyboardInterrupt())
    result = vitral("info")
    assert (result.code, result.out) == (130, "")
    assert result.err.strip() == "vitral: interrupted"


def test_warnings_are_one_line(vitral: Vitral, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def info() -> None:
        warnings.warn("20 outputs for 10 classes", ModelWarning, stacklevel=1)

    monkeypatch.setattr(importlib.import_module("vitral.cli.info"), "info", info)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        assert vitral("info").err == "vitral: warning: 20 outputs for 10 classes\n"


def test_closed_pipe_is_silent() -> None:
    program = f"{sys.executable} -c 'from vitral.cli import main; main()' list | head -n 1"
    result = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True)
    assert result.stderr == ""
    assert result.stdout.count("\n") == 1


def test_info_as_json(vitral: Vitral) -> None:
    facts = json.loads(vitral("info", "--json").out)
    assert facts["vitral"] == version("vitral")
    assert sum(map(len, facts["operations"].values())) > 20
    assert set(facts["extras"]) == {"scikit-learn", "matplotlib", "jinja2", "pillow", "h5py", "tomli-w"}


def test_no_color_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    colors = {}
    for value in ("", "1"):
        monkeypatch.setenv("NO_COLOR", value)
        monkeypatch.setenv("TERM", "xterm")
        context = click.Context(cli)
        with context:
            context.invoke(cli.callback)  # type: ignore[arg-type]
        colors[value] = context.color
    assert colors == {"": None, "1": False}


def test_language_follows_the_locale_in_posix_order() -> None:
    assert default_language({"LC_ALL": "es_AR.UTF-8", "LANG": "en_US"}) == "es"
    assert default_language({"LC_ALL": "", "LANG": "es"}) == "es"
    assert default_language({"LANG": "est_EE"}) == "en"
    assert default_language({}) == "en"


def test_both_languages_use_the_same_values() -> None:
    import string

    def names(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert [key for key, (english, spanish) in _TEXTS.items() if names(english) != names(spanish)] == []
    assert say("continue", "es") != say("continue", "en")
