"""Which pictures lie in a folder, and of which class each is."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vitral.errors import ConfigError, DataError
from vitral.typing import Array

ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")


def index_folder(
    directory: Path, labels: Any, class_names: Sequence[str] | None, follow_links: bool
) -> tuple[list[str], Array, list[str] | None]:
    """Paths, class numbers and class names, in alphabetical order; without labels, no names.

    Raises DataError if there is no such folder, ConfigError for labels or class names that do not fit it.
    """
    if not directory.is_dir():
        raise DataError(f"{directory}: there is no such folder")
    if labels != "inferred" or class_names is not None:
        _check_labels(labels, class_names)
    if labels != "inferred":
        paths = _pictures(directory, follow_links)
        if labels is None:
            return paths, np.zeros(len(paths), np.int32), None
        if len(labels) != len(paths):
            raise ConfigError(f"labels has {len(labels)} entries, but there are {len(paths)} files in {directory}")
        return paths, np.array(labels, np.int32), [str(label) for label in sorted(set(labels))]
    found = sorted(entry.name for entry in directory.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    names = found if class_names is None else list(class_names)
    if missing := sorted(set(names) - set(found)):
        raise ConfigError(f"class_names holds {missing}, but {directory} has the folders {found}")
    members = [_pictures(directory / name, follow_links) for name in names]
    numbers = np.repeat(np.arange(len(names), dtype=np.int32), [len(paths) for paths in members])
    return [path for paths in members for path in paths], numbers, names


def _pictures(folder: Path, follow_links: bool) -> list[str]:
    walk = sorted(os.walk(folder, followlinks=follow_links))
    return [
        str(Path(root, file)) for root, _, files in walk for file in sorted(files) if file.lower().endswith(ENDINGS)
    ]


def _check_labels(labels: Any, class_names: Sequence[str] | None) -> None:
    if labels not in ("inferred", None) and not isinstance(labels, (list, tuple)):
        raise ConfigError(f"labels is {labels!r}; expected 'inferred', None or a list of whole numbers")
    if labels != "inferred" and class_names is not None:
        raise ConfigError("class_names goes with labels='inferred' only, as it names the folders of the classes")
