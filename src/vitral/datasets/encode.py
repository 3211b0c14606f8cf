"""The byte layouts in which the cache keeps data sets: idx, and CIFAR-10's binary records."""

import struct

import numpy as np

from vitral.typing import Array

CIFAR_IMAGE = (32, 32, 3)
CIFAR_PIXELS = 3072
CIFAR_RECORD = 1 + CIFAR_PIXELS


def idx_bytes(array: Array) -> bytes:
    """A uint8 array as an idx file: magic number 00 00 08 <axes>, big-endian lengths, then the values.

    >>> idx_bytes(np.array([7, 9], dtype=np.uint8)).hex(" ")
    '00 00 08 01 00 00 00 02 07 09'
    """
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return header + array.astype(np.uint8, copy=False).tobytes()


def cifar_bytes(planes: Array, labels: Array) -> bytes:
    """CIFAR-10 binary records: a label byte, then 3,072 bytes in R, G, B planes; `planes` is (n, 3072)."""
    records = np.empty((len(planes), CIFAR_RECORD), dtype=np.uint8)
    records[:, 0] = labels
    records[:, 1:] = planes
    return records.tobytes()
