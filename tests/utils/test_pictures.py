"""Picture files and arrays."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vitral import utils
from vitral.errors import ConfigError, DataError, ShapeError


def test_pixels_go_through_a_file(tmp_path: Path) -> None:
    x = np.arange(2 * 3 * 3, dtype=np.float32).reshape(2, 3, 3)
    utils.save_img(tmp_path / "a.png", x, scale=False)
    picture = utils.load_img(tmp_path / "a.png")
    assert (picture.size, picture.mode) == ((3, 2), "RGB")
    np.testing.assert_array_equal(utils.img_to_array(picture), x)
    np.testing.assert_array_equal(utils.img_to_array(picture, data_format="channels_first"), x.transpose(2, 0, 1))
    utils.save_img(tmp_path / "b.png", x.transpose(2, 0, 1), data_format="channels_first", scale=False)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_values_are_stretched_over_all_of_a_byte() -> None:
    picture = utils.array_to_img(np.array([[[-1.0], [0.0], [3.0]]]))
    assert (picture.mode, np.asarray(picture).tolist()) == ("L", [[0, 63, 255]])  # 255 / 4 = 63.75
    assert np.asarray(utils.array_to_img(np.full((1, 2, 1), 7.0))).tolist() == [[0, 0]]
    assert utils.array_to_img(np.full((1, 1, 1), 300.0), scale=False).mode == "I"


def test_a_picture_is_brought_to_a_size_and_a_mode() -> None:
    file = io.BytesIO()
    pixels = np.zeros((4, 8, 3), np.uint8)
    pixels[:, 2:6] = 200
    Image.fromarray(pixels).save(file, "PNG")
    wide = utils.load_img(file, target_size=(2, 2), interpolation="box")
    assert np.asarray(wide)[0, 0].tolist() == [100, 100, 100]
    middle = utils.load_img(file, color_mode="grayscale", target_size=(2, 2), keep_aspect_ratio=True)
    assert np.asarray(middle).tolist() == [[200, 200], [200, 200]]
    assert utils.load_img(file, color_mode="rgba").mode == "RGBA"


def test_jpeg_has_no_transparency(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="JPEG format does not support RGBA"):
        utils.save_img(tmp_path / "a.jpg", np.zeros((2, 2, 4)))
    assert utils.load_img(tmp_path / "a.jpg").size == (2, 2)


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    with pytest.raises(DataError, match=r"a\.png: it cannot be read as a picture"):
        utils.load_img(tmp_path / "a.png")
    with pytest.raises(DataError, match="there is no such file"):
        utils.load_img(str(tmp_path / "b.png"))
    with pytest.raises(ConfigError, match="color_mode is 'hsv'"):
        utils.load_img(tmp_path / "a.png", color_mode="hsv")
    with pytest.raises(ConfigError, match="interpolation is 'cubic'"):
        utils.load_img(tmp_path / "a.png", interpolation="cubic")
    with pytest.raises(ConfigError, match="path is a int"):
        utils.load_img(3)  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="received 2 channels; expected 1, 3 or 4"):
        utils.array_to_img(np.zeros((2, 2, 2)))
    with pytest.raises(ConfigError, match="data_format is 'nhwc'"):
        utils.img_to_array(np.zeros((2, 2)), data_format="nhwc")
    with pytest.raises(ConfigError, match="file_format is None"):
        utils.save_img(io.BytesIO(), np.zeros((2, 2, 1)))
