"""What MNIST and Fashion-MNIST share: four idx files, 60,000 and 10,000 images of 28 x 28 grey pixels."""

from pathlib import Path

import numpy as np

from vitral.datasets.base import DataFile, Split
from vitral.typing import Array

IMAGE = (28, 28)
TRAIN_SIZE = 60_000
TEST_SIZE = 10_000
_IMAGES_HEADER = 16
_LABELS_HEADER = 8


def idx_files(train_images: str, train_labels: str, test_images: str, test_labels: str) -> tuple[DataFile, ...]:
    """The four files, given their MD5."""
    pixels = IMAGE[0] * IMAGE[1]
    return (
        DataFile("train-images-idx3-ubyte", _IMAGES_HEADER + TRAIN_SIZE * pixels, train_images),
        DataFile("train-labels-idx1-ubyte", _LABELS_HEADER + TRAIN_SIZE, train_labels),
        DataFile("t10k-images-idx3-ubyte", _IMAGES_HEADER + TEST_SIZE * pixels, test_images),
        DataFile("t10k-labels-idx1-ubyte", _LABELS_HEADER + TEST_SIZE, test_labels),
    )


def load_idx_files(folder: Path) -> Split:
    """The arrays of four checked files; uint8, images (n, 28, 28), labels (n,)."""
    return _pair(folder, "train"), _pair(folder, "t10k")


def _pair(folder: Path, part: str) -> tuple[Array, Array]:
    images = np.fromfile(folder / f"{part}-images-idx3-ubyte", dtype=np.uint8, offset=_IMAGES_HEADER)
    labels = np.fromfile(folder / f"{part}-labels-idx1-ubyte", dtype=np.uint8, offset=_LABELS_HEADER)
    return images.reshape(-1, *IMAGE), labels
