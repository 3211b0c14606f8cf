"""Writing the event files that TensorBoard reads.

A file is a row of records (TensorFlow's TFRecord): the length of the data as eight bytes, a checksum of these, the
data, a checksum of the data. The data are messages in Protocol Buffers' format, those called Event and Summary in
tensorboard/compat/proto; only the few fields that are needed are written here, by hand.
"""

import itertools
import os
import struct
import time
from pathlib import Path

import numpy as np

from vitral.typing import Array

_numbers = itertools.count()


class EventFile:
    """A new event file in a folder, which is made if it is not there.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = EventFile(Path(folder) / "train")
    ...     file.scalar("epoch_loss", 0.5, step=0)
    ...     file.close()
    ...     len(list((Path(folder) / "train").glob("events.out.tfevents.*")))
    1
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = f"events.out.tfevents.{int(time.time())}.{os.getpid()}.{next(_numbers)}.v2"
        self._file = (folder / name).open("wb")
        self._event(_bytes(3, b"brain.Event:2"), step=0)

    def scalar(self, tag: str, value: float, step: int) -> None:
        """Write a number under a tag."""
        self._summary(tag, _tag(2, 5) + struct.pack("<f", value), step)

    def histogram(self, tag: str, values: Array, step: int, buckets: int = 30) -> None:
        """Write how the values of an array are distributed, in that many buckets of one width."""
        flat = values.astype(np.float64).reshape(-1)
        counts, edges = np.histogram(flat, buckets)
        message = b"".join(
            _tag(field, 1) + struct.pack("<d", number)
            for field, number in enumerate((flat.min(), flat.max(), flat.size, flat.sum(), flat @ flat), start=1)
        )
        message += _bytes(6, edges[1:].astype("<f8").tobytes()) + _bytes(7, counts.astype("<f8").tobytes())
        self._summary(tag, _bytes(5, message), step)

    def flush(self) -> None:
        """Put everything so far where TensorBoard sees it."""
        self._file.flush()

    def close(self) -> None:
        """End the file."""
        self._file.close()

    def _summary(self, tag: str, value: bytes, step: int) -> None:
        self._event(_bytes(5, _bytes(1, _bytes(1, tag.encode()) + value)), step)

    def _event(self, content: bytes, step: int) -> None:
        data = _tag(1, 1) + struct.pack("<d", time.time()) + _tag(2, 0) + _varint(step) + content
        length = struct.pack("<Q", len(data))
        self._file.write(length + _checksum(length) + data + _checksum(data))


def _varint(number: int) -> bytes:
    """A whole number from 0, seven bits a byte, the lowest first."""
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def _tag(field: int, kind: int) -> bytes:
    """What stands before a field: its number, and whether a number (0), 8 bytes (1), a length (2) or 4 bytes follow."""
    return _varint(field << 3 | kind)


def _bytes(field: int, content: bytes) -> bytes:
    return _tag(field, 2) + _varint(len(content)) + content


def _checksum(data: bytes) -> bytes:
    """CRC-32C, masked as TensorFlow does, since a checksum of data that hold their own checksum is weak."""
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def _table() -> list[int]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return table


_CRC_OF_BYTE = _table()


def crc32c(data: bytes) -> int:
    """The cyclic redundancy check by Castagnoli's polynomial (RFC 3720).

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC_OF_BYTE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF
