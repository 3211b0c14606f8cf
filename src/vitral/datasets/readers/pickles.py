"""Reads pickles that hold arrays and plain containers, and refuses all others.

A pickle is a program: loading one from a stranger runs it. Here it may name a fixed list of NumPy's own
constructors and nothing else, which covers what NumPy arrays need (see numpy/_core/src/multiarray/methods.c,
array_reduce) and leaves no call to reach for.
"""

import gzip
import pickle
from typing import IO, Any

import numpy as np

from vitral.errors import DataError

_ARRAY_NAMES = {"_reconstruct", "scalar", "_frombuffer"}
_ARRAY_MODULES = {
    "numpy.core.multiarray",
    "numpy._core.multiarray",
    "numpy.core.numeric",
    "numpy._core.numeric",
}


def _latin1(text: str, encoding: str) -> bytes:
    """What protocol 2 needs of _codecs.encode to write bytes; other codecs are refused."""
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"it asks for the codec {encoding!r}")
    return text.encode("latin1")


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> Any:
        if module == "numpy" and name in ("ndarray", "dtype"):
            return getattr(np, name)
        if module in _ARRAY_MODULES and name in _ARRAY_NAMES:
            # NumPy 2 moved numpy.core; old pickles still name it, and asking for it by that name warns.
            home = np._core.numeric if name == "_frombuffer" else np._core.multiarray  # type: ignore[attr-defined]
            return getattr(home, name)
        if (module, name) == ("_codecs", "encode"):
            return _latin1
        raise pickle.UnpicklingError(f"it asks for {module}.{name}; only arrays and plain containers are read")

    def persistent_load(self, pid: Any, /) -> Any:
        raise pickle.UnpicklingError("it refers to an object outside itself")


def load_arrays(stream: IO[bytes] | gzip.GzipFile, origin: str) -> Any:
    """The content of a pickle; strings written by Python 2 come as bytes.

    Raises DataError, with `origin` and the byte offset, if the pickle asks for anything but arrays and plain
    containers, or is damaged.
    """
    try:
        return _ArrayUnpickler(stream, encoding="bytes").load()
    # A damaged pickle can make the machine underneath raise nearly anything; none of it may get out.
    except Exception as error:
        problem = str(error) or type(error).__name__
        raise DataError(f"{origin}: the pickle is refused near byte {stream.tell()}: {problem}") from error
