"""The heaps in which an HDF5 file keeps its texts, checked before the HDF5 library reads them.

An entry that takes no room makes the library look for the next one at the same place, for ever. Layout: HDF5 File
Format Specification 3.0, III.E, "Disk Format: Level 1E - Global Heap"; lengths of 8 bytes, as h5py writes them.
"""

import mmap
from typing import Any

from vitral.errors import ModelFileError

_MARK = b"GCOL\x01"
_HEAD = 16
"""Bytes in front of the entries of a heap, and of an entry."""


def check_heaps(file: Any) -> None:
    """Raise ModelFileError if a heap in the file, a path or a buffer, has an entry without an end inside of it."""
    if hasattr(file, "getbuffer"):
        _check(file.getvalue())
        return
    with open(file, "rb") as stream:  # noqa: PTH123  a path or its text
        if stream.seek(0, 2):
            with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
                _check(content)


def _check(content: Any) -> None:
    start = content.find(_MARK)
    while start >= 0:
        end = start + _number(content, start + 8)
        place = start + _HEAD
        while end <= len(content) and place + _HEAD <= end:
            index, size = int.from_bytes(content[place : place + 2], "little"), _number(content, place + 8)
            room = size if index == 0 else _HEAD + -(-size // 8) * 8
            if not _HEAD <= room <= end - place:
                raise ModelFileError("the heap of its texts is damaged")
            place += room
        start = content.find(_MARK, start + 1)


def _number(content: Any, place: int) -> int:
    return int.from_bytes(content[place : place + 8], "little")
