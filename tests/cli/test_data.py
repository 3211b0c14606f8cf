"""`vitral data list | fetch | verify`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from vitral.cli.data import data
from vitral.datasets import get
from vitral.errors import DataError


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VITRAL_CACHE", str(tmp_path))
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(data, args, catch_exceptions=True)


def test_list_names_every_set_and_its_state() -> None:
    result = run("list")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines[2:]] == ["mnist", "fashion_mnist", "cifar10", "digits"]
    assert "  mnist           60,000  10,000  28x28    not fetched" in lines
    assert "  digits           1,437     360  8x8      installed" in lines


def test_list_as_json(empty_cache: Path) -> None:
    rows = json.loads(run("list", "--json").stdout)
    assert [row["name"] for row in rows] == ["mnist", "fashion_mnist", "cifar10", "digits"]
    assert rows[2]["input_shape"] == [32, 32, 3]
    assert rows[2]["path"] == str(empty_cache / "datasets" / "cifar10")
    assert (rows[2]["state"], rows[2]["bytes"], rows[3]["path"]) == ("not fetched", 0, None)


def test_fetch_prints_the_folder(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vitral.datasets.cache.ensure", lambda *_, **__: empty_cache / "datasets" / "mnist")
    assert run("fetch", "mnist").stdout == f"{empty_cache}/datasets/mnist\n"
    assert json.loads(run("fetch", "mnist", "--json").stdout) == {
        "name": "mnist",
        "path": f"{empty_cache}/datasets/mnist",
    }


def test_sets_that_are_installed_need_nothing() -> None:
    assert run("fetch", "digits").stdout == "Digits (scikit-learn): installed already, nothing to fetch\n"
    assert run("verify", "digits").stdout == ("Digits (scikit-learn): installed with scikit-learn, nothing to verify\n")


def test_verify_lists_what_it_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vitral.datasets.cache.bad_files", lambda _: [])
    names = [file.name for file in get("mnist").files]
    assert run("verify", "mnist").stdout.splitlines() == [f"{name}: digest matches" for name in names]
    assert json.loads(run("verify", "mnist", "--json").stdout) == {"name": "mnist", "verified": names}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("verify", "mnist"), "run `vitral data fetch mnist`"),
        (("fetch", "mnits"), "did you mean 'mnist'?"),
    ],
)
def test_errors_are_left_to_the_command_line(args: tuple[str, ...], message: str) -> None:
    result = run(*args)
    assert isinstance(result.exception, DataError)
    assert message in str(result.exception)
    assert result.stdout == ""
