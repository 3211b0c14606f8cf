"""The official address of a data set."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vitral.datasets.base import DataFile, Desk
from vitral.datasets.sources.download import download
from vitral.datasets.sources.unpack import Unpack, unpack_gz
from vitral.errors import DataError


@dataclass(frozen=True)
class Url:
    """Files below `base`: each one as .gz, or all of them in one `archive` that `unpack` opens.

    An interrupted download stays in the cache and is continued by the next try.
    """

    name: str
    base: str
    archive: str | None = None
    unpack: Unpack = unpack_gz

    def read(self, files: Sequence[DataFile], desk: Desk) -> Iterator[tuple[str, bytes]]:
        """Download, unpack and check; DataError if the address cannot be reached or gives something else."""
        if self.archive:
            yield from self._get(self.archive, files, desk)
        else:
            for file in files:
                yield from self._get(f"{file.name}.gz", [file], desk)

    def _get(self, name: str, files: Sequence[DataFile], desk: Desk) -> Iterator[tuple[str, bytes]]:
        part = desk.folder / f"{name}.part"
        continued = download(self.base + name, part, desk.progress)
        try:
            yield from self._checked(part, files)
        except DataError:
            # Whatever is wrong with it, it must not be continued. If it began in an earlier try, the server's
            # file may just have changed since: fetch it whole once.
            part.unlink()
            if not continued:
                raise
            download(self.base + name, part, desk.progress)
            yield from self._checked(part, files)
        part.unlink()

    def _checked(self, part: Path, files: Sequence[DataFile]) -> Iterator[tuple[str, bytes]]:
        expected = {file.name: file for file in files}
        for name, content in list(self.unpack(part, files)):
            expected[name].check(content, self.base)
            yield name, content
