"""Metrics over two batches, without and with sample weights, as Keras gives them."""

import numpy as np
import pytest

from vitral.metrics import (
    AUC,
    BinaryAccuracy,
    BinaryCrossentropy,
    CategoricalAccuracy,
    CategoricalCrossentropy,
    F1Score,
    Mean,
    MeanAbsoluteError,
    MeanSquaredError,
    Metric,
    Precision,
    Recall,
    RootMeanSquaredError,
    SparseCategoricalAccuracy,
    SparseCategoricalCrossentropy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
)

YES_OR_NO = np.array(
    [
        [0, 1, 1, 1, 0, 0, 0, 0, 0, 0],
        [0, 1, 0, 1, 0, 1, 0, 0, 1, 0],
        [1, 1, 0, 0, 0, 1, 0, 0, 0, 0],
        [0, 1, 1, 0, 0, 1, 0, 0, 0, 1],
    ],
    np.float32,
).ravel()
PROBABILITIES = np.array(
    [
        [0.4, 0.53, 0.72, 0.54, 0.27, 0.62, 0.16, 0.44, 0.06, 0.58],
        [0.55, 0.47, 0.61, 0.34, 0.24, 0.41, 0.32, 0.56, 0.46, 0.04],
        [0.58, 0.44, 0.06, 0.41, 0.21, 0.77, 0.14, 0.66, 0.26, 0.07],
        [0.44, 0.95, 0.61, 0.67, 0.35, 0.6, 0.43, 0.7, 0.66, 0.62],
    ],
    np.float32,
).ravel()
WEIGHTS = np.array(
    [
        [0.76, 0.5, 0.53, 0.79, 0.41, 0.73, 0.71, 0.93, 0.11, 0.73],
        [0.93, 0.97, 0.01, 0.86, 0.98, 0.96, 0.15, 0.97, 0.89, 0.82],
        [0.48, 0.23, 0.8, 0.92, 0.27, 0.54, 0.44, 0.93, 0.04, 0.73],
        [0.61, 0.03, 0.72, 0.02, 0.76, 0.51, 0.93, 0.07, 0.84, 0.07],
    ],
    np.float32,
).ravel()

# golden values from Keras 3.15
ONE_OUTPUT = [
    (AUC(), 0.7362637, 0.6891514),
    (AUC(num_thresholds=5), 0.7280219, 0.6776200),
    (AUC(curve="PR"), 0.5975346, 0.5198366),
    (AUC(curve="PR", summation_method="minoring"), 0.5177136, 0.4962794),
    (AUC(summation_method="majoring", num_thresholds=10), 0.8159341, 0.8062111),
    (AUC(thresholds=[0.3, 0.45, 0.9]), 0.7733516, 0.7493177),
    (Precision(), 0.5, 0.4436170),
    (Recall(), 0.6428572, 0.5160892),
    (Precision(thresholds=[0.3, 0.7]), [0.4666667, 1.0], [0.4398476, 1.0]),
    (Recall(thresholds=[0.7, 0.3]), [0.2142857, 1.0], [0.1361386, 1.0]),
    (BinaryAccuracy(threshold=0.4), 0.65, 0.5996622),
]

LABELS = np.array([2, 1, 0, 1, 3, 3, 0, 2, 3, 1, 1, 0])
ONE_HOT = np.eye(4)[LABELS]
OUTPUTS = np.array(
    [
        [0.89, 0.23, 0.12, 0.29],
        [0.59, 0.55, 0.81, 0.56],
        [0.29, 0.41, 0.82, 0.63],
        [0.96, 0.37, 0.55, 0.59],
        [0.85, 0.15, 0.41, 0.91],
        [0.04, 0.82, 0.42, 0.83],
        [0.01, 0.37, 0.08, 0.65],
        [0.27, 0.7, 0.94, 0.13],
        [0.86, 0.06, 0.38, 0.43],
        [0.49, 0.98, 0.78, 0.31],
        [0.27, 0.86, 0.88, 0.51],
        [0.34, 0.99, 0.32, 0.18],
    ],
    np.float32,
)

# golden values from Keras 3.15
FOUR_OUTPUTS = [
    (SparseCategoricalAccuracy(), LABELS, 0.3333334, 0.3456790),
    (CategoricalAccuracy(), ONE_HOT, 0.3333334, 0.3456790),
    (TopKCategoricalAccuracy(k=2), ONE_HOT, 0.5833333, 0.5938272),
    (SparseTopKCategoricalAccuracy(k=3), LABELS, 0.5833333, 0.5938272),
    (Precision(top_k=2), ONE_HOT, 0.2916666, 0.2969136),
    (Recall(top_k=2, class_id=1), ONE_HOT, 0.5, 0.5627119),
    (Precision(class_id=2), ONE_HOT, 0.1666667, 0.2108844),
    (AUC(multi_label=True), ONE_HOT, 0.5725405, 0.6196989),
    (AUC(multi_label=True, label_weights=[1, 2, 3, 4]), ONE_HOT, 0.6537732, 0.7170340),
    (AUC(multi_label=True, curve="PR"), ONE_HOT, 0.4900130, 0.5457742),
    (AUC(label_weights=[1, 2, 3, 4]), ONE_HOT, 0.6445623, 0.6566414),
    (AUC(from_logits=True), ONE_HOT, 0.5486111, 0.5600896),
    (F1Score(), ONE_HOT, [0.0, 0.3333333, 0.3333333, 0.6666666], [0.0, 0.3139784, 0.4061135, 0.7354837]),
    (F1Score(average="macro"), ONE_HOT, 0.3333333, 0.3638939),
    (F1Score(average="micro"), ONE_HOT, 0.3333333, 0.3456790),
    (F1Score(average="weighted", threshold=0.6), ONE_HOT, 0.3386243, 0.3370202),
    (MeanSquaredError(), ONE_HOT, 0.3270666, 0.3261866),
    (MeanAbsoluteError(), ONE_HOT, 0.4920833, 0.4886914),
    (RootMeanSquaredError(), ONE_HOT, 0.5718974, 0.5711274),
    (BinaryCrossentropy(label_smoothing=0.1), ONE_HOT, 0.9977235, 1.0209349),
    (CategoricalCrossentropy(), ONE_HOT, 1.7024354, 1.7124612),
    (SparseCategoricalCrossentropy(from_logits=True), LABELS, 1.3890276, 1.3813386),
]


def in_two_batches(
    metric: Metric, y_true: np.ndarray, y_pred: np.ndarray, weight: np.ndarray | None = None
) -> float | np.ndarray:
    metric.reset_state()
    for part in (slice(0, 5), slice(5, None)):
        metric.update_state(y_true[part], y_pred[part], None if weight is None else weight[part])
    return metric.result()


@pytest.mark.parametrize(("metric", "plain", "weighted"), ONE_OUTPUT)
def test_one_output(metric: Metric, plain: float, weighted: float) -> None:
    for shape in ((40,), (40, 1)):
        y_true, y_pred = YES_OR_NO.reshape(shape), PROBABILITIES.reshape(shape)
        np.testing.assert_allclose(in_two_batches(metric, y_true, y_pred), plain, rtol=3e-7)
        np.testing.assert_allclose(in_two_batches(metric, y_true, y_pred, WEIGHTS), weighted, rtol=3e-7)


@pytest.mark.parametrize(("metric", "y_true", "plain", "weighted"), FOUR_OUTPUTS)
def test_four_outputs(metric: Metric, y_true: np.ndarray, plain: float, weighted: float) -> None:
    np.testing.assert_allclose(in_two_batches(metric, y_true, OUTPUTS), plain, rtol=4e-7)
    np.testing.assert_allclose(in_two_batches(metric, y_true, OUTPUTS, WEIGHTS[:12]), weighted, rtol=4e-7)


def test_mean_of_values() -> None:
    mean = Mean()
    mean.update_state([[1.0, 2.0], [3.0, 5.0]], sample_weight=[1.0, 3.0])
    mean.update_state(4.0, sample_weight=2.0)
    assert mean.result() == pytest.approx(3.5833333)  # golden value from Keras 3.15
