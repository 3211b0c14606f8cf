"""The reader of class-named folders, and the choice of a reader."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vitral.datasets.readers import read_any, read_folder
from vitral.errors import ConfigError, DataError, MissingExtraError


def save(path: Path, value: int | tuple[int, ...], mode: str = "L", size: tuple[int, int] = (4, 3)) -> Path:
    """A picture of one color, `size` as (width, height)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, value).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "animals"
    save(root / "dog" / "b.png", 20)
    save(root / "dog" / "a.PNG", 10)
    save(root / "cat" / "z.jpeg", 30)
    save(root / "ant" / "1.png", 40)
    return root


def test_labels_follow_the_sorted_names(folder: Path) -> None:
    (folder / ".DS_Store").write_text("noise")
    (folder / "cat" / "Thumbs.db").write_text("noise")
    x, y, names = read_any(folder)
    assert names == ["ant", "cat", "dog"]
    assert y.tolist() == [0, 1, 2, 2]
    assert (x.shape, x.dtype) == ((4, 3, 4), np.uint8)
    assert x[:, 0, 0].tolist() == [40, 30, 10, 20]


def test_one_color_picture_makes_all_rgb(folder: Path) -> None:
    save(folder / "cat" / "red.png", (255, 0, 0), "RGB")
    x = read_folder(folder).x
    assert x.shape == (5, 3, 4, 3)
    assert x[1, 0, 0].tolist() == [255, 0, 0]
    assert x[0, 0, 0].tolist() == [40, 40, 40]
    assert read_folder(folder, color="grey").x.shape == (5, 3, 4)


def test_transparent_parts_become_white(tmp_path: Path) -> None:
    save(tmp_path / "set" / "c" / "a.png", (0, 0), "LA")
    assert (read_folder(tmp_path / "set").x == 255).all()


def test_two_sizes_need_a_decision(folder: Path) -> None:
    save(folder / "dog" / "big.png", 50, size=(8, 6))
    with pytest.raises(DataError, match=r"big\.png: 6 x 8 pixels, but 1\.png has 3 x 4; give image_size"):
        read_folder(folder)
    assert read_folder(folder, image_size=(5, 6)).x.shape == (5, 5, 6)


def test_a_picture_is_turned_upright(tmp_path: Path) -> None:
    picture = Image.new("L", (4, 3))
    exif = Image.Exif()
    exif[0x0112] = 6
    (tmp_path / "set" / "c").mkdir(parents=True)
    picture.save(tmp_path / "set" / "c" / "a.jpg", exif=exif)
    assert read_folder(tmp_path / "set").x.shape == (1, 4, 3)


def broken(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def test_a_cut_picture_is_named(folder: Path) -> None:
    Image.effect_noise((40, 40), 50).save(folder / "cat" / "z.jpeg")
    broken(folder / "cat" / "z.jpeg")
    with pytest.raises(DataError, match=r"z\.jpeg: it cannot be read as a picture: .*truncated"):
        read_folder(folder, image_size=(3, 4))


def test_something_else_under_a_pictures_name_is_named(folder: Path) -> None:
    (folder / "cat" / "y.png").write_text("hello")
    with pytest.raises(DataError, match=r"y\.png: no PNG or JPEG picture"):
        read_folder(folder)


def test_sixteen_bits_are_not_cut_to_eight_in_silence(folder: Path) -> None:
    Image.fromarray(np.full((3, 4), 40_000, np.uint16)).save(folder / "cat" / "deep.png")
    with pytest.raises(DataError, match=r"deep\.png: more than 8 bits a pixel"):
        read_folder(folder)


def test_a_picture_that_would_fill_the_memory_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    with pytest.raises(DataError, match="decompression bomb"):
        read_folder(folder)


def test_what_is_no_picture_is_not_passed_over(folder: Path) -> None:
    (folder / "cat" / "notes.gif").write_text("")
    with pytest.raises(DataError, match=r"notes\.gif: no picture; expected \.png, \.jpg, \.jpeg"):
        read_folder(folder)


def test_a_file_beside_the_classes_is_not_passed_over(folder: Path) -> None:
    save(folder / "lost.png", 1)
    with pytest.raises(DataError, match=r"lost\.png: a file beside the class folders"):
        read_folder(folder)


def test_an_empty_class_and_an_empty_folder(tmp_path: Path, folder: Path) -> None:
    (folder / "bee").mkdir()
    with pytest.raises(DataError, match="bee: the class holds no images"):
        read_folder(folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="empty: it holds no images"):
        read_folder(tmp_path / "empty")


def test_without_pillow(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "vitral.datasets.readers.pictures", None)
    with pytest.raises(MissingExtraError, match="reading pictures needs pillow"):
        read_folder(folder)


def test_a_name_that_does_not_tell_the_format(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    path.write_text("")
    with pytest.raises(DataError, match=r"data\.parquet: its name does not tell its format; name one of csv, text"):
        read_any(path)


def test_unknown_formats_and_options(folder: Path) -> None:
    with pytest.raises(ConfigError, match="unknown format 'tiff'; known: csv, text"):
        read_any(folder, "tiff")
    with pytest.raises(ConfigError, match="the format folder has no option 'label'; known: image_size, color"):
        read_any(folder, label=3)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nowhere: no such file or folder"):
        read_any(tmp_path / "nowhere")
