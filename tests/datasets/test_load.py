"""From files in the cache to Keras' arrays."""

from pathlib import Path

import numpy as np
import pytest

from vitral import datasets
from vitral.datasets import cache, cifar10
from vitral.datasets.encode import cifar_bytes, idx_bytes
from vitral.datasets.idx_set import load_idx_files
from vitral.errors import DataError, MissingExtraError


def test_idx_files_become_keras_arrays(tmp_path: Path) -> None:
    images = np.arange(3 * 784, dtype=np.uint32).astype(np.uint8).reshape(3, 28, 28)
    labels = np.array([7, 0, 9], dtype=np.uint8)
    for part in ("train", "t10k"):
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx_bytes(images))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx_bytes(labels))
    (x_train, y_train), (x_test, y_test) = load_idx_files(tmp_path)
    for x, y in ((x_train, y_train), (x_test, y_test)):
        assert (x.dtype, y.dtype, x.flags.writeable) == (np.uint8, np.uint8, True)
        np.testing.assert_array_equal(x, images)
        np.testing.assert_array_equal(y, labels)


def test_cifar_records_become_images_with_channels_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cifar10, "_BATCH", 4)
    images = np.random.Generator(np.random.Philox(3)).integers(0, 256, (8, 32, 32, 3), dtype=np.uint8)
    planes = images.transpose(0, 3, 1, 2).reshape(8, -1)
    paths = []
    for number in range(2):
        rows = slice(4 * number, 4 * number + 4)
        paths.append(tmp_path / f"{number}.bin")
        paths[-1].write_bytes(cifar_bytes(planes[rows], np.arange(8)[rows]))
    x, y = cifar10._read(paths)
    np.testing.assert_array_equal(x, images)
    np.testing.assert_array_equal(y, np.arange(8)[:, None])
    assert (x.dtype, y.dtype) == (np.uint8, np.uint8)


def test_the_digits_and_their_fixed_division() -> None:
    (x_train, y_train), (x_test, y_test) = datasets.digits.load_data()
    assert (x_train.shape, x_test.shape) == ((1437, 8, 8), (360, 8, 8))
    assert (x_train.dtype, y_train.dtype, x_train.max()) == (np.uint8, np.uint8, 16)
    # scikit-learn's documentation: 178, 182, 177, 183, 181, 182, 181, 179, 174, 180 of each; a fifth is in test.
    assert np.bincount(y_train).tolist() == [142, 145, 142, 146, 145, 146, 145, 143, 139, 144]
    assert np.bincount(y_test).tolist() == [36, 37, 35, 37, 36, 36, 36, 36, 35, 36]
    again = datasets.get("digits").load_data()
    np.testing.assert_array_equal(again[1][0], x_test)


def test_the_digits_without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sklearn.datasets", None)
    with pytest.raises(MissingExtraError, match="digits data set needs scikit-learn"):
        datasets.digits.load_data()


def test_verify_says_what_is_absent_and_what_is_damaged() -> None:
    with pytest.raises(DataError, match=r"MNIST: not in the cache: train-images.*`vitral data fetch mnist`"):
        cache.verify("mnist")
    file = datasets.get("mnist").files[1]
    folder = cache.cache_dir() / "datasets" / "mnist"
    folder.mkdir(parents=True)
    (folder / file.name).write_bytes(bytes(file.size))
    with pytest.raises(DataError, match=r"damaged: train-labels-idx1-ubyte; not in the cache: train-images"):
        cache.verify("mnist")
    assert cache.verify("digits") == []


def test_status_counts_what_is_there() -> None:
    assert {state.dataset.name: state.state for state in cache.status()} == {
        "mnist": "not fetched",
        "fashion_mnist": "not fetched",
        "cifar10": "not fetched",
        "digits": "installed",
    }
    file = datasets.get("cifar10").files[0]
    folder = cache.cache_dir() / "datasets" / "cifar10"
    folder.mkdir(parents=True)
    with (folder / file.name).open("wb") as sparse:
        sparse.truncate(file.size)
    state = cache.status()[2]
    assert (state.state, state.bytes, state.path) == ("incomplete", file.size, folder)


def test_fetching_a_set_that_is_installed_does_nothing() -> None:
    assert cache.fetch("digits") is None
