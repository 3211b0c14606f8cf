"""The run folder: which files it holds, and reading and writing them whole or not at all."""

import math
import zipfile
import zlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from vitral._files import atomic_path, atomic_write
from vitral.errors import RunError
from vitral.lab.loading import load_recipe
from vitral.lab.recipe import Recipe
from vitral.lab.record import Environment, EpochRecord, Measurement, RunSummary, StudyRecord
from vitral.lab.record_comparison import ComparisonRecord
from vitral.lab.toml import recipe_to_toml
from vitral.typing import Array

Record = TypeVar("Record", bound=msgspec.Struct)


class RunFolder:
    """One run's files. Reading raises RunError, in one line, where a file is missing or is not what it should be."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, root: Path, recipe: Recipe, *, name: str | None = None) -> "RunFolder":
        """A new folder `<YYYYMMDD-HHMMSS>-<recipe>[-variant]` in `root`, with the resolved recipe in it."""
        parts = [datetime.now().strftime("%Y%m%d-%H%M%S"), recipe.name, recipe.variant]
        stem = name or "-".join(part for part in parts if part)
        text = recipe_to_toml(recipe)
        for number in range(1, 1000):
            path = root / (stem if number == 1 else f"{stem}-{number}")
            try:
                path.mkdir(parents=True)
            except FileExistsError:
                continue
            atomic_write(path / "recipe.toml", text)
            return cls(path)
        raise RunError(f"{root / stem}: a thousand runs of that name exist already")

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.path.name

    @property
    def is_study(self) -> bool:
        """Whether this is a study, whose runs are folders inside."""
        return (self.path / "study.json").is_file()

    def file(self, name: str) -> Path:
        """Path of one file of the run."""
        return self.path / name

    def recipe(self) -> Recipe:
        """The resolved recipe."""
        if not (self.path / "recipe.toml").is_file():
            raise RunError(f"{self.path}: not a run folder: recipe.toml is missing")
        return load_recipe(self.path / "recipe.toml")

    def summary(self) -> RunSummary:
        """summary.json."""
        return self._read("summary.json", RunSummary)

    def environment(self) -> Environment:
        """environment.json."""
        return self._read("environment.json", Environment)

    def study(self) -> StudyRecord:
        """study.json."""
        return self._read("study.json", StudyRecord)

    def comparison(self) -> ComparisonRecord:
        """comparison.json."""
        return self._read("comparison.json", ComparisonRecord)

    def metrics(self) -> list[EpochRecord]:
        """The lines of metrics.jsonl; empty if there are none yet."""
        return self._read_lines("metrics.jsonl", EpochRecord)

    def measurements(self) -> list[Measurement]:
        """The lines of measurements.jsonl; empty if the recipe asked for none."""
        return self._read_lines("measurements.jsonl", Measurement)

    def arrays(self, name: str) -> dict[str, Array]:
        """The arrays of an npz file of the run."""
        path = self.path / name
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
                return {key: stored[key] for key in stored.files}
        except FileNotFoundError as error:
            raise RunError(f"{self.path}: {name} is missing; has the run finished?") from error
        except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise RunError(f"{path}: not a file of arrays: {error}") from error

    def write(self, name: str, record: msgspec.Struct) -> None:
        """Write a record as indented JSON, in one step."""
        atomic_write(self.path / name, msgspec.json.format(msgspec.json.encode(record), indent=2))

    def write_arrays(self, name: str, arrays: dict[str, Array]) -> None:
        """Write arrays as a compressed npz file, in one step."""
        with atomic_path(self.path / name) as temporary, temporary.open("wb") as stream:
            np.savez_compressed(stream, allow_pickle=False, **arrays)

    def write_lines(self, name: str, records: Iterable[msgspec.Struct]) -> None:
        """Replace a .jsonl file by these records, in one step."""
        atomic_write(self.path / name, b"".join(msgspec.json.encode(record) + b"\n" for record in records))

    def _read(self, name: str, kind: type[Record]) -> Record:
        path = self.path / name
        try:
            return msgspec.json.decode(path.read_bytes(), type=kind)
        except FileNotFoundError as error:
            raise RunError(f"{self.path}: {name} is missing, so this is no complete run") from error
        except msgspec.MsgspecError as error:
            raise RunError(f"{path}: not what this version of Vitral writes: {error}") from error

    def _read_lines(self, name: str, kind: type[Record]) -> list[Record]:
        path = self.path / name
        if not path.is_file():
            return []
        # A line without its end was being written when the process was killed.
        *whole, _ = path.read_bytes().split(b"\n")
        try:
            return [msgspec.json.decode(line, type=kind) for line in whole]
        except msgspec.MsgspecError as error:
            raise RunError(f"{path}: not what this version of Vitral writes: {error}") from error


def finite(value: Any) -> float | None:
    """A number as a plain float, or None where it is missing or not finite (JSON has no NaN)."""
    return None if value is None or not math.isfinite(value) else float(value)
