"""Fashion-MNIST: 70,000 pictures of clothes, in MNIST's format."""

from pathlib import Path

from vitral.datasets.base import Dataset, Source, Split
from vitral.datasets.idx_set import IMAGE, TEST_SIZE, TRAIN_SIZE, idx_files, load_idx_files
from vitral.datasets.store import ensure


def load_data() -> Split:
    """(x_train, y_train), (x_test, y_test) as uint8: images (60000, 28, 28) and (10000, 28, 28), labels (n,).

    Raises DataError if the cache does not hold Fashion-MNIST and no source can be reached.
    """
    return load_idx_files(ensure(DATASET))


def _sources() -> list[Source]:
    from vitral.datasets.sources.local import KnownFolders, from_environment, from_keras, from_torchvision
    from vitral.datasets.sources.packages import debian
    from vitral.datasets.sources.url import Url

    return [
        from_environment(["fashion_mnist", "fashion-mnist", "FashionMNIST/raw"]),
        from_keras(["fashion-mnist"]),
        from_torchvision(["FashionMNIST/raw"]),
        KnownFolders("Debian's folder", (Path("/usr/share/datasets/fashion-mnist"),)),
        Url("Zalando's server", "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
        Url("Keras' copy", "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"),
        debian("dataset-fashion-mnist", seconds=120),
    ]


DATASET = Dataset(
    name="fashion_mnist",
    title="Fashion-MNIST",
    description="Clothes, shoes and bags from a shop's catalog, in MNIST's format and harder.",
    citation="H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine "
    "learning algorithms. arXiv:1708.07747, 2017.",
    license="MIT (Zalando SE).",
    input_shape=IMAGE,
    train_size=TRAIN_SIZE,
    test_size=TEST_SIZE,
    names_en=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    names_es=(
        "camiseta/top",
        "pantalón",
        "jersey",
        "vestido",
        "abrigo",
        "sandalia",
        "camisa",
        "tenis deportivo",
        "bolso",
        "bota",
    ),
    load=load_data,
    files=idx_files(
        "f4a8712d7a061bf5bd6d2ca38dc4d50a",
        "9018921c3c673c538a1fc5bad174d6f9",
        "8181f5470baa50b63fa0f6fddb340f0a",
        "15d484375f8d13e6eb1aabb0c3f46965",
    ),
    sources=_sources,
)
