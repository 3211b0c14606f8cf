"""Pictures of any kind come to the network as the training images did."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vitral import datasets
from vitral.errors import DataError, RunError
from vitral.lab.folder import RunFolder
from vitral.lab.picture import read_picture
from vitral.lab.record import Preparation
from vitral.lab.trained import TrainedRun

MNIST = Preparation("unit", 255.0, False, [28, 28, 1], [28, 28, 1], bright_on_dark=True, content_size=[20, 20])
PHOTO = Preparation("unit", 255.0, False, [32, 32, 3], [32, 32, 3], bright_on_dark=False, content_size=[32, 32])


def _saved(path: Path, pixels: np.ndarray, mode: str | None = None) -> Path:
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(path)
    return path


def _stroke() -> np.ndarray:
    """Dark ink on white paper: a bar 40 wide and 80 high, left and low in a picture of 200 x 300."""
    paper = np.full((200, 300), 255, np.uint8)
    paper[100:180, 20:60] = 0
    return paper


def test_ink_on_paper_is_inverted_scaled_to_20_pixels_and_centered(tmp_path: Path) -> None:
    pixels = read_picture(_saved(tmp_path / "bar.png", _stroke()), MNIST)[..., 0]
    rows, columns = np.nonzero(pixels)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (4, 23, 9, 18)
    assert pixels[14, 14] == 255


def test_polarity_can_be_given(tmp_path: Path) -> None:
    ink = _saved(tmp_path / "ink.png", _stroke())
    chalk = _saved(tmp_path / "chalk.png", 255 - _stroke())
    expected = read_picture(ink, MNIST)
    assert (read_picture(ink, MNIST, polarity="invert") == expected).all()
    assert (read_picture(chalk, MNIST) == expected).all()
    assert (read_picture(chalk, MNIST, polarity="keep") == expected).all()
    assert (read_picture(ink, MNIST, polarity="keep") != expected).any()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P", "1"])
def test_the_kind_of_picture_does_not_matter(tmp_path: Path, mode: str) -> None:
    expected = read_picture(_saved(tmp_path / "grey.png", _stroke()), MNIST)
    assert (read_picture(_saved(tmp_path / "other.png", _stroke(), mode), MNIST) == expected).all()


def test_transparent_paper_is_white(tmp_path: Path) -> None:
    ink = np.zeros((200, 300, 4), np.uint8)
    ink[..., 3] = 255 - _stroke()
    expected = read_picture(_saved(tmp_path / "grey.png", _stroke()), MNIST)
    assert (read_picture(_saved(tmp_path / "ink.png", ink), MNIST) == expected).all()


def test_sixteen_bits_are_read_as_eight(tmp_path: Path) -> None:
    deep = _stroke().astype(np.uint16) * 257
    expected = read_picture(_saved(tmp_path / "grey.png", _stroke()), MNIST)
    assert (read_picture(_saved(tmp_path / "deep.png", deep), MNIST) == expected).all()


def test_an_image_of_the_right_size_is_taken_as_it_is(tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(0, 100, (32, 32, 3), np.uint8)
    assert (read_picture(_saved(tmp_path / "a.png", image), PHOTO) == image).all()


def test_the_middle_of_a_photo_is_taken_without_distortion(tmp_path: Path) -> None:
    wide = np.zeros((64, 200, 3), np.uint8)
    wide[:, 68:132] = (250, 100, 10)
    found = read_picture(_saved(tmp_path / "wide.png", wide), PHOTO).astype(int)
    # The filter's overshoot at the cut is a few units.
    assert abs(found - (250, 100, 10)).max() <= 15


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(DataError, match=r"a\.png: not a picture that can be read"):
        read_picture(tmp_path / "a.png", MNIST)
    with pytest.raises(DataError, match=r"none\.png: cannot be read: No such file"):
        read_picture(tmp_path / "none.png", MNIST)
    whole = _saved(tmp_path / "whole.png", _stroke()).read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"half\.png"):
        read_picture(tmp_path / "half.png", MNIST)


def test_a_test_image_saved_as_picture_gets_the_stored_prediction(finished: RunFolder, tmp_path: Path) -> None:
    _, (x_test, _) = datasets.digits.load_data()
    path = _saved(tmp_path / "digit.png", np.rint(x_test[5] * (255 / 16)).astype(np.uint8))
    (found,) = TrainedRun(finished).predict([path])
    stored = finished.arrays("predictions.npz")["probabilities"][5]
    assert found.probabilities == pytest.approx(stored.tolist(), abs=0.01)
    assert (found.label, found.names.es) == (int(stored.argmax()), [str(stored.argmax())])
    assert found.probability == max(found.probabilities)


def test_evaluate_measures_the_same_as_the_run(finished: RunFolder) -> None:
    found = TrainedRun(finished).evaluate()
    assert found.results == finished.summary().results
    assert found.confusion == finished.summary().confusion


def test_strokes_that_fill_the_training_images_fill_the_picture_too(tmp_path: Path) -> None:
    digits = Preparation("unit", 16.0, False, [8, 8, 1], [8, 8, 1], bright_on_dark=True, content_size=[8, 8])
    pixels = read_picture(_saved(tmp_path / "bar.png", _stroke()), digits)[..., 0]
    rows, columns = np.nonzero(pixels)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (0, 7, 2, 5)


def test_a_finished_run_without_its_model_says_so(finished: RunFolder, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(finished.path, run)
    (run / "model.keras").unlink()
    with pytest.raises(RunError, match=r"run: model\.keras is missing"):
        TrainedRun(RunFolder(run))
