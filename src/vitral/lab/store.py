"""The runs under one folder, with an SQLite index beside them.

The index only saves reading every summary again: it is brought up to date with the folders whenever it is read, and
made anew if it is missing or damaged. The folders are the truth.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from vitral.errors import RunError, VitralError
from vitral.lab.folder import RunFolder

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    name TEXT PRIMARY KEY, modified INTEGER NOT NULL, recipe TEXT NOT NULL, variant TEXT, label TEXT, kind TEXT,
    status TEXT NOT NULL, is_study INTEGER NOT NULL, title_en TEXT NOT NULL, title_es TEXT NOT NULL,
    epochs_done INTEGER, epochs_planned INTEGER, test_accuracy REAL, test_loss REAL, seconds_total REAL
)
"""
_FILE = "index.sqlite"


class RunEntry(msgspec.Struct):
    """One run as `vitral list` shows it; for a study, the figures are those of its best variant."""

    name: str
    modified: int
    recipe: str
    variant: str | None
    label: str | None
    kind: str | None
    status: str
    is_study: bool
    title_en: str
    title_es: str
    epochs_done: int | None
    epochs_planned: int | None
    test_accuracy: float | None
    test_loss: float | None
    seconds_total: float | None


def default_root(out: Path | None = None) -> Path:
    """Where runs are kept: `out`, else the environment's VITRAL_RUNS, else ./runs."""
    return out or Path(os.environ.get("VITRAL_RUNS") or "runs")


def _connect(place: Path | str) -> sqlite3.Connection:
    """The index at a path, or ":memory:"; raises an error of SQLite, with nothing open, if its columns are others."""
    index = sqlite3.connect(place, timeout=10)
    try:
        index.execute(_SCHEMA)
        index.execute(f"SELECT {', '.join(RunEntry.__struct_fields__)} FROM runs LIMIT 1").fetchall()
    except sqlite3.Error:
        index.close()
        raise
    return index


class RunStore:
    """The runs in a folder; reading it never fails because of one damaged run."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def list(self) -> list[RunEntry]:
        """All runs and studies, newest first."""
        if not self.root.is_dir():
            return []
        try:
            with self._index() as index:
                rows = self._entries(index)
        except sqlite3.OperationalError:
            # Read-only, full or locked for long: this time the index lives in memory.
            with contextlib.closing(_connect(":memory:")) as index:
                rows = self._entries(index)
        return [
            msgspec.convert(dict(zip(RunEntry.__struct_fields__, row, strict=True)), RunEntry, strict=False)
            for row in rows
        ]

    def find(self, run: str) -> RunFolder:
        """A run by path, by name, by a part of the name that fits one run only, or "last".

        A study's run is found as STUDY/VARIANT. Raises RunError that names the runs in question.
        """
        path = Path(run)
        if (path / "recipe.toml").is_file():
            return RunFolder(path)
        if (self.root / run / "recipe.toml").is_file():
            return RunFolder(self.root / run)
        for folder in (path, self.root / run):
            if run != "last" and folder.is_dir() and folder.resolve() != self.root.resolve():
                raise RunError(f"{folder}: not a run folder: recipe.toml is missing")
        entries = self.list()
        if not entries:
            raise RunError(f"{run}: there are no runs in {self.root} yet; start one with vitral run RECIPE")
        if run == "last":
            return RunFolder(self.root / entries[0].name)
        study, slash, variant = run.partition("/")
        if slash:
            return self._variant(self.find(study), variant)
        names = [entry.name for entry in entries]
        found = [name for name in names if name.startswith(run)] or [name for name in names if run in name]
        if len(found) == 1:
            return RunFolder(self.root / found[0])
        if found:
            raise RunError(f"{run}: {len(found)} runs fit: {', '.join(found[:5])}; give more of the name, or its path")
        raise RunError(f"{run}: no such run in {self.root}; the newest is {names[0]}")

    def _variant(self, study: RunFolder, name: str) -> RunFolder:
        found = [path.parent for path in study.path.glob("*/recipe.toml") if name in path.parent.name]
        exact = [path for path in found if path.name == name]
        if len(exact or found) != 1:
            raise RunError(f"{study.name}: {len(found)} runs fit {name!r}; expected one")
        return RunFolder((exact or found)[0])

    @contextlib.contextmanager
    def _index(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(self._connection()) as index, index:
            yield index

    def _connection(self) -> sqlite3.Connection:
        path = self.root / _FILE
        try:
            return _connect(path)
        except sqlite3.DatabaseError as error:
            # A folder where nothing can be written (a CD, a share): the index lives in memory then.
            if isinstance(error, sqlite3.OperationalError) and not os.access(self.root, os.W_OK):
                return _connect(":memory:")
        path.unlink(missing_ok=True)
        return _connect(path)

    def _entries(self, index: sqlite3.Connection) -> Sequence[tuple[Any, ...]]:
        self._refresh(index)
        columns = ", ".join(RunEntry.__struct_fields__)
        return index.execute(f"SELECT {columns} FROM runs ORDER BY name DESC").fetchall()

    def _refresh(self, index: sqlite3.Connection) -> None:
        known = dict(index.execute("SELECT name, modified FROM runs").fetchall())
        present: set[str] = set()
        for entry in os.scandir(self.root):
            modified = _modified(Path(entry.path))
            if modified is None:
                continue
            if known.get(entry.name) == modified:
                present.add(entry.name)
            elif (row := _entry(Path(entry.path), modified)) is not None:
                present.add(entry.name)
                marks = ", ".join("?" * len(RunEntry.__struct_fields__))
                index.execute(f"INSERT OR REPLACE INTO runs VALUES ({marks})", msgspec.structs.astuple(row))
        index.executemany("DELETE FROM runs WHERE name = ?", [(name,) for name in known.keys() - present])


def _modified(folder: Path) -> int | None:
    """When the run's record was last written, in nanoseconds; None if this is no run."""
    for name in ("study.json", "summary.json"):
        with contextlib.suppress(OSError):
            return (folder / name).stat().st_mtime_ns
    return None


def _entry(path: Path, modified: int) -> RunEntry | None:
    """What the index keeps of a run; None if its record cannot be read."""
    folder = RunFolder(path)
    try:
        return _study_entry(folder, modified) if folder.is_study else _run_entry(folder, modified)
    except VitralError:
        return None


def _run_entry(folder: RunFolder, modified: int) -> RunEntry:
    run = folder.summary()
    return RunEntry(
        name=folder.name,
        modified=modified,
        recipe=run.recipe,
        variant=run.variant,
        label=run.label,
        kind=run.kind,
        status=run.status,
        is_study=False,
        title_en=run.title.en,
        title_es=run.title.es,
        epochs_done=run.epochs_done,
        epochs_planned=run.epochs_planned,
        test_accuracy=run.results.test_accuracy,
        test_loss=run.results.test_loss,
        seconds_total=run.seconds_total,
    )


def _study_entry(folder: RunFolder, modified: int) -> RunEntry:
    study = folder.study()
    best = max(study.variants, key=lambda variant: variant.results.test_accuracy or -1.0)
    return RunEntry(
        name=folder.name,
        modified=modified,
        recipe=study.recipe,
        variant=None,
        label=study.label,
        kind=study.kind,
        status=study.status,
        is_study=True,
        title_en=study.title.en,
        title_es=study.title.es,
        epochs_done=sum(variant.epochs_done for variant in study.variants),
        epochs_planned=None,
        test_accuracy=best.results.test_accuracy,
        test_loss=best.results.test_loss,
        seconds_total=sum(variant.seconds_training for variant in study.variants),
    )
