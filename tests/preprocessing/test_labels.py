"""One-hot rows."""

import numpy as np
import pytest

from vitral.errors import DataError
from vitral.preprocessing import one_hot, to_categorical


def test_keras_example() -> None:
    rows = to_categorical([0, 1, 2, 3], num_classes=4)
    np.testing.assert_array_equal(rows, np.eye(4))
    assert rows.dtype == np.float32
    assert one_hot is to_categorical


def test_the_number_of_classes_is_that_of_the_largest_label() -> None:
    np.testing.assert_array_equal(to_categorical([0, 2]), [[1, 0, 0], [0, 0, 1]])


@pytest.mark.parametrize("shape", [(4,), (4, 1), (2, 2)])
def test_shapes_as_in_keras(shape: tuple[int, ...]) -> None:
    rows = to_categorical(np.array([0, 1, 2, 1], dtype=np.uint8).reshape(shape), 3)
    kept = shape[:-1] if shape[-1] == 1 else shape
    assert rows.shape == (*kept, 3)
    np.testing.assert_array_equal(rows.reshape(4, 3).argmax(axis=1), [0, 1, 2, 1])


@pytest.mark.parametrize(
    ("labels", "classes", "message"),
    [
        ([0, 3], 3, "label 3 at index 1; expected a whole number from 0 to 2"),
        ([0, -1], None, "label -1 at index 1; expected a whole number from 0 to 0"),
        ([0, 1.5, 1], None, "label 1.5 at index 1; expected a whole number from 0 to 1"),
        ([0, np.nan], 3, "label nan at index 1; expected a whole number from 0 to 2"),
        ([np.inf], None, "label inf at index 0"),
        ([], None, r"labels of type float64 and shape \(0,\)"),
        (["a"], None, "labels of type <U1"),
    ],
)
def test_labels_that_are_none(labels: list[object], classes: int | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        to_categorical(np.array(labels), classes)
