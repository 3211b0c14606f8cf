"""Copies that are on this machine already: the user's own, Keras', torchvision's, Debian's."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vitral.datasets.base import AbsentError, DataFile, Desk
from vitral.datasets.sources.convert import python_batch_bytes, unpack_npz
from vitral.datasets.sources.unpack import sound, unpack_gz
from vitral.errors import DataError


@dataclass(frozen=True)
class KnownFolders:
    """Looks for each file, raw or as .gz, .npz or Python batch, in `folders` in turn."""

    name: str
    folders: tuple[Path, ...]

    def read(self, files: Sequence[DataFile], desk: Desk) -> Iterator[tuple[str, bytes]]:
        """Give what is there and right; raise AbsentError if nothing is, DataError for what is there and wrong."""
        if not any(folder.is_dir() for folder in self.folders):
            where = ", ".join(str(folder) for folder in self.folders)
            raise AbsentError(f"no folder {where}" if where else "not set")
        wrong: list[str] = []
        lacking: list[str] = []
        for file in files:
            content = self._find(file, wrong)
            if content is None:
                lacking.append(file.name)
            else:
                yield file.name, content
        if wrong:
            raise DataError("; ".join(wrong))
        if lacking:
            raise AbsentError(f"no {', '.join(lacking)} in {', '.join(map(str, self.folders))}")

    def _find(self, file: DataFile, wrong: list[str]) -> bytes | None:
        for folder in self.folders:
            try:
                for content in _contents(folder, file):
                    file.check(content, str(folder))
                    return content
            except DataError as error:
                wrong.append(str(error))
        return None


def _contents(folder: Path, file: DataFile) -> Iterator[bytes]:
    """The file's content in every form that the folder has it in."""
    raw = folder / file.name
    if raw.is_file():
        with sound(raw), raw.open("rb") as stream:
            yield stream.read(file.size + 1)
    packed = folder / f"{file.name}.gz"
    if packed.is_file():
        yield from (content for _, content in unpack_gz(packed, [file]))
    archive = folder / "mnist.npz"
    if archive.is_file() and file.name.endswith("-ubyte"):
        yield from (content for _, content in unpack_npz(archive, [file]))
    batch = folder / file.name.removesuffix(".bin")
    if file.name.endswith(".bin") and batch.is_file():
        yield python_batch_bytes(batch)


def from_environment(layout: Sequence[str]) -> KnownFolders:
    """$VITRAL_DATA itself, and the folders of `layout` in it."""
    root = os.environ.get("VITRAL_DATA")
    folders = [Path(root).expanduser() / part for part in ["", *layout]] if root else []
    return KnownFolders("$VITRAL_DATA", tuple(folders))


def from_keras(layout: Sequence[str]) -> KnownFolders:
    """The folders of `layout` in Keras' cache."""
    root = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"
    return KnownFolders("Keras' cache", tuple(root / part for part in layout))


def from_torchvision(layout: Sequence[str]) -> KnownFolders:
    """The folders of `layout` in the usual roots of torchvision, ./data and ~/data."""
    roots = (Path("data"), Path.home() / "data")
    return KnownFolders("torchvision's folders", tuple(root / part for root in roots for part in layout))
