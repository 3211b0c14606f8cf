"""Unpacking an archive that may have been made by anyone."""

import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Literal, TypeAlias

from vitral.datasets.sources.unpack import sound
from vitral.errors import ConfigError, DataError

Format: TypeAlias = Literal["auto", "tar", "zip"]

Member: TypeAlias = tuple[str, int, IO[bytes] | None]
"""A name, a size, and the content; None for a folder."""


def extract_archive(path: Path, folder: Path, archive_format: Format | Sequence[Format] | None = "auto") -> None:
    """Put the files of a tar or zip archive below `folder`, in place of what is there; all of them or none.

    `archive_format` says which of the two it may be. Raises ConfigError for an unknown format; DataError for another
    kind of file, a damaged archive, a link or device in it, a name that leads out of the folder, or more content than
    the disk has room for.
    """
    wanted = _formats(archive_format)
    with sound(path):
        kind = next((kind for kind in wanted if _IS_OF[kind](path)), None)
    if kind is None:
        raise DataError(f"{path} cannot be extracted; expected an archive: {' or '.join(wanted) or 'no format given'}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with sound(path), tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as temporary:
        _check(path, kind, free=shutil.disk_usage(folder.parent).free)
        target = Path(temporary) / "content"
        target.mkdir()
        with _opened(path, kind) as members:
            for name, _, content in members:
                place = target / _safe(name, path)
                if content is None:
                    place.mkdir(parents=True, exist_ok=True)
                    continue
                place.parent.mkdir(parents=True, exist_ok=True)
                with place.open("wb") as file:
                    shutil.copyfileobj(content, file)
        if folder.is_dir():
            shutil.rmtree(folder)
        target.rename(folder)


def _formats(archive_format: Format | Sequence[Format] | None) -> list[str]:
    given = [archive_format] if isinstance(archive_format, str) else list(archive_format or ())
    kinds = [kind for each in given for kind in (("tar", "zip") if each == "auto" else (each,))]
    for kind in kinds:
        if kind not in _IS_OF:
            raise ConfigError(f"archive_format is {archive_format!r}; expected 'auto', 'tar', 'zip' or None")
    return kinds


def _check(path: Path, kind: str, free: int) -> None:
    """Look at all members before the first is written."""
    total = 0
    with _opened(path, kind) as members:
        for name, size, _ in members:
            _safe(name, path)
            total += size
            if total > free:
                raise DataError(f"{path.name} holds more than the {free:,} bytes that are free on the disk")


def _safe(name: str, path: Path) -> PurePosixPath:
    """The member's name as a way down from the folder, on any system."""
    for parts in (PurePosixPath(name), PureWindowsPath(name)):
        if parts.anchor or ".." in parts.parts:
            raise DataError(f"{path.name} holds {name!r}, which leads out of the folder; nothing is extracted")
    return PurePosixPath(name)


@contextmanager
def _opened(path: Path, kind: str) -> Iterator[Iterator[Member]]:
    if kind == "zip":
        # Closed at once, or a member that is damaged would stay open as long as somebody holds the error.
        with zipfile.ZipFile(path) as zipped, closing(_zip_members(zipped, path)) as members:
            yield members
    else:
        with tarfile.open(path) as archive:
            yield _tar_members(archive, path)


def _zip_members(archive: zipfile.ZipFile, path: Path) -> Generator[Member, None, None]:
    for member in archive.infolist():
        if member.is_dir():
            yield member.filename, 0, None
            continue
        # The upper half holds the file's mode in archives made on Unix: a link is a file whose content is a path.
        if (member.external_attr >> 28) == 0o12:
            raise DataError(f"{path.name} holds the link {member.filename!r}; nothing is extracted")
        with archive.open(member) as content:
            yield member.filename, member.file_size, content


def _tar_members(archive: tarfile.TarFile, path: Path) -> Iterator[Member]:
    for member in archive:
        if not (member.isreg() or member.isdir()):
            raise DataError(f"{path.name} holds {member.name!r}, a link or device; nothing is extracted")
        yield member.name, member.size, archive.extractfile(member)


_IS_OF = {"tar": tarfile.is_tarfile, "zip": zipfile.is_zipfile}
