"""Layers that make one array of several, with numbers worked out by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from vitral import Input, layers
from vitral.errors import ConfigError, ShapeError

A, B = np.array([[1.0, 5.0]]), np.array([[3.0, 4.0]])


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (layers.add, [[4, 9]]),
        (layers.subtract, [[-2, 1]]),
        (layers.multiply, [[3, 20]]),
        (layers.average, [[2, 4.5]]),
        (layers.maximum, [[3, 5]]),
        (layers.minimum, [[1, 4]]),
        (layers.concatenate, [[1, 5, 3, 4]]),
        (layers.dot, [[23]]),
    ],
)
def test_two_arrays(function: Callable[..., np.ndarray], expected: list[list[float]]) -> None:
    np.testing.assert_array_equal(function([A, B]), expected)


def test_more_than_two_arrays_and_axes_that_are_stretched() -> None:
    np.testing.assert_array_equal(layers.Add()([A, B, A]), [[5, 14]])
    np.testing.assert_array_equal(layers.Average()([A, B, A]), [[5 / 3, 14 / 3]])
    image, scale = np.ones((1, 2, 2, 1)), np.array([[[[2.0, 3.0]]]])
    assert layers.Multiply()([image, scale]).tolist() == [[[[2, 3], [2, 3]], [[2, 3], [2, 3]]]]
    # As in Keras, an input with fewer axes gets them behind the batch axis.
    assert layers.Add()([np.zeros((2, 3, 2)), np.array([[1.0, 2.0], [3.0, 4.0]])]).tolist() == [
        [[1, 2]] * 3,
        [[3, 4]] * 3,
    ]


def test_of_equal_values_the_first_gets_the_gradient() -> None:
    for kind in (layers.Maximum, layers.Minimum):
        _, cache = kind().forward([A, A])
        first, second = kind().backward(np.array([[7.0, 8.0]]), cache)
        assert (first.tolist(), second.tolist()) == ([[7, 8]], [[0, 0]])


def test_dot_multiplies_matrices_and_finds_cosines() -> None:
    a = np.arange(12.0).reshape(2, 2, 3)
    b = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(layers.Dot((2, 1))([a, b]), a @ b)
    np.testing.assert_allclose(layers.Dot(-1, normalize=True)([A, B]), [[23 / np.sqrt(26) / 5]])
    assert layers.Dot(1, normalize=True)([np.zeros((1, 2)), B]).tolist() == [[0.0]]


def test_shapes_that_are_known_before_there_is_data() -> None:
    x, y = Input((None, 4, 3)), Input((8, 4, 2))
    assert layers.Concatenate()([x, y]).shape == (None, None, 4, 5)
    assert layers.Add()([x, Input((1, 1, 3))]).shape == (None, None, 4, 3)
    assert layers.Maximum()([Input((3,)), Input((5, 1))]).shape == (None, 5, 3)


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: layers.Add()(A), ShapeError, r"\(Add\) received the shape \(None, 2\); expected a list of inputs"),
        (lambda: layers.Dense(1)([Input((2,)), Input((2,))]), ShapeError, "expected one input"),
        (
            lambda: layers.Add()([Input((2,)), Input((3,))]),
            ShapeError,
            r"shapes \(None, 2\) and \(None, 3\); expected the same",
        ),
        (lambda: layers.Subtract()([A, A, A]), ConfigError, "received 3 inputs; expected two"),
        (
            lambda: layers.Concatenate(1)([Input((2, 3)), Input((2, 4))]),
            ShapeError,
            "expected them to differ in axis 1 only",
        ),
        (lambda: layers.Concatenate(3)([Input((2, 3)), Input((2, 4))]), ShapeError, "axis is 3"),
        (lambda: layers.Concatenate(0), ConfigError, "axis is 0, the batch axis"),
        (lambda: layers.Dot((1, 0)), ConfigError, r"axes is \(1, 0\)"),
        (lambda: layers.Dot(1)([Input((2,)), Input((3,))]), ShapeError, r"equal lengths along the axes \(1, 1\)"),
        (lambda: layers.Dot(1)([A, A, A]), ConfigError, "received 3 inputs; expected two"),
        (lambda: layers.Add()([Input((2,)), A]), ConfigError, "called on symbolic tensors and a ndarray"),
    ],
)
def test_inputs_that_do_not_go_together(build: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        build()
    assert "\n" not in str(caught.value)
