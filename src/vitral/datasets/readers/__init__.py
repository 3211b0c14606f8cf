"""Readers for the files that users bring; bad input ends in one line with file, row or byte offset."""

from vitral.datasets.readers.any_format import READERS, read_any
from vitral.datasets.readers.cifar import read_cifar_binary, read_cifar_python
from vitral.datasets.readers.delimited import read_csv, read_text
from vitral.datasets.readers.folder import read_folder
from vitral.datasets.readers.idx import read_idx
from vitral.datasets.readers.npz import read_npz
from vitral.datasets.readers.result import Images

__all__ = [
    "READERS",
    "Images",
    "read_any",
    "read_cifar_binary",
    "read_cifar_python",
    "read_csv",
    "read_folder",
    "read_idx",
    "read_npz",
    "read_text",
]
