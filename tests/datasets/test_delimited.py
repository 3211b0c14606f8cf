"""CSV and text files: what is read, and the exact line that bad input gets."""

import gzip
import re
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.datasets.stubs import attempt
from vitral.datasets.readers import read_any, read_csv
from vitral.errors import DataError

HEADER = "label,1x1,1x2,2x1,2x2"
ROWS = ["3,0,10,20,30", "1,40,50,60,255"]
PIXELS = [[[0, 10], [20, 30]], [[40, 50], [60, 255]]]


def write(folder: Path, *lines: str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def refused(path: Path, message: str, **options: object) -> None:
    with pytest.raises(DataError) as caught:
        read_any(path, **options)
    assert str(caught.value) == f"{path}{message}"


@pytest.mark.parametrize(
    ("lines", "options"),
    [
        ((HEADER, *ROWS), {}),
        (ROWS, {}),
        ((HEADER, *ROWS), {"label": "label"}),
        (("digit,a,b,c,d", *ROWS), {"header": True, "label": 0}),
        (("0,1,2,3,4", *ROWS), {"header": True}),
        (("1x1,1x2,2x1,2x2,label", "0,10,20,30,3", "40,50,60,255,1"), {}),
        (("0,10,20,30,3", "40,50,60,255,1"), {"label": -1}),
        (("0,3,10,20,30", "40,1,50,60,255"), {"label": 1}),
        (("2x2,1x1,y,1x2,2x1", "30,0,3,10,20", "255,40,1,50,60"), {}),
        ([row.replace(",", ";") for row in (HEADER, *ROWS)], {}),
        ([row.replace(",", "\t") for row in (HEADER, *ROWS)], {}),
        (('"label","1x1","1x2","2x1","2x2"', '3,"0",10,20,30', ROWS[1]), {}),
        (("\ufeff" + HEADER, ROWS[0], "", ROWS[1], ""), {}),
        ((HEADER, "3.0,0,10,20,3e1", ROWS[1]), {}),
        ((HEADER, *ROWS, "this line is not reached"), {"limit": 2}),
    ],
)
def test_every_way_to_write_the_same_two_images(tmp_path: Path, lines: list[str], options: dict[str, object]) -> None:
    for name in ("a.csv", "a.csv.gz"):
        path = write(tmp_path, *lines, name=name)
        if name.endswith(".gz"):
            path.write_bytes(gzip.compress(path.read_bytes()))
        x, y, names = read_any(path, **options)
        np.testing.assert_array_equal(x, PIXELS)
        np.testing.assert_array_equal(y, [3, 1])
        assert (x.dtype, y.dtype, names) == (np.uint8, np.int64, None)


def test_lines_that_end_as_on_windows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\r\n".join([HEADER, *ROWS]).encode())
    np.testing.assert_array_equal(read_csv(path).x, PIXELS)


def test_fractions_stay_fractions(tmp_path: Path) -> None:
    x = read_csv(write(tmp_path, "1,0,0.25,0.5,1"), max_value=1).x
    np.testing.assert_array_equal(x, [[[0, 0.25], [0.5, 1]]])
    assert x.dtype == np.float32


def test_a_shape_for_what_is_no_square(tmp_path: Path) -> None:
    path = write(tmp_path, "1,1,2,3,4,5,6")
    assert read_csv(path, shape=(1, 2, 3)).x.shape == (1, 1, 2, 3)
    refused(path, ": 6 pixels an image are no square; give their shape")
    refused(path, ": 6 pixels an image; expected 4 for the shape (2, 2)", shape=(2, 2))


def test_the_text_file_of_the_first_report(tmp_path: Path) -> None:
    path = write(tmp_path, "0 10  20 30 3", "  40\t50 60 255 1  ", name="a.txt")
    x, y, _ = read_any(path, classes=10)
    np.testing.assert_array_equal(x, PIXELS)
    np.testing.assert_array_equal(y, [3, 1])


@pytest.mark.parametrize(
    ("lines", "options", "message"),
    [
        ((HEADER, ROWS[0], "1,2,3,4"), {}, ", row 2 (line 3): 4 values; expected 5"),
        ((HEADER, ROWS[0], "1,2,3,4,5,6"), {}, ", row 2 (line 3): 6 values; expected 5"),
        ((ROWS[0], "1,2,3"), {}, ", row 2 (line 2): 3 values; expected 5"),
        ((HEADER, "1,2,3,4", "1,2,3,4"), {}, ", row 1 (line 2): 4 values; the header names 5 columns"),
        ((HEADER, "", ROWS[0], "1,2,abc,4,5"), {}, ", row 2 (line 4), column 3 ('1x2'): 'abc' is no number"),
        (("3,0,0,x,0", ROWS[0]), {}, ", row 1 (line 1), column 4: 'x' is no number"),
        ((ROWS[0], "1,2,,4,5"), {}, ", row 2 (line 2), column 3: '' is no number"),
        ((ROWS[0], "1,2,1_0,4,5"), {}, ", row 2 (line 2), column 3: '1_0' is no number"),
        ((HEADER, ROWS[0], "1,2,nan,4,5"), {}, ", row 2 (line 3), column 3 ('1x2'): pixel nan; expected 0 to 255"),
        ((HEADER, ROWS[0], "1,2,inf,4,5"), {}, ", row 2 (line 3), column 3 ('1x2'): pixel inf; expected 0 to 255"),
        ((HEADER, ROWS[0], "1,2,256,4,5"), {}, ", row 2 (line 3), column 3 ('1x2'): pixel 256; expected 0 to 255"),
        ((HEADER, ROWS[0], "1,2,-1,4,5"), {}, ", row 2 (line 3), column 3 ('1x2'): pixel -1; expected 0 to 255"),
        ((ROWS[0],), {"max_value": 16}, ", row 1 (line 1), column 4: pixel 20; expected 0 to 16"),
        (
            (HEADER, ROWS[0], "10,2,3,4,5"),
            {"classes": 10},
            ", row 2 (line 3), column 1 ('label'): label 10; expected a whole number from 0 to 9",
        ),
        (
            (ROWS[0], "-1,2,3,4,5"),
            {},
            ", row 2 (line 2), column 1: label -1; expected a whole number from 0 to 9999",
        ),
        (
            (ROWS[0], "1.5,2,3,4,5"),
            {},
            ", row 2 (line 2), column 1: label 1.5; expected a whole number from 0 to 9999",
        ),
        (
            (ROWS[0], "nan,2,3,4,5"),
            {"classes": 3},
            ", row 1 (line 1), column 1: label 3; expected a whole number from 0 to 2",
        ),
        ((HEADER,), {}, ": it holds no images"),
        (("", ""), {}, ": it holds no images"),
        (("1", "2"), {}, ": one column only; expected a label and pixels"),
        (ROWS, {"limit": 3}, ": 2 rows; expected at least 3"),
        (ROWS, {"label": 5}, ": no column 5; there are 5"),
        (ROWS, {"label": "kind"}, ": no column 'kind'; there is no header"),
        (
            (HEADER, *ROWS),
            {"label": "kind"},
            ": no column 'kind'; the header has label, 1x1, 1x2, 2x1, 2x2 ...",
        ),
    ],
)
def test_bad_input_gets_one_line_with_its_place(
    tmp_path: Path, lines: tuple[str, ...], options: dict[str, object], message: str
) -> None:
    refused(write(tmp_path, *lines), message, **options)


def test_a_text_file_is_never_taken_to_have_a_header(tmp_path: Path) -> None:
    path = write(tmp_path, "a b c d e", "1 2 3 4 5", name="a.txt")
    refused(path, ", row 1 (line 1), column 1: 'a' is no number")


def test_a_cut_gzip_names_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    noise = np.random.Generator(np.random.Philox(4)).integers(0, 256, (500, 5))
    content = gzip.compress("\n".join(",".join(map(str, row)) for row in noise).encode())
    path.write_bytes(content[:-100])
    with pytest.raises(DataError, match=rf"a\.csv\.gz, byte {len(content) - 100}: the gzip data is damaged"):
        read_csv(path)


def test_a_binary_file_is_refused_in_one_printable_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)) * 10)
    with pytest.raises(DataError) as caught:
        read_csv(path)
    assert str(caught.value).isprintable()


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.csv: No such file or directory"):
        read_csv(tmp_path / "none.csv")


def test_ten_thousand_images_are_read_in_about_a_second(tmp_path: Path) -> None:
    values = np.random.Generator(np.random.Philox(5)).integers(0, 256, (10_000, 785)).astype(str)
    values[:, 0] = "7"
    path = write(tmp_path, *(",".join(row) for row in values))
    start = time.process_time()
    x = read_csv(path).x
    assert x.shape == (10_000, 28, 28)
    # Processor time, so that a busy machine does not count; 0.15 s on a laptop core.
    assert time.process_time() - start < 3


cells = st.one_of(
    st.integers(-3, 300).map(str), st.sampled_from(["", "x", "nan", "1.5", '"', "1e999", " ", "\x00", "é", "1_0"])
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(cells, min_size=4, max_size=6).map(",".join), max_size=4), st.integers(0, 60))
def test_anything_is_read_whole_or_refused(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], cut: int
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "a.csv"
    text = "\n".join(lines)
    text = text[: len(text) - cut] if cut < len(text) else text
    path.write_text(text, encoding="utf-8")
    found = attempt(lambda: read_csv(path, header=False))
    if isinstance(found, DataError):
        assert re.fullmatch(rf"{re.escape(str(path))}(, row \d+ \(line \d+\).*)?: .+", str(found))
    else:
        held = [line for line in text.split("\n") if line]
        assert len(found.x) == len(found.y) == len(held)
        assert np.isfinite(found.x).all()
