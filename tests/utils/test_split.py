"""Arrays in two parts. The numbers of samples are those of keras.utils.split_dataset 3.15 on 11 samples."""

import numpy as np
import pytest

from vitral.errors import ConfigError, DataError, ShapeError
from vitral.utils import split_dataset

X = np.arange(22).reshape(11, 2)
Y = np.arange(11)


@pytest.mark.parametrize(
    ("left_size", "right_size", "sizes"),
    [
        (0.8, None, (9, 2)),
        (None, 0.25, (8, 3)),
        (0.5, 0.25, (6, 3)),
        (4, None, (4, 7)),
        (4, 3, (4, 3)),
        (0.3, 5, (3, 5)),
    ],
)
def test_sizes(left_size: float | None, right_size: float | None, sizes: tuple[int, int]) -> None:
    left, right = split_dataset(Y, left_size, right_size)
    np.testing.assert_array_equal(left, Y[: sizes[0]])
    np.testing.assert_array_equal(right, Y[-sizes[1] :])


def test_a_structure_keeps_its_kind_and_its_rows() -> None:
    left, right = split_dataset((X, Y), left_size=3, shuffle=True, seed=5)
    assert isinstance(left, tuple)
    for part_x, part_y in (left, right):
        np.testing.assert_array_equal(part_x[:, 0], 2 * part_y)
    assert sorted([*left[1], *right[1]]) == list(range(11))
    assert not np.array_equal(np.concatenate([left[1], right[1]]), Y)
    again, _ = split_dataset((X, Y), left_size=3, shuffle=True, seed=5)
    np.testing.assert_array_equal(again[1], left[1])
    assert isinstance(split_dataset([X, Y], 3)[0], list)


def test_what_cannot_be_is_refused() -> None:
    for sizes in ((), (0,), (11,), (1.0,), (-0.5,), (8, 4), (0.8, 0.4), ("3",), (True,), (0.01,)):
        with pytest.raises(ConfigError, match="split_dataset"):
            split_dataset(Y, *sizes)
    with pytest.raises(ConfigError, match="preferred_backend is 'torch'"):
        split_dataset(Y, 3, preferred_backend="torch")
    with pytest.raises(DataError, match="received a range"):
        split_dataset(range(11), 3)
    with pytest.raises(DataError, match="a float in a list"):
        split_dataset([1.0, 2.0], 1)
    with pytest.raises(ShapeError, match="arrays of one length"):
        split_dataset((X, Y[:3]), 2)
