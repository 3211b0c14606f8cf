"""Losses over another axis than the last, and labels that do not count."""

from typing import Any

import numpy as np
import pytest

from vitral import Input, Model, layers, losses, metrics, optimizers
from vitral.errors import ConfigError, DataError, ShapeError

P = np.sin(np.arange(24)).reshape(2, 3, 4) + 1.2
P = (P / P.sum(axis=1, keepdims=True)).astype(np.float32)
Z = (2 * np.cos(np.arange(24))).reshape(2, 3, 4).astype(np.float32)
T = np.cos(np.arange(24) * 2).reshape(2, 3, 4) + 1.1
T = (T / T.sum(axis=1, keepdims=True)).astype(np.float32)
S = np.array([[0, 1, 2, 9], [2, 9, 0, 1]])
W = np.array([[1, 0, 2, 3], [1, 1, 0.5, 2]], np.float32)
LAST_P, LAST_Z = P.transpose(0, 2, 1), Z.transpose(0, 2, 1)

Sparse = losses.SparseCategoricalCrossentropy

# golden values from Keras 3.15 on PyTorch: the loss without weights, and with W
GOLDEN: list[tuple[losses.Loss, Any, Any, float, float]] = [
    (losses.CategoricalCrossentropy(axis=1), T, P, 1.210502, 1.526373),
    (losses.CategoricalCrossentropy(from_logits=True, axis=-2), T, Z, 1.930462, 2.498088),
    (losses.BinaryCrossentropy(axis=1), T, P, 0.706105, 0.896528),
    (losses.BinaryFocalCrossentropy(axis=1), T, P, 0.17003, 0.214727),
    (losses.CategoricalFocalCrossentropy(alpha=0.4, axis=1), T, P, 0.26309, 0.320622),
    (losses.CosineSimilarity(axis=1), T, Z, 0.01882, -0.032442),
    (Sparse(axis=1, from_logits=True), S % 3, Z, 1.421598, 2.607304),
    (Sparse(axis=1, from_logits=True), (S % 3)[:, np.newaxis], Z, 1.421598, 2.607304),
    (Sparse(ignore_class=9), S, LAST_P, 1.292275, 1.231022),
    (Sparse(ignore_class=9, from_logits=True), S, LAST_Z, 1.253393, 1.596309),
    (Sparse(ignore_class=9, axis=1), S, P, 1.292275, 1.231022),
    (Sparse(ignore_class=2), S % 3, LAST_P, 1.212897, 1.173861),
    (Sparse(ignore_class=9, reduction="sum"), S, LAST_P, 7.753653, 7.386133),
    (Sparse(ignore_class=9, reduction="mean_with_sample_weight"), S, LAST_P, 1.292275, 1.136328),
]


@pytest.mark.parametrize(("loss", "y_true", "y_pred", "plain", "weighted"), GOLDEN)
def test_values_are_those_of_keras(loss: losses.Loss, y_true: Any, y_pred: Any, plain: float, weighted: float) -> None:
    assert loss(y_true, y_pred) == pytest.approx(plain, abs=2e-6)
    assert loss(y_true, y_pred, W) == pytest.approx(weighted, abs=2e-6)
    assert loss.loss_and_gradient(y_true, y_pred, W)[0] == pytest.approx(weighted, abs=2e-6)
    assert type(loss).from_config(loss.get_config())(y_true, y_pred) == loss(y_true, y_pred)


# golden values from Keras 3.15 on PyTorch
@pytest.mark.parametrize(
    ("metric", "y_true", "y_pred", "plain", "weighted"),
    [
        (metrics.CategoricalCrossentropy(axis=1), T, P, 1.210502, 1.162951),
        (metrics.SparseCategoricalCrossentropy(ignore_class=9), S, LAST_P, 0.969207, 1.136328),
        (metrics.CosineSimilarity(axis=1), T, Z, -0.01882, 0.024717),
    ],
)
def test_metrics_are_those_of_keras(
    metric: metrics.Metric, y_true: Any, y_pred: Any, plain: float, weighted: float
) -> None:
    metric.update_state(y_true, y_pred)
    assert metric.result() == pytest.approx(plain, abs=2e-6)
    copy = type(metric).from_config(metric.get_config())
    copy.update_state(y_true, y_pred, W)
    assert copy.result() == pytest.approx(weighted, abs=2e-6)


def test_functions_give_a_value_for_each_place() -> None:
    # golden values from Keras 3.15 on PyTorch
    expected = [[1.16121, 2.782252, 1.726131, 0.0], [0.557129, 0.0, 0.558887, 0.968045]]
    for function in (losses.sparse_categorical_crossentropy, metrics.sparse_categorical_crossentropy):
        np.testing.assert_allclose(function(S, LAST_P, ignore_class=9), expected, rtol=2e-6)
        np.testing.assert_allclose(function(S, P, ignore_class=9, axis=1), expected, rtol=2e-6)
    expected = [[1.431838, 1.005656, 1.423416, 0.867268], [1.428411, 0.996405, 1.437564, 1.093455]]
    np.testing.assert_allclose(losses.categorical_crossentropy(T, P, axis=1), expected, rtol=2e-6)
    expected = [[0.818693, 0.601649, 0.813223, 0.542171], [0.815957, 0.597088, 0.821725, 0.638331]]
    np.testing.assert_allclose(metrics.binary_crossentropy(T, P, axis=1), expected, rtol=4e-6)
    expected = [[0.21706, 0.117575, 0.213069, 0.081438], [0.214187, 0.115346, 0.218327, 0.138451]]
    np.testing.assert_allclose(metrics.categorical_focal_crossentropy(T, P, axis=1), expected, rtol=1e-5)
    expected = [[0.210487, 0.135212, 0.20137, 0.13293], [0.202837, 0.134041, 0.211875, 0.131492]]
    np.testing.assert_allclose(metrics.binary_focal_crossentropy(T, P, axis=1), expected, rtol=1e-5)


def test_an_axis_that_is_not_there_is_refused() -> None:
    for axis in (3, -4, 1.0, True):
        with pytest.raises(ConfigError, match="expected an axis of y_pred"):
            losses.CategoricalCrossentropy(axis=axis)(T, P)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="received the label 9"):
        Sparse(ignore_class=8)(S, LAST_P)


def places(axis: int) -> Model:
    """A model that classifies each of four places; its classes lie along the axis."""
    x = Input((4, 2))
    y = layers.Dense(3, activation="softmax", kernel_initializer="ones")(x)
    return Model(x, layers.Permute((2, 1))(y) if axis == 1 else y)


@pytest.mark.parametrize("axis", [1, -1])
def test_training_takes_only_the_labels_that_count(axis: int) -> None:
    x = np.ones((2, 4, 2), np.float32)
    labels = np.array([[0, 0, -1, -1], [0, -1, -1, -1]])
    model = places(axis)
    model.compile(optimizers.SGD(1.0), Sparse(ignore_class=-1, axis=axis))
    history = model.fit(x, labels, epochs=1, verbose=0)
    # All outputs are 1/3; the gradient of the mean over three labels is a - y = (-2/3, 1/3, 1/3).
    assert history.history["loss"] == [pytest.approx(np.log(3), abs=1e-6)]
    np.testing.assert_allclose(model.get_weights()[1], [2 / 3, -1 / 3, -1 / 3], rtol=1e-5)


def test_labels_are_checked_along_the_axis() -> None:
    x = np.ones((2, 4, 2), np.float32)
    model = places(1)
    model.compile("sgd", Sparse(axis=1))
    with pytest.raises(DataError, match="labels go from 0 to 3"):
        model.fit(x, np.array([[0, 0, 0, 3]] * 2), verbose=0)
    with pytest.raises(ShapeError, match="labels of shape"):
        model.fit(x, np.zeros((2, 3), int), verbose=0)
    model.compile("sgd", Sparse(axis=5))
    with pytest.raises(ConfigError, match="axis is 5; expected an axis of the output"):
        model.fit(x, np.zeros((2, 4), int), verbose=0)
