"""Copies on this machine, in the layouts of Keras, torchvision and Debian."""

import gzip
import itertools
from pathlib import Path

import numpy as np
import pytest

from tests.datasets.stubs import CONTENT, FILES, data_file
from vitral import datasets
from vitral.datasets.base import AbsentError, Desk
from vitral.datasets.encode import idx_bytes
from vitral.datasets.sources.local import KnownFolders, from_environment, from_keras, from_torchvision
from vitral.errors import DataError


def put(folder: Path, content: dict[str, bytes], packed: bool = False) -> None:
    folder.mkdir(parents=True)
    for name, body in content.items():
        (folder / f"{name}{'.gz' * packed}").write_bytes(gzip.compress(body) if packed else body)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("below", ["", "stub"])
def test_the_folder_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, desk: Desk, packed: bool, below: str
) -> None:
    monkeypatch.setenv("VITRAL_DATA", str(tmp_path / "mine"))
    put(tmp_path / "mine" / below, CONTENT, packed)
    assert dict(from_environment(["stub"]).read(FILES, desk)) == CONTENT


def test_an_unset_environment_is_absent(desk: Desk) -> None:
    with pytest.raises(AbsentError, match="not set"):
        list(from_environment(["stub"]).read(FILES, desk))


def test_keras_cache_and_torchvisions_folders(home: Path, desk: Desk) -> None:
    put(home / ".keras" / "datasets" / "stub", CONTENT, packed=True)
    put(home / "data" / "Stub" / "raw", CONTENT)
    assert dict(from_keras(["stub"]).read(FILES, desk)) == CONTENT
    assert dict(from_torchvision(["Stub/raw"]).read(FILES, desk)) == CONTENT


def test_mnist_in_keras_npz(home: Path, desk: Desk, small_set: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = small_set
    (home / ".keras" / "datasets").mkdir(parents=True)
    np.savez(home / ".keras" / "datasets" / "mnist.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    content = {"train-images-idx3-ubyte": idx_bytes(x), "t10k-labels-idx1-ubyte": idx_bytes(y)}
    files = [data_file(name, body) for name, body in content.items()]
    assert dict(from_keras([""]).read(files, desk)) == content


def test_a_wrong_copy_is_passed_over_for_a_right_one(tmp_path: Path, desk: Desk) -> None:
    put(tmp_path / "wrong", dict(CONTENT, images=b"x" * len(CONTENT["images"])))
    put(tmp_path / "right", CONTENT)
    reader = KnownFolders("here", (tmp_path / "wrong", tmp_path / "right")).read(FILES, desk)
    assert dict(itertools.islice(reader, 2)) == CONTENT
    with pytest.raises(DataError, match="wrong: images has MD5"):
        next(reader)


def test_half_a_copy_gives_its_half_and_says_what_is_lacking(tmp_path: Path, desk: Desk) -> None:
    put(tmp_path / "half", {"labels": CONTENT["labels"]})
    reader = KnownFolders("here", (tmp_path / "half",)).read(FILES, desk)
    assert next(reader) == ("labels", CONTENT["labels"])
    with pytest.raises(AbsentError, match="no images in"):
        next(reader)


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10"])
def test_every_set_asks_the_machine_first_then_the_address_then_a_package(name: str) -> None:
    kinds = [type(source).__name__ for source in datasets.get(name).sources()]
    order = {"KnownFolders": 0, "Url": 1, "Package": 2}
    ranks = [order[kind] for kind in kinds]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2}
