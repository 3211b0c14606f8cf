"""The readers of .npz archives and of CIFAR-10's batches, and the unpickler's refusals."""

import collections
import io
import os
import pickle
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.datasets.stubs import attempt
from vitral.datasets.encode import cifar_bytes
from vitral.datasets.readers import read_any, read_cifar_binary, read_cifar_python, read_npz
from vitral.datasets.readers.pickles import load_arrays
from vitral.errors import DataError

SmallSet = tuple[np.ndarray, np.ndarray]


@pytest.mark.parametrize("names", [("x", "y"), ("images", "labels"), ("x_train", "y_train")])
def test_npz_by_usual_names(tmp_path: Path, small_set: SmallSet, names: tuple[str, str]) -> None:
    np.savez_compressed(tmp_path / "a.npz", **dict(zip(names, small_set, strict=True)))
    x, y, _ = read_any(tmp_path / "a.npz")
    np.testing.assert_array_equal(x, small_set[0])
    np.testing.assert_array_equal(y, small_set[1])


def test_npz_by_given_names_and_labels_as_a_column(tmp_path: Path, small_set: SmallSet) -> None:
    np.savez(tmp_path / "a.npz", p=small_set[0], q=small_set[1][:, None])
    x, y, _ = read_npz(tmp_path / "a.npz", images="p", labels="q")
    assert (x.shape, y.shape) == ((6, 3, 3), (6,))


IMAGES = np.zeros((3, 2, 2))
BAD_PIXEL = IMAGES.copy()
BAD_PIXEL[2, 0, 1] = np.nan


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"a": IMAGES}, ": no arrays x and y; it holds a"),
        ({"x": IMAGES, "y": [0, 1]}, ": 3 images but 2 labels"),
        ({"x": IMAGES[:0], "y": []}, ": it holds no images"),
        ({"x": BAD_PIXEL, "y": [0, 1, 2]}, ", x[2, 0, 1]: pixel nan; expected 0 to 255"),
        ({"x": IMAGES, "y": [0, 1, -2]}, ", y[2]: label -2; expected a whole number from 0 to 9999"),
        ({"x": IMAGES[0], "y": [0, 1]}, ", x: shape (2, 2); expected 3 or 4 axes with something in them"),
        ({"x": IMAGES, "y": ["a", "b", "c"]}, ", y: values of type <U1; expected numbers"),
    ],
)
def test_bad_npz_gets_one_line(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, **arrays)
    with pytest.raises(DataError) as caught:
        read_npz(path)
    assert str(caught.value) == f"{path}{message}"


def test_npy_and_encrypted_npz_are_refused(tmp_path: Path, small_set: SmallSet) -> None:
    with (tmp_path / "a.npz").open("wb") as stream:
        np.save(stream, small_set[0])
    with pytest.raises(DataError, match="one array only"):
        read_npz(tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", x=small_set[0], y=small_set[1])
    content = bytearray((tmp_path / "b.npz").read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    content[6] |= 1
    (tmp_path / "b.npz").write_bytes(content)
    with pytest.raises(DataError, match="encrypted"):
        read_npz(tmp_path / "b.npz")


def test_npz_with_objects_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.array([{}], dtype=object), y=np.zeros(1))
    with pytest.raises(DataError, match="Object arrays cannot be loaded"):
        read_npz(tmp_path / "a.npz")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 600), st.integers(0, 600), st.integers(0, 255))
def test_a_damaged_npz_is_refused_or_whole(
    tmp_path_factory: pytest.TempPathFactory, keep: int, at: int, value: int
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "a.npz"
    np.savez(path, x=np.zeros((3, 2, 2), dtype=np.uint8), y=np.zeros(3, dtype=np.uint8))
    content = bytearray(path.read_bytes())
    content[at % len(content)] = value
    path.write_bytes(content[: len(content) - keep] if keep < 300 else content)
    found = attempt(lambda: read_npz(path))
    assert str(path) in str(found) if isinstance(found, DataError) else len(found.x) == 3


@pytest.fixture
def batch() -> tuple[np.ndarray, np.ndarray]:
    """Images with channels last, and labels 0 to 4."""
    generator = np.random.Generator(np.random.Philox(6))
    return generator.integers(0, 256, (5, 32, 32, 3), dtype=np.uint8), np.arange(5)


def planes(images: np.ndarray) -> np.ndarray:
    return images.transpose(0, 3, 1, 2).reshape(len(images), -1)


def test_cifar_binary(tmp_path: Path, batch: SmallSet) -> None:
    path = tmp_path / "data_batch_1.bin"
    path.write_bytes(cifar_bytes(planes(batch[0]), batch[1]))
    x, y, _ = read_any(path)
    np.testing.assert_array_equal(x, batch[0])
    np.testing.assert_array_equal(y, batch[1])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ": it holds no images"),
        (bytes(3072), ", byte 0: the file ends 3072 bytes into a record of 3073"),
        (bytes(3073 + 7), ", byte 3073: the file ends 7 bytes into a record of 3073"),
        (bytes(3073) + b"\x0a" + bytes(3072), ", byte 3073: label 10; expected a whole number from 0 to 9"),
    ],
)
def test_bad_cifar_binary_names_the_byte(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "b.bin"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_cifar_binary(path)
    assert str(caught.value) == f"{path}{message}"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("as_bytes", [True, False])
def test_cifar_python(tmp_path: Path, batch: SmallSet, protocol: int, as_bytes: bool) -> None:
    members = {"data": planes(batch[0]), "labels": batch[1].tolist(), "filenames": ["a.png"] * 5}
    content = {key.encode(): value for key, value in members.items()} if as_bytes else members
    path = tmp_path / "data_batch_1"
    path.write_bytes(pickle.dumps(content, protocol=protocol))
    x, y, _ = read_any(path)
    np.testing.assert_array_equal(x, batch[0])
    np.testing.assert_array_equal(y, batch[1])


def test_a_batch_as_python_2_wrote_it(tmp_path: Path) -> None:
    """The opcodes of the real batches: protocol 2, text as SHORT_BINSTRING, numpy.core.multiarray."""
    data = bytes(3072)
    content = (
        b"\x80\x02}q\x01(U\x04dataq\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01K\x01M\x00\x0c\x86cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xff"
        b"J\xff\xff\xff\xffK\x00tb\x89T\x00\x0c\x00\x00" + data + b"tbU\x06labelsq\x03]K\x07au."
    )
    path = tmp_path / "data_batch_2"
    path.write_bytes(content)
    x, y, _ = read_cifar_python(path)
    assert (x.shape, y.tolist()) == ((1, 32, 32, 3), [7])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([1, 2], "its data is NoneType; expected uint8 of shape (n, 3072)"),
        ({b"data": np.zeros((1, 3072))}, "its data is float64 of shape (1, 3072); expected uint8"),
        ({b"data": np.zeros((1, 3072), np.uint8)}, "its labels are NoneType; expected a list of whole numbers"),
        ({b"data": np.zeros((1, 3072), np.uint8), b"labels": ["a"]}, "expected a list of whole numbers"),
        ({b"data": np.zeros((1, 3072), np.uint8), b"labels": [2**70]}, "a label does not fit into 64 bits"),
        ({b"data": np.zeros((1, 3072), np.uint8), b"labels": [10]}, "labels[0]: label 10; expected a whole"),
        ({b"data": np.zeros((2, 3072), np.uint8), b"labels": [1]}, "2 images but 1 labels"),
        ({b"data": np.zeros((0, 3072), np.uint8), b"labels": []}, "it holds no images"),
    ],
)
def test_bad_python_batches_get_one_line(tmp_path: Path, content: object, message: str) -> None:
    path = tmp_path / "data_batch_1"
    path.write_bytes(pickle.dumps(content))
    with pytest.raises(DataError) as caught:
        read_cifar_python(path)
    assert message in str(caught.value)


class _Runs:
    def __init__(self, *call: Any) -> None:
        self.call = call

    def __reduce__(self) -> Any:
        return self.call[0], self.call[1:]


@pytest.mark.parametrize(
    "content",
    [
        _Runs(os.system, "touch owned"),
        _Runs(eval, "open('owned', 'w')"),
        _Runs(subprocess.run, ["touch", "owned"]),
        _Runs(np.load, "x"),
        _Runs(getattr, "x", "join"),
        np.array([_Runs(os.system, "touch owned")], dtype=object),
        collections.OrderedDict(a=1),
        {"nested": [(_Runs(os.system, "touch owned"),)]},
    ],
)
@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_a_pickle_that_asks_for_more_than_arrays_is_refused(home: Path, content: object, protocol: int) -> None:
    packed = pickle.dumps(content, protocol=protocol)
    with pytest.raises(DataError, match=r"here: the pickle is refused near byte \d+: it asks for"):
        load_arrays(io.BytesIO(packed), "here")
    assert not (home / "owned").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x02.",
        b"c_codecs\nencode\n(Vabc\nVrot13\ntR.",
        b"Pexternal\n.",
        b"\x80\x02\x82\x01.",
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(L100000000000000000L\ntS'b'\ntR.",
        b"cnumpy\ndtype\n(S'no such type'\ntR.",
        b"cnumpy\ndtype\n(S'O'\ntR.",
        b"cnumpy\nndarray\n(tR.",
        b"]r\xff\xff\xff\xff.",
        b"]q\x01h\x01a.",
    ],
)
def test_hostile_pickles_end_in_a_data_error(content: bytes) -> None:
    with pytest.raises(DataError, match="here: the pickle is refused near byte"):
        load_arrays(io.BytesIO(content), "here")


def test_a_byte_array_longer_than_the_pickle_is_refused_before_memory_is_taken() -> None:
    length = 2**40
    content = b"\x80\x05\x96" + length.to_bytes(8, "little") + b"short."
    with pytest.raises(DataError, match=r"here: the pickle is refused near byte .* but only 6 remain"):
        load_arrays(io.BytesIO(content), "here")


PLAIN = pickle.dumps({b"data": np.zeros((2, 12), np.uint8), b"labels": [1, 2]}, protocol=2)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(PLAIN) - 1), st.integers(0, 255), st.integers(1, len(PLAIN)))
def test_damaged_pickles_are_refused_or_plain(at: int, value: int, keep: int) -> None:
    content = bytearray(PLAIN)
    content[at] = value
    found = attempt(lambda: load_arrays(io.BytesIO(content[:keep]), "here"))
    assert not isinstance(found, DataError) or str(found).startswith("here: ")
