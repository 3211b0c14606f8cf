"""One door to all readers."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vitral.datasets.readers.cifar import read_cifar_binary, read_cifar_python
from vitral.datasets.readers.delimited import read_csv, read_text
from vitral.datasets.readers.folder import read_folder
from vitral.datasets.readers.idx import read_idx
from vitral.datasets.readers.npz import read_npz
from vitral.datasets.readers.result import Images
from vitral.errors import ConfigError, DataError

READERS: dict[str, Callable[..., Images]] = {
    "csv": read_csv,
    "text": read_text,
    "idx": read_idx,
    "npz": read_npz,
    "cifar-binary": read_cifar_binary,
    "cifar-python": read_cifar_python,
    "folder": read_folder,
}
"""The readers by the names of their formats."""

_BY_NAME = (
    (r"\.(csv|tsv)(\.gz)?$", "csv"),
    (r"\.(txt|dat|data)(\.gz)?$", "text"),
    (r"(-|\.)idx\d(-ubyte)?(\.gz)?$|-ubyte(\.gz)?$|\.idx(\.gz)?$", "idx"),
    (r"\.npz$", "npz"),
    (r"\.bin$", "cifar-binary"),
    (r"^(data_batch_\d|test_batch)$", "cifar-python"),
)


def read_any(path: str | Path, format: str | None = None, **options: Any) -> Images:  # noqa: A002
    """Read labelled images from a file or folder: (images, labels, class names or None).

    `format`: one of csv, text, idx, npz, cifar-binary, cifar-python and folder; by default known from the name.
    `options` are those of the format's reader. Raises DataError for bad data and for a name that does not tell
    its format, ConfigError for an unknown format or option.
    """
    path = Path(path)
    kind = format or _format_of(path)
    if kind not in READERS:
        raise ConfigError(f"unknown format {kind!r}; known: {', '.join(READERS)}")
    reader = READERS[kind]
    known = list(reader.__kwdefaults__ or {})
    if unknown := [name for name in options if name not in known]:
        raise ConfigError(f"the format {kind} has no option {unknown[0]!r}; known: {', '.join(known) or 'none'}")
    return reader(path, **options)


def _format_of(path: Path) -> str:
    if not path.exists():
        raise DataError(f"{path}: no such file or folder")
    if path.is_dir():
        return "folder"
    for pattern, format_name in _BY_NAME:
        if re.search(pattern, path.name):
            return format_name
    raise DataError(f"{path}: its name does not tell its format; name one of {', '.join(READERS)}")
