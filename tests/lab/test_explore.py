"""The analysis of a data set, on a set so small that every figure can be counted by hand."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from vitral.errors import RecipeError
from vitral.lab.explore import data_recipe, explore, write_exploration
from vitral.lab.folder import RunFolder
from vitral.lab.outliers import find_outliers
from vitral.lab.pixels import correlation_with_label, mean_images, nearest_mean
from vitral.lab.recipe import DataRecipe


def _small(folder: Path) -> DataRecipe:
    """Six 2x2 training images of two classes and two test images, as npz."""
    x_train = np.array([[0, 0, 9, 0], [1, 0, 9, 0], [1, 0, 9, 0], [8, 0, 9, 5], [9, 0, 9, 5], [8, 0, 9, 5]], np.uint8)
    x_test = np.array([[1, 0, 9, 0], [9, 0, 9, 9]], np.uint8)
    np.savez(folder / "train.npz", x=x_train.reshape(-1, 2, 2), y=np.array([0, 0, 0, 1, 1, 0]))
    np.savez(folder / "test.npz", x=x_test.reshape(-1, 2, 2), y=np.array([0, 1]))
    return DataRecipe(path=str(folder / "train.npz"), test_path=str(folder / "test.npz"))


def test_figures_of_a_set_counted_by_hand(tmp_path: Path) -> None:
    record, arrays = explore(_small(tmp_path))
    assert (record.train_size, record.test_size, record.image_shape) == (6, 2, [2, 2, 1])
    assert record.constant_pixels == record.undefined_correlations == 2
    assert arrays["constant"].ravel().tolist() == [False, True, True, False]
    assert np.isnan(arrays["correlation"].ravel()).tolist() == [False, True, True, False]
    assert [(entry.train, entry.test) for entry in record.classes] == [(4, 1), (2, 1)]
    assert (record.imbalance, record.majority_baseline) == (2.0, pytest.approx(4 / 6))
    # [1 0 9 0] is twice in train and once in test; [8 0 9 5] twice in train, with labels 1 and 0.
    assert (record.duplicates.within_train, record.duplicates.within_test, record.duplicates.across) == (2, 0, 1)
    assert record.duplicates.conflicting_labels == 1
    assert (record.duplicates.groups[0].train, record.duplicates.groups[0].test) == ([1, 2], [0])
    assert [(column.name, column.count, column.maximum) for column in record.columns] == [
        ("label", 1, 1.0),
        ("1x1 ... 2x2", 4, 9.0),
    ]
    assert record.nearest_mean_accuracy == 1.0
    assert arrays["mean_images"][1].ravel().tolist() == [8.5, 0.0, 9.0, 5.0]


def test_correlation_is_numpys_and_undefined_where_a_pixel_never_varies() -> None:
    digits = load_digits()
    x, y = digits.images[..., np.newaxis].astype(np.uint8), digits.target
    ours = correlation_with_label(x, y).ravel()
    varies = x.reshape(len(x), -1).std(axis=0) > 0
    expected = [np.corrcoef(column, y)[0, 1] for column in x.reshape(len(x), -1)[:, varies].T]
    assert ours[varies] == pytest.approx(expected)
    assert np.isnan(ours[~varies]).all()
    assert (~varies).sum() == 3


def test_nearest_mean_is_scikit_learns_one_nearest_neighbor_among_the_means() -> None:
    digits = load_digits()
    x, y = digits.images[..., np.newaxis], digits.target
    means = mean_images(x[:1000], y[:1000], 10)
    expected = KNeighborsClassifier(1).fit(means.reshape(10, -1), range(10)).score(digits.data[1000:], y[1000:])
    assert nearest_mean(x[1000:], y[1000:], means) == pytest.approx(expected)


def test_an_image_unlike_its_class_is_an_outlier() -> None:
    x = np.random.default_rng(0).normal(100, 5, (200, 4, 4, 1))
    y = np.zeros(200, int)
    x[17] += 100
    (outlier,) = find_outliers(x, y, mean_images(x, y, 1))
    assert (outlier.index, outlier.label) == (17, 0)
    assert outlier.score > 3


def test_digits_are_explored_and_written_in_both_languages(tmp_path: Path) -> None:
    record = write_exploration(data_recipe("digits"), tmp_path)
    assert set(RunFolder(tmp_path).arrays("exploration.npz")) == {
        "constant",
        "correlation",
        "mean_images",
        "mean_image",
        "sample_images",
        "sample_labels",
        "outlier_images",
        "duplicate_images",
    }
    assert (tmp_path / "exploration.json").is_file()
    assert "balanced" in record.verdict.en
    assert "equilibradas" in record.verdict.es


def test_unknown_data_set_gets_a_suggestion() -> None:
    with pytest.raises(RecipeError, match="unknown data set 'mnits'; did you mean 'mnist'"):
        explore(data_recipe("mnits"))
