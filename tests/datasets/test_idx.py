"""The idx reader."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.datasets.stubs import attempt
from vitral.datasets.encode import idx_bytes
from vitral.datasets.readers import read_any, read_idx
from vitral.errors import DataError

SmallSet = tuple[np.ndarray, np.ndarray]


@pytest.fixture
def pair(tmp_path: Path, small_set: SmallSet) -> tuple[Path, Path]:
    images, labels = tmp_path / "train-images-idx3-ubyte", tmp_path / "train-labels-idx1-ubyte"
    images.write_bytes(idx_bytes(small_set[0]))
    labels.write_bytes(idx_bytes(small_set[1]))
    return images, labels


@pytest.mark.parametrize("packed", [False, True])
def test_images_and_the_labels_beside_them(pair: tuple[Path, Path], small_set: SmallSet, packed: bool) -> None:
    images = pair[0]
    if packed:
        images = images.with_name(images.name + ".gz")
        images.write_bytes(gzip.compress(pair[0].read_bytes()))
    x, y, names = read_any(images, classes=3)
    np.testing.assert_array_equal(x, small_set[0])
    np.testing.assert_array_equal(y, small_set[1])
    assert (x.dtype, y.dtype, names) == (np.uint8, np.int64, None)


def test_other_number_types_come_in_native_order(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    values = np.arange(6 * 4, dtype=">i4").reshape(6, 2, 2)
    path = tmp_path / "ints.idx"
    path.write_bytes(struct.pack(">HBBIII", 0, 12, 3, 6, 2, 2) + values.tobytes())
    np.testing.assert_array_equal(read_idx(path, labels=pair[1]).x, values)


HEADER = bytes([0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 3, 0, 0, 0, 3])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ", byte 0: magic number missing; expected 00 00 08 03 or 00 00 08 04"),
        (b"\x89PNG rest", ", byte 0: magic number 89 50 4e 47; expected 00 00 08 03 or 00 00 08 04"),
        (
            bytes([0, 0, 8, 1, 0, 0, 0, 6]),
            ", byte 0: magic number 00 00 08 01; expected 00 00 08 03 or 00 00 08 04",
        ),
        (HEADER[:10], ", byte 10: the file ends inside its header"),
        (
            HEADER + bytes(53),
            ", byte 69: the file ends here; its header promises 6 x 3 x 3 values, 70 bytes in all",
        ),
        (
            HEADER + bytes(55),
            ", byte 70: the file goes on here; its header promises 6 x 3 x 3 values, 70 bytes in all",
        ),
        (
            bytes([0, 0, 8, 3]) + b"\xff" * 12,
            ", byte 16: the file ends here; its header promises 4294967295 x 4294967295 x 4294967295 values, "
            "79228162458924105385300197391 bytes in all",
        ),
        (bytes([0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 3]), ": it holds no images"),
        (bytes([0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 3]) + bytes(45), ": 5 images but 6 labels"),
    ],
)
def test_bad_images_get_one_line_with_the_byte(pair: tuple[Path, Path], content: bytes, message: str) -> None:
    pair[0].write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_idx(pair[0])
    assert str(caught.value) == f"{pair[0]}{message}"


def test_a_label_out_of_range_names_its_byte(pair: tuple[Path, Path]) -> None:
    with pytest.raises(DataError, match=r"idx1-ubyte, byte 10: label 2; expected a whole number from 0 to 1"):
        read_idx(pair[0], classes=2)


def test_a_pixel_that_is_not_a_number_names_its_byte(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    values = np.zeros((6, 2, 2), dtype=">f4")
    values[1, 0, 1] = np.nan
    path = tmp_path / "floats.idx"
    path.write_bytes(struct.pack(">HBBIII", 0, 13, 3, 6, 2, 2) + values.tobytes())
    with pytest.raises(DataError, match=r"floats\.idx, byte 36: pixel nan; expected 0 to 255"):
        read_idx(path, labels=pair[1])


def test_labels_must_be_somewhere(pair: tuple[Path, Path]) -> None:
    pair[1].unlink()
    with pytest.raises(DataError, match="no file of labels beside it"):
        read_idx(pair[0])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 69), st.integers(0, 255), st.integers(0, 71), st.booleans())
def test_a_damaged_file_is_refused_or_has_every_image(
    tmp_path_factory: pytest.TempPathFactory, at: int, value: int, keep: int, packed: bool
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    content = bytearray(HEADER + bytes(range(54)))
    content[at] = value
    body = gzip.compress(content)[: keep + 20] if packed else bytes(content[:keep])
    (folder / "images").write_bytes(body)
    (folder / "labels").write_bytes(idx_bytes(np.zeros(6, dtype=np.uint8)))
    found = attempt(lambda: read_idx(folder / "images", labels=folder / "labels"))
    if isinstance(found, DataError):
        assert str(folder) in str(found)
        assert "\n" not in str(found)
    else:
        assert len(found.x) == 6
