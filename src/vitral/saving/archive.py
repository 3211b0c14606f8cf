"""The `.keras` file: a zip archive with a description in JSON and the weights in HDF5, as Keras 3 defines it.

    metadata.json       who wrote it, and when
    config.json         the model, its layers, and what it was compiled with
    model.weights.h5    weights, optimizer, random streams

Members are read by name into memory. Nothing is unpacked to disk, imported or unpickled.
"""

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

import vitral
from vitral._files import atomic_path
from vitral.errors import ConfigError, ModelFileError

_METADATA, _CONFIG, _WEIGHTS = "metadata.json", "config.json", "model.weights.h5"

FORMAT_OF = "3.15.1"
"""The version of Keras whose format this is."""

_BOMB_BYTES, _BOMB_RATIO = 1 << 30, 100
"""A member that claims more than this, and is packed more tightly than this, is no model."""


@dataclass(frozen=True)
class Archive:
    """The three members of a `.keras` file."""

    config: dict[str, Any]
    weights: bytes
    metadata: dict[str, Any]


def write_archive(path: Path, config: Mapping[str, Any], weights: bytes, extra: Mapping[str, Any]) -> None:
    """Write the file in one step; `extra` goes into the metadata.

    Raises ConfigError if the configuration holds what JSON cannot say; NumPy's numbers and arrays it can.
    """
    metadata = {
        "keras_version": FORMAT_OF,
        "date_saved": datetime.now().strftime("%Y-%m-%d@%H:%M:%S"),
        "vitral_version": vitral.__version__,
        **extra,
    }
    description = json.dumps(config, default=plain)
    with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        archive.writestr(_METADATA, json.dumps(metadata))
        archive.writestr(_CONFIG, description)
        archive.writestr(_WEIGHTS, weights)


def read_archive(path: Path) -> Archive:
    """Read the file; raises ModelFileError, in one line, for anything that is not a whole `.keras` file."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(archive, path)
            archive_ = Archive(
                config=_json(archive, _CONFIG, path),
                weights=archive.read(_WEIGHTS),
                metadata=_json(archive, _METADATA, path),
            )
    except FileNotFoundError:
        raise ModelFileError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise ModelFileError(f"{path}: is a folder; expected a .keras file") from None
    except KeyError as error:
        raise ModelFileError(f"{path}: not a .keras file ({error.args[0]})") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as error:
        raise ModelFileError(f"{path}: not a .keras file, or a damaged one ({error})") from None
    return archive_


def plain(value: Any) -> Any:
    """NumPy's numbers and arrays as JSON can say them; raises ConfigError for anything else."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise ConfigError(f"the model cannot be saved: get_config gave a {type(value).__name__}; expected plain values")


def _check_members(archive: zipfile.ZipFile, path: Path) -> None:
    for member in archive.infolist():
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
            raise ModelFileError(f"{path}: holds a member called {member.filename!r}, which points outside the archive")
        if member.file_size > max(_BOMB_BYTES, _BOMB_RATIO * member.compress_size):
            raise ModelFileError(
                f"{path}: {member.filename} claims {member.file_size} bytes from {member.compress_size} packed ones"
            )


def _json(archive: zipfile.ZipFile, name: str, path: Path) -> dict[str, Any]:
    try:
        content = json.loads(archive.read(name))
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{path}: {name} is not JSON ({error})") from None
    if not isinstance(content, dict):
        raise ModelFileError(f"{path}: {name} holds a {type(content).__name__}; expected an object")
    return content
