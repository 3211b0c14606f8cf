"""The cache of checked data files: <cache>/datasets/<name>/<file>, uncompressed."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from vitral._files import atomic_write
from vitral.datasets.base import AbsentError, DataFile, Dataset, Desk, Source
from vitral.datasets.lock import locked
from vitral.datasets.progress import Progress
from vitral.errors import DataError


def cache_dir() -> Path:
    """Vitral's cache: $VITRAL_CACHE, or the user's cache folder on this platform."""
    if chosen := os.environ.get("VITRAL_CACHE"):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "vitral" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "vitral"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vitral"


def folder_of(dataset: Dataset) -> Path:
    """Where the files of a data set lie, or would lie."""
    return cache_dir() / "datasets" / dataset.name


def missing_files(dataset: Dataset) -> list[DataFile]:
    """The files that are not in the cache with their full size; quick, for every load."""
    folder = folder_of(dataset)
    return [file for file in dataset.files if _size(folder / file.name) != file.size]


def bad_files(dataset: Dataset) -> list[DataFile]:
    """The files that are missing or whose content has another digest; reads every byte."""
    folder = folder_of(dataset)
    missing = missing_files(dataset)
    return [file for file in dataset.files if file in missing or _md5(folder / file.name) != file.md5]


def ensure(dataset: Dataset, *, progress: bool = True, check_content: bool = False) -> Path:
    """The data set's folder in the cache, after fetching what it lacks.

    `check_content` reads every cached byte first, and fetches again what is damaged. Any number of processes
    may call this at once: one fetches, the others wait. Raises DataError, with the reason of every source,
    if none of them works.
    """
    find = bad_files if check_content else missing_files
    folder = folder_of(dataset)
    if not find(dataset):
        return folder
    voice = Progress(progress)
    try:
        with locked(
            cache_dir() / "locks" / f"{dataset.name}.lock",
            on_wait=lambda: voice.note(f"waiting for another process that is fetching {dataset.title}"),
        ):
            wanted = find(dataset)
            if wanted:
                _fetch(dataset, wanted, voice)
    except OSError as error:
        raise DataError(f"the cache {cache_dir()} cannot be used: {error}") from error
    return folder


def _fetch(dataset: Dataset, files: list[DataFile], voice: Progress) -> None:
    desk = Desk(cache_dir() / "partial" / dataset.name, voice)
    desk.folder.mkdir(parents=True, exist_ok=True)
    # A process that was killed here has left its working folder; its .part files are of use, that is not.
    for left in desk.folder.iterdir():
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
    wanted = {file.name: file for file in files}
    absent: list[str] = []
    failed: list[str] = []
    for source in dataset.sources():
        try:
            _take(source, dataset, wanted, desk)
        except AbsentError as error:
            absent.append(f"{source.name}: {error}")
        except DataError as error:
            failed.append(f"{source.name}: {error}")
        if not wanted:
            return
    reasons = "".join(f"\n  {reason}" for reason in [*failed, *absent])
    raise DataError(f"{dataset.title} could not be fetched, no source has it:{reasons}")


def _take(source: Source, dataset: Dataset, wanted: dict[str, DataFile], desk: Desk) -> None:
    """Move what the source gives into the cache and out of `wanted`; what came before an error stays."""
    for name, content in source.read(list(wanted.values()), desk):
        wanted[name].check(content, source.name)
        atomic_write(folder_of(dataset) / name, content)
        del wanted[name]
        desk.progress.note(f"{dataset.title}: {name} from {source.name}, digest matches")


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _md5(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
