"""What each loss is tried on: the loss, targets, predictions. A registered loss without an entry fails the suite."""

import numpy as np

from tests.gradients.cases_operations import normal
from vitral.losses import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    CategoricalHinge,
    CosineSimilarity,
    Dice,
    Hinge,
    Huber,
    KLDivergence,
    LogCosh,
    Loss,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
    Tversky,
)
from vitral.typing import Array

Case = tuple[Loss, Array, Array]

_REDUCTIONS = ("sum_over_batch_size", "sum", "mean_with_sample_weight", "none")


def softmax(z: Array) -> Array:
    """Written out here, so that losses are checked without the library's own."""
    a = np.exp(z)
    return a / a.sum(axis=-1, keepdims=True)


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


LABELS = np.array([2, 0, 1, 2])
ONE_HOT = np.eye(3)[LABELS]
SOFT = softmax(normal(4, 3, seed=3))
YES_OR_NO = np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 1.0], [0.0, 1.0, 0.0]])
LOGITS = 2 * normal(4, 3)
IMAGE_LABELS = np.array([[[0, 2], [1, 1]], [[2, 2], [0, 1]]])
IMAGE_LOGITS = normal(2, 2, 2, 3, seed=5)
# Classes along axis 1, and labels with a class to ignore.
CHANNELS_FIRST = np.ascontiguousarray(np.moveaxis(IMAGE_LOGITS, -1, 1))
FIRST_OF_IMAGES = np.ascontiguousarray(np.moveaxis(np.eye(3)[IMAGE_LABELS], -1, 1))
WITH_HOLES = np.where(IMAGE_LABELS == 2, 255, IMAGE_LABELS)
_IMAGES = (np.eye(3)[IMAGE_LABELS], sigmoid(IMAGE_LOGITS))


def _numbers(make: type[Loss]) -> list[Case]:
    return [
        *((make(reduction=reduction), YES_OR_NO, LOGITS) for reduction in _REDUCTIONS),
        (make(), normal(4, seed=7), normal(4, 1)),
        (make(), normal(2, 3, 4, 1, seed=7), normal(2, 3, 4)),
    ]


CASES: dict[str, list[Case]] = {
    "MeanSquaredError": _numbers(MeanSquaredError),
    "MeanAbsoluteError": _numbers(MeanAbsoluteError),
    "Huber": [*_numbers(Huber), (Huber(delta=0.4), YES_OR_NO, LOGITS)],
    "BinaryCrossentropy": [
        *((BinaryCrossentropy(reduction=reduction), YES_OR_NO, sigmoid(LOGITS)) for reduction in _REDUCTIONS),
        (BinaryCrossentropy(label_smoothing=0.2), YES_OR_NO, sigmoid(LOGITS)),
        (BinaryCrossentropy(from_logits=True), YES_OR_NO, LOGITS),
        (BinaryCrossentropy(from_logits=True, label_smoothing=0.2), YES_OR_NO, LOGITS),
        (BinaryCrossentropy(), YES_OR_NO[:, 0], sigmoid(LOGITS[:, :1])),
        (BinaryCrossentropy(axis=1), FIRST_OF_IMAGES, sigmoid(CHANNELS_FIRST)),
    ],
    "CategoricalCrossentropy": [
        *((CategoricalCrossentropy(reduction=reduction), ONE_HOT, softmax(LOGITS)) for reduction in _REDUCTIONS),
        (CategoricalCrossentropy(), SOFT, 3 * softmax(LOGITS)),
        (CategoricalCrossentropy(), YES_OR_NO, softmax(LOGITS)),
        (CategoricalCrossentropy(label_smoothing=0.1), ONE_HOT, softmax(LOGITS)),
        (CategoricalCrossentropy(from_logits=True), ONE_HOT, LOGITS),
        (CategoricalCrossentropy(from_logits=True), YES_OR_NO, LOGITS),
        (CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), SOFT, LOGITS),
        (CategoricalCrossentropy(from_logits=True), np.eye(3)[IMAGE_LABELS], IMAGE_LOGITS),
        (CategoricalCrossentropy(axis=1), FIRST_OF_IMAGES, sigmoid(CHANNELS_FIRST)),
        (CategoricalCrossentropy(from_logits=True, axis=-3), FIRST_OF_IMAGES, CHANNELS_FIRST),
    ],
    "SparseCategoricalCrossentropy": [
        *((SparseCategoricalCrossentropy(reduction=reduction), LABELS, softmax(LOGITS)) for reduction in _REDUCTIONS),
        (SparseCategoricalCrossentropy(), LABELS[:, np.newaxis], 3 * softmax(LOGITS)),
        (SparseCategoricalCrossentropy(from_logits=True), LABELS, LOGITS),
        (SparseCategoricalCrossentropy(), IMAGE_LABELS, softmax(IMAGE_LOGITS)),
        (SparseCategoricalCrossentropy(from_logits=True), IMAGE_LABELS, IMAGE_LOGITS),
        (SparseCategoricalCrossentropy(axis=1), IMAGE_LABELS, sigmoid(CHANNELS_FIRST)),
        (SparseCategoricalCrossentropy(from_logits=True, axis=1), IMAGE_LABELS[:, np.newaxis], CHANNELS_FIRST),
        *(
            (SparseCategoricalCrossentropy(ignore_class=255, reduction=reduction), WITH_HOLES, softmax(IMAGE_LOGITS))
            for reduction in _REDUCTIONS
        ),
        (SparseCategoricalCrossentropy(True, 255, axis=1), WITH_HOLES, CHANNELS_FIRST),
        (SparseCategoricalCrossentropy(ignore_class=0), LABELS, softmax(LOGITS)),
    ],
    "MeanAbsolutePercentageError": [
        *(
            (MeanAbsolutePercentageError(reduction=reduction), normal(4, 3, seed=2), LOGITS)
            for reduction in _REDUCTIONS
        ),
        (MeanAbsolutePercentageError(), normal(2, 3, 4, 1, seed=7), normal(2, 3, 4)),
    ],
    "MeanSquaredLogarithmicError": [
        (MeanSquaredLogarithmicError(), np.abs(normal(4, 3, seed=2)), np.abs(LOGITS)),
        (MeanSquaredLogarithmicError(), YES_OR_NO, LOGITS),
    ],
    "LogCosh": _numbers(LogCosh),
    "Poisson": [(Poisson(), np.abs(normal(4, 3, seed=2)), np.abs(LOGITS)), (Poisson(), YES_OR_NO, sigmoid(LOGITS))],
    "KLDivergence": [
        *((KLDivergence(reduction=reduction), SOFT, softmax(LOGITS)) for reduction in _REDUCTIONS),
        (KLDivergence(), ONE_HOT, softmax(LOGITS)),
        (KLDivergence(), SOFT, 3 * softmax(LOGITS)),
    ],
    "CosineSimilarity": [
        *_numbers(CosineSimilarity)[:-2],
        (CosineSimilarity(axis=1), FIRST_OF_IMAGES + 0.5, CHANNELS_FIRST),
    ],
    "Hinge": [(Hinge(), YES_OR_NO, LOGITS), (Hinge(), 2 * YES_OR_NO - 1, LOGITS), (Hinge(), SOFT, LOGITS)],
    "SquaredHinge": [(SquaredHinge(), YES_OR_NO, LOGITS), (SquaredHinge(), SOFT, LOGITS)],
    "CategoricalHinge": [(CategoricalHinge(), ONE_HOT, LOGITS), (CategoricalHinge(), SOFT, LOGITS)],
    "BinaryFocalCrossentropy": [
        (BinaryFocalCrossentropy(), YES_OR_NO, sigmoid(LOGITS)),
        (BinaryFocalCrossentropy(gamma=0.5, apply_class_balancing=True), YES_OR_NO, sigmoid(LOGITS)),
        (BinaryFocalCrossentropy(gamma=0.0, label_smoothing=0.2), YES_OR_NO, sigmoid(LOGITS)),
        (BinaryFocalCrossentropy(from_logits=True, alpha=0.4, apply_class_balancing=True), YES_OR_NO, LOGITS),
    ],
    "CategoricalFocalCrossentropy": [
        (CategoricalFocalCrossentropy(), ONE_HOT, softmax(LOGITS)),
        (CategoricalFocalCrossentropy([0.2, 0.5, 0.9], gamma=1.5), SOFT, 3 * softmax(LOGITS)),
        (CategoricalFocalCrossentropy(gamma=0.0, label_smoothing=0.1), ONE_HOT, softmax(LOGITS)),
        (CategoricalFocalCrossentropy(from_logits=True), np.eye(3)[IMAGE_LABELS], IMAGE_LOGITS),
    ],
    "CategoricalGeneralizedCrossEntropy": [
        (CategoricalGeneralizedCrossEntropy(), LABELS, softmax(LOGITS)),
        (CategoricalGeneralizedCrossEntropy(0.8), IMAGE_LABELS, softmax(IMAGE_LOGITS)),
    ],
    "Dice": [(Dice(axis=-1), YES_OR_NO, sigmoid(LOGITS)), (Dice(axis=(1, 2, 3)), *_IMAGES)],
    "Tversky": [(Tversky(0.3, 0.8, axis=-1), YES_OR_NO, sigmoid(LOGITS)), (Tversky(axis=(1, 2, 3)), *_IMAGES)],
}
