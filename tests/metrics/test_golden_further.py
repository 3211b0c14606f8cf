"""Results of the further metrics as Keras gives them, on the arrays of test_golden.

Golden values are those of Keras 3.15 on JAX in float32, after two batches: plain, and weighted. The IoU family was
weighted by whole numbers, since Keras cuts its weights off to such.
"""

import numpy as np
import pytest

from tests.metrics.test_golden import (
    LABELS,
    ONE_HOT,
    OUTPUTS,
    PROBABILITIES,
    WEIGHTS,
    YES_OR_NO,
    in_two_batches,
)
from vitral import losses, metrics
from vitral.errors import ConfigError
from vitral.metrics import (
    BinaryIoU,
    CategoricalHinge,
    ConcordanceCorrelation,
    CosineSimilarity,
    FalseNegatives,
    FalsePositives,
    FBetaScore,
    Hinge,
    IoU,
    KLDivergence,
    LogCoshError,
    MeanAbsolutePercentageError,
    MeanIoU,
    MeanSquaredLogarithmicError,
    Metric,
    OneHotIoU,
    OneHotMeanIoU,
    PearsonCorrelation,
    Poisson,
    PrecisionAtRecall,
    R2Score,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
    SquaredHinge,
    Sum,
    TrueNegatives,
    TruePositives,
)

ONE_OUTPUT = [
    (TruePositives(), 9.0, 4.1700001),
    (TrueNegatives(), 17.0, 10.3700008),
    (FalsePositives(thresholds=[0.3, 0.7]), [16.0, 0.0], [10.2900009, 0.0]),
    (FalseNegatives(0.45), 3.0, 2.05),
    (TruePositives([0.7, 0.3]), [3.0, 14.0], [1.0999999, 8.0799999]),
    (SensitivityAtSpecificity(0.7), 0.5, 0.3564356),
    (SpecificityAtSensitivity(0.8, num_thresholds=50), 0.5384616, 0.4474359),
    (PrecisionAtRecall(0.6), 0.55, 0.535524),
    (RecallAtPrecision(0.55), 0.7857143, 0.1361386),
    (SensitivityAtSpecificity(0.2, num_thresholds=1), 0.6428571, 0.5160891),
    (RecallAtPrecision(0.55, num_thresholds=11), 0.2142857, 0.1361386),
    (BinaryIoU(threshold=0.45), 0.5322339, 0.5221897),
    (BinaryIoU([1]), 0.3913043, 0.3018868),
]

FOUR_OUTPUTS = [
    (CategoricalHinge(), ONE_HOT, 1.2816666, 1.273074),
    (Hinge(), ONE_HOT, 1.2420834, 1.2386914),
    (SquaredHinge(), ONE_HOT, 1.8374833, 1.8353472),
    (KLDivergence(), ONE_HOT, 0.9993052, 1.0059274),
    (LogCoshError(), ONE_HOT, 0.1497131, 0.1490319),
    (Poisson(), ONE_HOT, 0.7681605, 0.771952),
    (CosineSimilarity(), ONE_HOT, 0.4420346, 0.4469419),
    (MeanAbsolutePercentageError(), OUTPUTS[::-1], 108.3211975, 112.8964615),
    (MeanSquaredLogarithmicError(), ONE_HOT, 0.1732165, 0.1728339),
    (PearsonCorrelation(), ONE_HOT, 0.0051032, 0.0312455),
    (ConcordanceCorrelation(), ONE_HOT, 0.0104337, 0.0218845),
    (FBetaScore(beta=2.0), ONE_HOT, [0.0, 0.2777778, 0.4166666, 0.6666667], [0.0, 0.2703704, 0.4818653, 0.8321167]),
    (FBetaScore("weighted", 0.5, 0.6), ONE_HOT, 0.3083466, 0.2919883),
    (FBetaScore("micro", 2.0), ONE_HOT, 0.3333333, 0.345679),
    (R2Score(), ONE_HOT, -0.8604421, -0.7962767),
    (
        R2Score(None),
        ONE_HOT,
        [-1.5916445, -0.1797125, -1.6337001, -0.0367112],
        [-1.2272849, -0.3684493, -1.2409699, -0.3484027],
    ),
    (R2Score("variance_weighted_average", 3), OUTPUTS[::-1], -0.9306332, -0.9991759),
    (PrecisionAtRecall(0.4, class_id=1), ONE_HOT, 0.6666667, 0.6311787),
    (OneHotIoU(4, [0, 2]), ONE_HOT, 0.1, 0.1333333),
    (OneHotMeanIoU(4), ONE_HOT, 0.225, 0.2697917),
    (IoU(4, [1, 3], sparse_y_pred=False), LABELS, 0.35, 0.40625),
    (MeanIoU(4, sparse_y_pred=False, ignore_class=3), LABELS, 0.1, 0.1135417),
]


def _weights(metric: Metric, samples: int) -> np.ndarray:
    return np.round(4 * WEIGHTS[:samples]) if isinstance(metric, IoU) else WEIGHTS[:samples]


@pytest.mark.parametrize(("metric", "plain", "weighted"), ONE_OUTPUT)
def test_one_output(metric: Metric, plain: float, weighted: float) -> None:
    np.testing.assert_allclose(in_two_batches(metric, YES_OR_NO, PROBABILITIES), plain, rtol=5e-7)
    weights = _weights(metric, 40)
    np.testing.assert_allclose(in_two_batches(metric, YES_OR_NO, PROBABILITIES, weights), weighted, rtol=5e-7)


@pytest.mark.parametrize(("metric", "y_true", "plain", "weighted"), FOUR_OUTPUTS)
def test_four_outputs(metric: Metric, y_true: np.ndarray, plain: float, weighted: float) -> None:
    np.testing.assert_allclose(in_two_batches(metric, y_true, OUTPUTS), plain, rtol=2e-6, atol=1e-7)
    weights = _weights(metric, 12)
    np.testing.assert_allclose(in_two_batches(metric, y_true, OUTPUTS, weights), weighted, rtol=2e-6, atol=1e-7)


def test_sum_of_values() -> None:
    total = Sum()
    total.update_state([[1.0, 2.0], [3.0, 5.0]], sample_weight=[1.0, 3.0])
    total.update_state(4.0, sample_weight=2.0)
    assert total.result() == 35.0  # golden value from Keras 3.15


def test_sorted_class_numbers() -> None:
    # golden value from Keras 3.15
    hits = metrics.sparse_top_k_categorical_accuracy([2, 1], [[0, 2, 1], [2, 0, 1]], k=2, from_sorted_ids=True)
    np.testing.assert_array_equal(hits, [1, 0])


@pytest.mark.parametrize("name", sorted({*metrics.formulas.__dict__} & {*losses.__all__}))
def test_functions_are_those_of_the_losses(name: str) -> None:
    y_true = LABELS if name.startswith("sparse") else ONE_HOT
    np.testing.assert_array_equal(getattr(metrics, name)(y_true, OUTPUTS), getattr(losses, name)(y_true, OUTPUTS))


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match="specificity is 2; expected a number between 0 and 1"):
        SensitivityAtSpecificity(2)
    with pytest.raises(ConfigError, match="beta is 0"):
        FBetaScore(beta=0)
    with pytest.raises(ConfigError, match="target_class_ids are"):
        IoU(2, [2])
    with pytest.raises(ConfigError, match="class_aggregation is 'mean'"):
        R2Score("mean")
    with pytest.raises(ConfigError, match="num_regressors=3 and received 2 values"):
        R2Score(num_regressors=3)([[1.0], [2.0]], [[1.0], [3.0]])
    with pytest.raises(ConfigError, match=r"threshold is 1\.5"):
        TruePositives(1.5)
    with pytest.raises(ConfigError, match=r"axis is 2; expected an axis of y_pred, which has the shape \(1, 2\)"):
        metrics.CategoricalCrossentropy(axis=2)([[1.0, 0.0]], [[0.5, 0.5]])


@pytest.mark.parametrize(
    ("name", "cls"),
    [
        ("mape", MeanAbsolutePercentageError),
        ("MSLE", MeanSquaredLogarithmicError),
        ("kl_divergence", KLDivergence),
        ("cosine_similarity", CosineSimilarity),
        ("r2_score", R2Score),
        ("TruePositives", TruePositives),
        ("false_negatives", FalseNegatives),
        ("f_beta_score", FBetaScore),
        ("binary_io_u", BinaryIoU),
    ],
)
def test_names(name: str, cls: type[Metric]) -> None:
    assert type(metrics.get(name)) is cls
