"""The cache of data sets, by name: fetch, verify, status."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeAlias

from vitral.datasets.base import Dataset
from vitral.datasets.catalog import get, names
from vitral.datasets.store import bad_files, cache_dir, ensure, folder_of, missing_files
from vitral.errors import DataError

__all__ = ["Status", "cache_dir", "fetch", "status", "verify"]


State: TypeAlias = Literal["cached", "incomplete", "not fetched", "installed", "not installed"]


@dataclass(frozen=True)
class Status:
    """What the cache holds of a data set; `path` is None for one that comes with a package."""

    dataset: Dataset
    state: State
    path: Path | None
    bytes: int


def fetch(name: str, progress: bool = True) -> Path | None:
    """Bring a data set into the cache, or repair it there, and give its folder.

    What the cache holds is read and checked first. None for a data set that comes with a package.
    Raises DataError if it is unknown or no source can be reached.
    """
    dataset = get(name)
    if not dataset.files:
        dataset.load_data()
        return None
    return ensure(dataset, progress=progress, check_content=True)


def verify(name: str) -> list[str]:
    """Check every byte of a data set in the cache against its digest, and give the names of its files.

    Raises DataError if the data set is unknown, not in the cache or damaged.
    """
    dataset = get(name)
    if not dataset.files:
        dataset.load_data()
        return []
    if bad := bad_files(dataset):
        absent = [file.name for file in bad if not (folder_of(dataset) / file.name).exists()]
        damaged = [file.name for file in bad if file.name not in absent]
        problems = [f"damaged: {', '.join(damaged)}"] * bool(damaged)
        problems += [f"not in the cache: {', '.join(absent)}"] * bool(absent)
        raise DataError(f"{dataset.title}: {'; '.join(problems)}; run `vitral data fetch {dataset.name}`")
    return [file.name for file in dataset.files]


def status() -> list[Status]:
    """The state of every data set, by the sizes of its files."""
    return [_status(get(name)) for name in names()]


def _status(dataset: Dataset) -> Status:
    if not dataset.files:
        return Status(dataset, "installed" if find_spec("sklearn") else "not installed", None, 0)
    missing = missing_files(dataset)
    held = sum(file.size for file in dataset.files if file not in missing)
    lacking: State = "incomplete" if held else "not fetched"
    return Status(dataset, lacking if missing else "cached", folder_of(dataset), held)
