"""Finds a data set's files inside an archive, as (file name, uncompressed content), without extracting it.

Members are matched by their last name and never read beyond the size that they should have, so an archive
can neither place files on the disk nor fill the memory.
"""

import gzip
import subprocess
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TypeAlias

from vitral.datasets.base import DataFile
from vitral.errors import DataError

Unpack: TypeAlias = Callable[[Path, Sequence[DataFile]], Iterator[tuple[str, bytes]]]

_BROKEN = (
    EOFError,
    OSError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    TypeError,
    ValueError,
    RuntimeError,
)
_DEB_SECONDS = 60.0


@contextmanager
def sound(path: Path) -> Iterator[None]:
    """Turn what a damaged archive makes the standard library raise into one DataError."""
    try:
        yield
    except DataError:
        raise
    except _BROKEN as error:
        raise DataError(f"{path.name} is damaged: {error}") from error


def gunzip(stream: IO[bytes], file: DataFile) -> bytes:
    """The content of a gzip stream, read no further than one byte past the file's size."""
    with gzip.open(stream) as content:
        return content.read(file.size + 1)


def unpack_gz(path: Path, files: Sequence[DataFile]) -> Iterator[tuple[str, bytes]]:
    """A .gz that holds one file."""
    with sound(path), path.open("rb") as stream:
        yield files[0].name, gunzip(stream, files[0])


def unpack_tar(path: Path, files: Sequence[DataFile]) -> Iterator[tuple[str, bytes]]:
    """A tar archive, compressed or not, that holds the files or their .gz."""
    with sound(path), path.open("rb") as stream:
        yield from _tar_files(stream, path, files)


def unpack_deb(path: Path, files: Sequence[DataFile]) -> Iterator[tuple[str, bytes]]:
    """A Debian package: dpkg-deb turns it into a tar archive."""
    command = ["dpkg-deb", "--fsys-tarfile", str(path)]
    with sound(path), tempfile.TemporaryFile(dir=path.parent) as spool:
        try:
            subprocess.run(command, stdout=spool, stderr=subprocess.PIPE, check=True, timeout=_DEB_SECONDS)
        except subprocess.SubprocessError as error:
            raise DataError(f"dpkg-deb cannot open {path.name}: {error}") from error
        spool.seek(0)
        yield from _tar_files(spool, path, files)


def tar_members(stream: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    """(last part of the name, content) of every regular file in a tar archive, in order."""
    with tarfile.open(fileobj=stream, mode="r:*") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isreg() else None
            if content is not None:
                yield PurePosixPath(member.name).name, content


def _tar_files(stream: IO[bytes], path: Path, files: Sequence[DataFile]) -> Iterator[tuple[str, bytes]]:
    wanted = {file.name: file for file in files}
    for name, content in tar_members(stream):
        file = wanted.pop(name.removesuffix(".gz"), None)
        if file is not None:
            yield file.name, gunzip(content, file) if name.endswith(".gz") else content.read(file.size + 1)
    if wanted:
        raise DataError(f"{path.name} lacks {', '.join(wanted)}")
