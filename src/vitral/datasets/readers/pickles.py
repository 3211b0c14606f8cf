"""Reads pickles that hold arrays and plain containers, and refuses all others.

A pickle is a program: loading one from a stranger runs it, and NumPy trusts the states that it is handed. So the names
by which NumPy's arrays are pickled (see numpy/_core/src/multiarray/methods.c, array_reduce) stand here for small
classes of our own, which check a state before they make an array of numbers of it. Nothing else can be named.
"""

import gzip
import pickle
import pickletools
from typing import IO, Any, cast

import numpy as np

from vitral.errors import DataError
from vitral.typing import Array

_ARRAY_MODULES = {
    "numpy.core.multiarray",
    "numpy._core.multiarray",
    "numpy.core.numeric",
    "numpy._core.numeric",
}


class _PickledType:
    """What numpy.dtype is in a pickle: the type of an array's numbers."""

    def __init__(self, code: str | bytes, align: bool = False, copy: bool = False) -> None:
        self.value = np.dtype(_text(code))
        if self.value.kind not in "biuf":
            raise pickle.UnpicklingError(f"it asks for an array of {self.value}; only numbers are read")

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.value = self.value.newbyteorder(_text(state[1]))  # type: ignore[arg-type]


class _PickledArray:
    """What numpy.ndarray is in a pickle: made empty, and filled by its state."""

    value: Array | None = None

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, number_type, by_columns, data = state
        self.value = _from_buffer(data, number_type, shape, "F" if by_columns else "C")


def _reconstruct(kind: type, shape: tuple[int, ...], code: str | bytes) -> _PickledArray:
    return _PickledArray()


def _from_buffer(data: Any, number_type: Any, shape: tuple[int, ...], order: str) -> Array:
    if not isinstance(data, (bytes, bytearray)) or not isinstance(number_type, _PickledType):
        raise pickle.UnpicklingError("it holds an array without plain bytes")
    return np.frombuffer(bytes(data), number_type.value).reshape(shape, order=order)  # type: ignore[call-overload,no-any-return]


def _scalar(number_type: Any, data: Any) -> Any:
    return _from_buffer(data, number_type, (1,), "C")[0]


def _latin1(text: str, encoding: str) -> bytes:
    """What protocol 2 needs of _codecs.encode to write bytes; other codecs are refused."""
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"it asks for the codec {encoding!r}")
    return text.encode("latin1")


def _text(word: str | bytes) -> str:
    # Python 2 wrote these words as bytes.
    return word.decode("ascii") if isinstance(word, bytes) else word


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> Any:
        allowed: dict[str, Any] = {}
        if module == "numpy":
            allowed = {"ndarray": _PickledArray, "dtype": _PickledType}
        elif module in _ARRAY_MODULES:
            allowed = {"_reconstruct": _reconstruct, "_frombuffer": _from_buffer, "scalar": _scalar}
        elif module == "_codecs":
            allowed = {"encode": _latin1}
        if name not in allowed:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}; only arrays and plain containers are read")
        return allowed[name]

    def persistent_load(self, pid: Any, /) -> Any:
        raise pickle.UnpicklingError("it refers to an object outside itself")


def load_arrays(stream: IO[bytes] | gzip.GzipFile, origin: str) -> Any:
    """The content of a pickle; strings written by Python 2 come as bytes, arrays may be read-only.

    Raises DataError, with `origin` and the byte offset, if the pickle asks for anything but arrays and plain
    containers, or is damaged.
    """
    try:
        start = stream.tell()
        _check_sizes(stream)
        stream.seek(start)
        return _plain(_ArrayUnpickler(stream, encoding="bytes").load(), {})
    # A damaged pickle can make the machine underneath raise nearly anything; none of it may get out.
    except Exception as error:
        problem = str(error) or type(error).__name__
        raise DataError(f"{origin}: the pickle is refused near byte {stream.tell()}: {problem}") from error


def _check_sizes(stream: IO[bytes] | gzip.GzipFile) -> None:
    """Read the pickle without carrying it out, as the unpickler takes memory for any length before it reads on."""
    for count, (operation, argument, _) in enumerate(pickletools.genops(cast(IO[bytes], stream))):
        # Objects are numbered one after the other, each by an operation of its own.
        if operation.name in ("PUT", "LONG_BINPUT") and cast(int, argument) > count:
            raise pickle.UnpicklingError(f"it numbers an object {argument}")


def _plain(value: Any, done: dict[int, Any]) -> Any:
    """The value with real arrays in place of our own classes; shared parts are converted once."""
    if id(value) in done:
        return done[id(value)]
    plain = value
    if isinstance(value, (_PickledArray, _PickledType)):
        plain = value.value
        if not isinstance(plain, np.ndarray):
            raise pickle.UnpicklingError("it holds an array without content")
    elif isinstance(value, dict):
        plain = {_plain(key, done): _plain(entry, done) for key, entry in value.items()}
    elif isinstance(value, (list, tuple)):
        plain = type(value)(_plain(entry, done) for entry in value)
    done[id(value)] = plain
    return plain
