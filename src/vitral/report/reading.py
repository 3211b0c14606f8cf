"""Run folders and study folders, read whole; what an unfinished run has not written yet is simply absent."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from vitral.errors import RunError
from vitral.lab.folder import RunFolder
from vitral.lab.record import Environment, EpochRecord, Measurement, RunSummary, StudyRecord
from vitral.lab.record_exploration import Exploration
from vitral.typing import Array


@dataclass(frozen=True)
class Run:
    """One run folder; `samples` holds the arrays of samples.npz, `recipe` the text of recipe.toml."""

    folder: Path
    summary: RunSummary
    environment: Environment | None
    epochs: list[EpochRecord]
    measurements: list[Measurement]
    samples: dict[str, Array]
    recipe: str

    def class_name(self, label: int, lang: str, unnamed: str) -> str:
        """The name of a class; for an output without one, `unnamed` with its number filled in."""
        names = self.summary.dataset.class_names.names(lang)
        return names[label] if label < len(names) else unnamed.format(n=label)


@dataclass(frozen=True)
class Study:
    """A study folder and the runs of its variants, None where a variant has not begun."""

    folder: Path
    record: StudyRecord
    runs: list[Run | None]
    environment: Environment | None
    recipe: str


def read_run(path: Path) -> Run:
    """Read a run folder; RunError where it has no summary.json or a file is not what it should be."""
    folder = RunFolder(path)
    return Run(
        path,
        folder.summary(),
        environment_of(folder),
        folder.metrics(),
        folder.measurements(),
        folder.arrays("samples.npz") if folder.file("samples.npz").is_file() else {},
        recipe_of(folder),
    )


def read_study(path: Path) -> Study:
    """Read a study folder with all its runs."""
    folder = RunFolder(path)
    record = folder.study()
    runs = [
        read_run(path / variant.run) if variant.run and (path / variant.run / "summary.json").is_file() else None
        for variant in record.variants
    ]
    # All runs of a study are of one command on one machine; the first that began tells which.
    of_runs = (run.environment for run in runs if run and run.environment)
    return Study(path, record, runs, environment_of(folder) or next(of_runs, None), recipe_of(folder))


def environment_of(folder: RunFolder) -> Environment | None:
    """environment.json, or None where there is none."""
    return folder.environment() if folder.file("environment.json").is_file() else None


def recipe_of(folder: RunFolder) -> str:
    """The text of recipe.toml, empty where there is none."""
    path = folder.file("recipe.toml")
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def read_exploration(path: Path) -> tuple[Exploration, dict[str, Array]]:
    """exploration.json and the arrays beside it."""
    file = path / "exploration.json"
    try:
        record = msgspec.json.decode(file.read_bytes(), type=Exploration)
    except FileNotFoundError as error:
        raise RunError(f"{path}: exploration.json is missing, so this is no exploration") from error
    except msgspec.MsgspecError as error:
        raise RunError(f"{file}: not what this version of Vitral writes: {error}") from error
    return record, RunFolder(path).arrays("exploration.npz")
