"""Files from an address, kept in the cache."""

import hashlib
import re
import urllib.parse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vitral._files import atomic_path
from vitral.errors import ConfigError, DataError

if TYPE_CHECKING:
    from vitral.datasets.progress import Progress
    from vitral.utils.extraction import Format

_HEX_DIGITS = {"md5": 32, "sha256": 64}


def get_file(
    fname: str | Path | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: "Format | Sequence[Format] | None" = "auto",
    cache_dir: str | Path | None = None,
    force_download: bool = False,
) -> str:
    """Path of the file at the address `origin`, downloaded unless it lies in the cache.

    It is `cache_dir`/`cache_subdir`/`fname`: `cache_dir` is Vitral's cache (`vitral data` tells where) unless given,
    `fname` the last part of the address. `file_hash` is the MD5 (`md5_hash` is its old name) or SHA-256 that the
    content must have, or nothing is kept; what lies in the cache is checked too, and fetched again if it is not that.
    Without it, whatever the address gives is taken.

    `extract` (or `untar`, its old name) unpacks a tar or zip archive and gives the folder: `fname` if that has no
    ending, else the name up to its first point and "_extracted". Files and folders are unpacked, all or none; an
    archive with a link, or with a name outside its folder, is refused. Several processes may ask for a file at once.

    Raises ConfigError for arguments that cannot work, DataError if the file cannot be had or is not what it should be.
    """
    # These take time to load, and most who import the helpers beside this one fetch nothing.
    from vitral.datasets.cache import cache_dir as vitral_cache
    from vitral.datasets.lock import locked
    from vitral.datasets.progress import Progress
    from vitral.utils.extraction import extract_archive

    if not origin:
        raise ConfigError("get_file received no origin; expected the address of a file")
    digest = _digest(file_hash or md5_hash, "md5" if md5_hash and not file_hash else hash_algorithm)
    name = _name(fname, origin)
    folder = Path(cache_dir or vitral_cache()).expanduser() / cache_subdir
    unpacks = extract or untar
    archive, unpacked = _places(folder, name, named=fname is not None) if unpacks else (folder / name, folder / name)
    voice = Progress()
    waiting = f"waiting for another process that is fetching {name}"
    try:
        with locked(folder / f".{archive.name}.lock", on_wait=lambda: voice.note(waiting)):
            is_new = force_download or not _is_right(archive, digest)
            if is_new:
                _fetch(origin, archive, digest, voice)
            if unpacks and (is_new or not unpacked.is_dir()):
                extract_archive(archive, unpacked, "tar" if untar else archive_format)
    except OSError as error:
        raise DataError(f"'{archive}' cannot be used: {error}") from error
    return str(unpacked)


def _digest(expected: str | None, algorithm: str) -> tuple[str, str] | None:
    """The algorithm and the digest that a file must have."""
    if algorithm not in ("auto", *_HEX_DIGITS):
        raise ConfigError(f"get_file: hash_algorithm is {algorithm!r}; expected 'auto', 'md5' or 'sha256'")
    if expected is None:
        return None
    text = str(expected).lower()
    for name, digits in _HEX_DIGITS.items():
        if algorithm in ("auto", name) and re.fullmatch(f"[0-9a-f]{{{digits}}}", text):
            return name, text
    raise ConfigError(f"get_file: file_hash is {expected!r}; expected 32 digits of an MD5 or 64 of a SHA-256")


def _name(fname: str | Path | None, origin: str) -> str:
    name = str(fname) if fname else Path(urllib.parse.urlsplit(origin).path).name
    if not name or name in (".", "..") or Path(name).name != name:
        raise ConfigError(f"get_file: the name is {name!r}; expected the name of a file, without folders, as fname")
    return name


def _places(folder: Path, name: str, named: bool) -> tuple[Path, Path]:
    """Where Keras puts an archive and what is in it."""
    if named and "." in name:
        return folder / name, folder / f"{name.partition('.')[0]}_extracted"
    return folder / f"{name}_archive", folder / name


def _is_right(path: Path, digest: tuple[str, str] | None) -> bool:
    return path.is_file() and (digest is None or _digest_of(path, digest[0]) == digest[1])


def _digest_of(path: Path, algorithm: str) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def _fetch(origin: str, path: Path, digest: tuple[str, str] | None, voice: "Progress") -> None:
    from vitral.datasets.sources.download import download

    with atomic_path(path) as part:
        download(origin, part, voice)
        if digest is not None and (found := _digest_of(part, digest[0])) != digest[1]:
            raise DataError(f"{origin} has {digest[0].upper()} {found}; expected {digest[1]}")
