"""Nested states of arrays and plain values in one npz file, without pickle."""

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from vitral._files import atomic_path
from vitral.errors import RunError
from vitral.typing import Array

_ARRAY = "__array__"


def save_state(path: Path, state: dict[str, Any]) -> None:
    """Write nested dictionaries, lists, plain values and arrays in one step; floats keep every bit."""
    arrays: dict[str, Array] = {}
    skeleton = json.dumps(_pack(state, arrays))
    arrays["state"] = np.frombuffer(skeleton.encode(), np.uint8)
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)


def load_state(path: Path) -> dict[str, Any]:
    """What `save_state` wrote; raises RunError if the file is not such a state."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            arrays = {key: stored[key] for key in stored.files}
        state = _unpack(json.loads(arrays["state"].tobytes()), arrays)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise RunError(f"{path}: not a checkpoint: {error}") from error
    if not isinstance(state, dict):
        raise RunError(f"{path}: not a checkpoint")
    return state


def _pack(value: Any, arrays: dict[str, Array]) -> Any:
    if isinstance(value, np.ndarray):
        key = f"array{len(arrays)}"
        arrays[key] = value
        return {_ARRAY: key}
    if isinstance(value, np.generic):
        return _pack(np.asarray(value), arrays)
    if isinstance(value, dict):
        return {str(key): _pack(entry, arrays) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_pack(entry, arrays) for entry in value]
    return value


def _unpack(value: Any, arrays: dict[str, Array]) -> Any:
    if isinstance(value, dict):
        if value.keys() == {_ARRAY}:
            return arrays[value[_ARRAY]]
        return {key: _unpack(entry, arrays) for key, entry in value.items()}
    if isinstance(value, list):
        return [_unpack(entry, arrays) for entry in value]
    return value
