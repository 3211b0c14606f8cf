"""Values of losses as Keras gives them, with every reduction."""

import numpy as np
import pytest

from vitral.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Huber,
    Loss,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)

P = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3]], np.float32)
Z = np.array([[2, -1, 0.5], [0, 3, -2], [1, 1, 1]], np.float32)
Y = np.eye(3, dtype=np.float32)
LABELS = np.arange(3)
WEIGHT = np.array([1, 2, 0.5], np.float32)
WEIGHTED = ("sum", "mean", "mean_with_sample_weight", "sum_over_batch_size")

# golden values from Keras 3.15: without weights; then weighted, reduced as in WEIGHTED; then weighted, not reduced
GOLDEN = [
    (
        BinaryCrossentropy(),
        Y,
        P,
        0.7526707,
        (3.2518945, 1.0839648, 0.9291127, 1.0839648),
        (0.228393, 2.6782558, 0.3452456),
    ),
    (
        BinaryCrossentropy(label_smoothing=0.1),
        Y,
        P,
        0.7718373,
        (3.2829103, 1.0943035, 0.9379744, 1.0943035),
        (0.30224, 2.632046, 0.3486244),
    ),
    (
        BinaryCrossentropy(from_logits=True),
        Y,
        Z,
        0.5803016,
        (1.5404949, 0.5134983, 0.4401414, 0.5134983),
        (0.4714223, 0.5791084, 0.4899642),
    ),
    (
        CategoricalCrossentropy(),
        Y,
        P,
        1.2877443,
        (5.5638318, 1.8546106, 1.5896662, 1.8546106),
        (0.356675, 4.6051702, 0.6019864),
    ),
    (
        CategoricalCrossentropy(label_smoothing=0.1),
        Y,
        P,
        1.2969838,
        (5.5270305, 1.8423434, 1.5791515, 1.8423434),
        (0.4632974, 4.4665413, 0.5971918),
    ),
    (
        CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
        Y,
        Z,
        0.6038585,
        (1.5839212, 0.5279737, 0.4525489, 0.5279737),
        (0.3913113, 0.6433038, 0.5493062),
    ),
    (
        SparseCategoricalCrossentropy(),
        LABELS,
        P,
        1.2877443,
        (5.5638318, 1.8546106, 1.5896662, 1.8546106),
        (0.356675, 4.6051702, 0.6019864),
    ),
    (
        SparseCategoricalCrossentropy(from_logits=True),
        LABELS,
        Z,
        0.4649696,
        (0.9005879, 0.300196, 0.2573108, 0.300196),
        (0.2413113, 0.1099704, 0.5493062),
    ),
    (MeanSquaredError(), Y, Z, 1.3611112, (6.416667, 2.1388891, 1.8333334, 2.1388891), (0.75, 5.3333335, 0.3333333)),
    (
        MeanAbsoluteError(),
        Y,
        Z,
        0.9444445,
        (3.8333333, 1.2777778, 1.0952381, 1.2777778),
        (0.8333333, 2.6666667, 0.3333333),
    ),
    (Huber(), Y, Z, 0.5694445, (2.5416667, 0.8472223, 0.7261905, 0.8472223), (0.375, 2.0, 0.1666667)),
    (Huber(0.5), Y, Z, 0.375, (1.5833333, 0.5277777, 0.4523809, 0.5277777), (0.2916667, 1.1666666, 0.125)),
]


@pytest.mark.parametrize(("loss", "y_true", "y_pred", "plain", "weighted", "single"), GOLDEN)
def test_values(
    loss: Loss,
    y_true: np.ndarray,
    y_pred: np.ndarray,
    plain: float,
    weighted: tuple[float, ...],
    single: tuple[float, ...],
) -> None:
    config = loss.get_config()
    assert loss(y_true, y_pred) == pytest.approx(plain, rel=1e-6)
    for reduction, expected in zip(WEIGHTED, weighted, strict=True):
        other = type(loss).from_config(config | {"reduction": reduction})
        assert other(y_true, y_pred, WEIGHT) == pytest.approx(expected, rel=1e-6)
        assert other(y_true, y_pred, WEIGHT[:, np.newaxis]) == pytest.approx(expected, rel=1e-6)
    for reduction in ("none", None):
        other = type(loss).from_config(config | {"reduction": reduction})
        np.testing.assert_allclose(other(y_true, y_pred, WEIGHT), single, rtol=2e-6)


def test_probabilities_that_do_not_add_up_to_one_are_scaled() -> None:
    assert CategoricalCrossentropy()(Y, 3 * P) == pytest.approx(1.2877443)  # golden value from Keras 3.15


def test_impossible_probabilities_are_clipped() -> None:
    # golden values from Keras 3.15
    zeros = np.array([[0, 1, 1], [1, 0, 1], [2, 2, 0]], np.float32)
    assert SparseCategoricalCrossentropy()(LABELS, zeros) == pytest.approx(16.118095)
    certain = np.array([[0, 1]], np.float32)
    assert BinaryCrossentropy()([[1, 0]], certain) == pytest.approx(16.030239)
