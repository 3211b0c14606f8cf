"""Runs are found by name, and the index is only a copy of what the folders say."""

import shutil
import sqlite3
from pathlib import Path
from typing import Any, NoReturn

import pytest

from vitral.errors import RunError
from vitral.lab.folder import RunFolder
from vitral.lab.state import load_state
from vitral.lab.store import RunStore


@pytest.fixture
def root(finished: RunFolder, tmp_path: Path) -> Path:
    """Three runs of different days."""
    for name in ("20261101-100000-digits-mlp", "20261102-100000-digits-mlp", "20261103-100000-other"):
        shutil.copytree(finished.path, tmp_path / name)
    return tmp_path


def test_newest_run_comes_first(root: Path) -> None:
    entries = RunStore(root).list()
    assert [entry.name[:8] for entry in entries] == ["20261103", "20261102", "20261101"]
    assert entries[0].status == "finished"
    assert entries[0].test_accuracy == RunFolder(root / entries[0].name).summary().results.test_accuracy


def test_run_is_found_by_path_name_part_and_last(root: Path) -> None:
    store = RunStore(root)
    for run in (str(root / "20261103-100000-other"), "20261103-100000-other", "20261103", "other", "last"):
        assert store.find(run).name == "20261103-100000-other"


def test_ambiguous_and_unknown_runs_are_named(root: Path) -> None:
    with pytest.raises(RunError, match="digits: 2 runs fit: 20261102-100000-digits-mlp, 20261101"):
        RunStore(root).find("digits")
    with pytest.raises(RunError, match=r"nothing: no such run in .*; the newest is 20261103-100000-other"):
        RunStore(root).find("nothing")
    with pytest.raises(RunError, match="there are no runs in"):
        RunStore(root / "empty").find("last")


def test_index_follows_the_folders(root: Path) -> None:
    store = RunStore(root)
    assert len(store.list()) == 3
    shutil.rmtree(root / "20261103-100000-other")
    changed = RunFolder(root / "20261102-100000-digits-mlp")
    summary = changed.summary()
    summary.status = "interrupted"
    changed.write("summary.json", summary)
    assert [(entry.name[:8], entry.status) for entry in store.list()] == [
        ("20261102", "interrupted"),
        ("20261101", "finished"),
    ]


@pytest.mark.parametrize("content", [None, b"", b"this is no database" * 100])
def test_missing_or_damaged_index_is_made_anew(root: Path, content: bytes | None) -> None:
    RunStore(root).list()
    index = root / "index.sqlite"
    index.unlink()
    if content is not None:
        index.write_bytes(content)
    assert len(RunStore(root).list()) == 3
    assert index.is_file()


def test_a_damaged_index_is_closed_before_another_takes_its_place(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "index.sqlite").write_bytes(100 * b"no database")
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def noted(*arguments: Any, **options: Any) -> sqlite3.Connection:
        opened.append(connect(*arguments, **options))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", noted)
    assert len(RunStore(root).list()) == 3
    assert len(opened) == 2
    for index in opened:
        with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
            index.execute("SELECT 1")


def test_one_damaged_run_does_not_hide_the_others(root: Path) -> None:
    (root / "20261102-100000-digits-mlp" / "summary.json").write_text("{")
    assert len(RunStore(root).list()) == 2
    with pytest.raises(RunError, match=r"summary\.json: not what this version of Vitral writes"):
        RunFolder(root / "20261102-100000-digits-mlp").summary()


def test_a_folder_that_is_no_run_is_named(root: Path) -> None:
    (root / "20261101-100000-digits-mlp" / "recipe.toml").unlink()
    with pytest.raises(RunError, match=r"digits-mlp: not a run folder: recipe\.toml is missing"):
        RunStore(root).find(str(root / "20261101-100000-digits-mlp"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off"])
@pytest.mark.parametrize("name", ["samples.npz", "checkpoint.npz"])
def test_damaged_arrays_are_named(root: Path, name: str, content: bytes) -> None:
    folder = RunFolder(root / "20261103-100000-other")
    folder.file(name).write_bytes(content)
    with pytest.raises(RunError, match=rf"{name}: not a "):
        folder.arrays(name) if name == "samples.npz" else load_state(folder.file(name))


def test_runs_are_listed_where_nothing_can_be_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(self: RunStore) -> NoReturn:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(RunStore, "_index", read_only)
    assert len(RunStore(root).list()) == 3
