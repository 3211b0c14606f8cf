"""What metrics count, how their state is kept, how they are found, and what they refuse."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, roc_auc_score

from tests.metrics import test_golden, test_golden_further
from vitral import metrics
from vitral.core.naming import clear_session
from vitral.errors import ConfigError, DataError, ShapeError

LABELS = np.array([2, 0, 1, 2, 2])
OUTPUTS = np.array([[0.1, 0.2, 0.7], [0.5, 0.3, 0.2], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8], [0.2, 0.6, 0.2]])
ONE_HOT = np.eye(3)[LABELS]


def test_confusion_matrix_rows_are_true_classes() -> None:
    metric = metrics.ConfusionMatrix()
    metric.update_state(LABELS[:2], OUTPUTS[:2])
    metric.update_state(LABELS[2:, np.newaxis], OUTPUTS[2:])
    expected = [[1, 0, 0], [1, 0, 0], [0, 1, 2]]
    np.testing.assert_array_equal(metric.result(), expected)
    np.testing.assert_array_equal(metrics.ConfusionMatrix()(ONE_HOT, OUTPUTS), expected)
    np.testing.assert_array_equal(metrics.ConfusionMatrix(3)(LABELS, OUTPUTS.argmax(axis=1)), expected)
    assert metrics.ConfusionMatrix()(LABELS, OUTPUTS, np.arange(5.0))[2].tolist() == [0, 4, 3]


def test_confusion_matrix_of_one_output() -> None:
    matrix = metrics.ConfusionMatrix()([[1], [0], [1.0], [1]], [[0.9], [0.2], [0.5], [0.6]])
    np.testing.assert_array_equal(matrix, [[1, 0], [1, 2]])


def test_confusion_matrix_refuses_what_does_not_fit() -> None:
    with pytest.raises(DataError, match="label 3, but there are 3 outputs"):
        metrics.ConfusionMatrix()([3], [[0.1, 0.2, 0.7]])
    with pytest.raises(ConfigError, match="expected num_classes to be given"):
        metrics.ConfusionMatrix()([1], [1])
    with pytest.raises(ShapeError, match="2 targets and 1 predictions"):
        metrics.ConfusionMatrix()([1, 0], [[0.1, 0.2, 0.7]])


@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.integers(1, 50))
def test_confusion_matrix_equals_scikit_learns(seed: int, classes: int, samples: int) -> None:
    rng = np.random.default_rng(seed)
    true, predicted = rng.integers(0, classes, (2, samples))
    np.testing.assert_array_equal(
        metrics.ConfusionMatrix(classes)(true, predicted),
        confusion_matrix(true, predicted, labels=range(classes)),
    )


@given(st.integers(0, 2**32 - 1))
def test_auc_comes_near_the_exact_area(seed: int) -> None:
    rng = np.random.default_rng(seed)
    true = np.append(rng.integers(0, 2, 60), [0, 1])
    scores = rng.random(62)
    assert metrics.AUC(num_thresholds=5000)(true, scores) == pytest.approx(roc_auc_score(true, scores), abs=0.005)


def test_accuracy_names_resolve_as_in_keras() -> None:
    for y_true, y_pred, cls in (
        ((8, 1), (8, 1), metrics.BinaryAccuracy),
        ((8,), (8, 1), metrics.BinaryAccuracy),
        ((8,), (8, 10), metrics.SparseCategoricalAccuracy),
        ((8, 1), (8, 10), metrics.SparseCategoricalAccuracy),
        ((8, 10), (8, 10), metrics.CategoricalAccuracy),
    ):
        metric = metrics.resolve_accuracy(None, y_true, y_pred)
        assert type(metric) is cls
        assert metric.name == "accuracy"


def test_top_k_counts_ties_and_never_nan() -> None:
    y_pred = np.array([[0.3, 0.3, 0.4], [np.nan, 0.5, 0.5], [0.1, np.nan, 0.2]])
    hits = metrics.sparse_top_k_categorical_accuracy([0, 0, 2], y_pred, k=2)
    np.testing.assert_array_equal(hits, [True, False, True])
    assert metrics.SparseTopKCategoricalAccuracy(k=9)(LABELS, OUTPUTS) == 1


def test_a_threshold_is_not_above_itself_in_single_precision() -> None:
    assert metrics.Precision(thresholds=0.3)([1, 1], np.array([0.3, 0.2], np.float32)) == 0


NEEDED = {
    **dict.fromkeys(("SensitivityAtSpecificity", "SpecificityAtSensitivity"), (0.5,)),
    **dict.fromkeys(("PrecisionAtRecall", "RecallAtPrecision"), (0.5,)),
    **dict.fromkeys(("IoU", "OneHotIoU"), (3, [0, 2])),
    **dict.fromkeys(("MeanIoU", "OneHotMeanIoU"), (3,)),
}
"""Arguments without which a metric cannot be made."""


def made(name: str) -> metrics.Metric:
    return metrics.registry.classes[name](*NEEDED.get(name, ()))


def test_every_registered_metric_has_a_known_value() -> None:
    golden = (
        *test_golden.ONE_OUTPUT,
        *test_golden.FOUR_OUTPUTS,
        *test_golden_further.ONE_OUTPUT,
        *test_golden_further.FOUR_OUTPUTS,
    )
    tested = {type(entry[0]).__name__ for entry in golden}
    # These are counted by hand here and in the two modules.
    assert tested | {"Accuracy", "ConfusionMatrix", "Mean", "Sum"} == set(metrics.registry.classes)


def test_results_before_the_first_batch() -> None:
    for name in metrics.registry.classes:
        assert np.sum(made(name).result()) == 0, name


def test_precision_without_positives_is_zero() -> None:
    assert metrics.Precision()([0, 1], [0.1, 0.2]) == 0
    assert metrics.Recall()([0, 0], [0.9, 0.2]) == 0


FITTING = {
    **dict.fromkeys(("Mean", "Sum"), (np.array([1.0, 4.0]), None)),
    **dict.fromkeys(("IoU", "MeanIoU"), (LABELS, OUTPUTS.argmax(axis=1))),
    "Accuracy": (LABELS, OUTPUTS.argmax(axis=1)),
    "SparseCategoricalAccuracy": (LABELS, OUTPUTS),
    "SparseTopKCategoricalAccuracy": (LABELS, OUTPUTS),
    "SparseCategoricalCrossentropy": (LABELS, OUTPUTS),
}


@pytest.mark.parametrize("name", sorted(metrics.registry.classes))
def test_a_resumed_metric_ends_with_the_same_bits(name: str) -> None:
    batch = [argument for argument in FITTING.get(name, (ONE_HOT, OUTPUTS)) if argument is not None]
    metric, resumed = made(name), made(name)
    metric.update_state(*batch)
    state = metric.get_state()
    assert all(value.dtype == np.float64 for value in state.values())
    resumed.set_state(state)
    for one in (metric, resumed):
        one.update_state(*batch)
    np.testing.assert_array_equal(metric.result(), resumed.result())
    assert state.keys() == metric.get_state().keys()
    metric.reset_state()
    assert np.sum(metric.result()) == 0


def test_sums_do_not_lose_small_values() -> None:
    mean = metrics.Mean()
    mean.update_state(np.float32(1e8))
    for _ in range(100):
        mean.update_state(np.float32(1.0))
    assert mean.result() == (1e8 + 100) / 101


@pytest.mark.parametrize("name", sorted(metrics.registry.classes))
def test_configurations_build_the_metric_again(name: str) -> None:
    metric = made(name)
    saved = metrics.serialize(metric)
    assert (saved["module"], saved["class_name"]) == ("keras.metrics", name)
    copy = metrics.deserialize(saved)
    assert copy.get_config() == metric.get_config()
    auc = metrics.AUC(thresholds=[0.5, 0.2], curve="pr", dtype="float32")
    assert metrics.AUC.from_config(auc.get_config()).thresholds == auc.thresholds


@pytest.mark.parametrize(
    ("identifier", "cls", "name"),
    [
        ("mse", metrics.MeanSquaredError, "mean_squared_error"),
        ("MAE", metrics.MeanAbsoluteError, "mean_absolute_error"),
        ("accuracy", metrics.Accuracy, "accuracy"),
        ("sparse_categorical_accuracy", metrics.SparseCategoricalAccuracy, "sparse_categorical_accuracy"),
        ("AUC", metrics.AUC, "auc"),
        (metrics.Recall, metrics.Recall, "recall"),
        (metrics.categorical_accuracy, metrics.MeanMetricWrapper, "categorical_accuracy"),
    ],
)
def test_get(identifier: object, cls: type, name: str) -> None:
    clear_session()
    metric = metrics.get(identifier)  # type: ignore[arg-type]
    assert type(metric) is cls
    assert metric.name == name


def test_what_is_refused() -> None:
    with pytest.raises(ConfigError, match="did you mean 'recall'"):
        metrics.get("recal")
    with pytest.raises(ConfigError, match="metric is 3"):
        metrics.get(3)  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match=r"y_true of shape \(5,\) and y_pred of shape \(5, 3\)"):
        metrics.CategoricalAccuracy()(LABELS, OUTPUTS)
    with pytest.raises(ShapeError, match=r"y_true of shape \(5,\) and y_pred of shape \(5, 3\)"):
        metrics.Precision()(LABELS, OUTPUTS)
    with pytest.raises(ShapeError, match="batch, classes"):
        metrics.F1Score()(LABELS, OUTPUTS)
    with pytest.raises(ConfigError, match="class_id=3"):
        metrics.Precision(class_id=3)(ONE_HOT, OUTPUTS)
    with pytest.raises(ConfigError, match=r"threshold is 1\.5"):
        metrics.Recall(thresholds=[0.5, 1.5])
    with pytest.raises(ConfigError, match="curve is 'XY'"):
        metrics.AUC(curve="XY")
    with pytest.raises(ConfigError, match="summation_method is 'x'"):
        metrics.AUC(summation_method="x")
    with pytest.raises(ConfigError, match="num_labels is 3"):
        metrics.AUC(num_labels=3)
    with pytest.raises(ShapeError, match=r"expected \(batch, 4\)"):
        metrics.AUC(multi_label=True, num_labels=4)(ONE_HOT, OUTPUTS)
    with pytest.raises(ConfigError, match="average is 'all'"):
        metrics.F1Score(average="all")
    with pytest.raises(ConfigError, match="k is 0"):
        metrics.TopKCategoricalAccuracy(k=0)


def test_directions() -> None:
    for name, cls in metrics.registry.classes.items():
        better_low = any(word in name for word in ("Error", "Crossentropy", "Hinge", "Divergence", "Poisson", "False"))
        neutral = name in ("Mean", "Sum", "ConfusionMatrix")
        assert cls.direction == (None if neutral else "down" if better_low else "up"), name


def test_a_metric_of_the_users_own() -> None:
    class Bias(metrics.Metric):
        def __init__(self, name="bias"):
            super().__init__(name)
            self.sum = self.add_variable(name="sum")
            self.count = self.add_variable(name="count")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.sum.value += np.sum(np.subtract(y_pred, y_true))
            self.count.value += len(y_pred)

        def result(self):
            return float(self.sum.value / self.count.value)

    metric = Bias()
    metric.update_state([1.0, 2.0], [2.0, 2.0])
    metric.update_state([1.0], [3.0])
    assert metric.result() == 1
    assert set(metric.get_state()) == {"sum", "count"}


def test_a_metric_as_keras_users_write_it() -> None:
    """The values are those of Keras 3.15.1, where `np` is `keras.ops`; reset_state sets all sums to zero there too."""

    class HitRate(metrics.Metric):
        def __init__(self, name="hit_rate", **kwargs):
            super().__init__(name=name, **kwargs)
            self.hits = self.add_weight(name="hits", initializer="zeros", dtype="int32")
            self.seen = self.add_variable(shape=(), initializer="ones", name="seen")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.hits.assign_add(np.sum(np.argmax(y_pred, -1) == y_true))
            self.seen.assign(self.seen + len(y_true))

        def result(self):
            return self.hits / self.seen

    metric = HitRate()
    metric.update_state([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    assert metric.result() == 0.5
    assert [v.name for v in metric.variables] == ["hits", "seen"]
    metric.reset_state()
    metric.update_state([0, 1], [[0.9, 0.1], [0.2, 0.8]])
    assert metric.result() == 1


def test_sums_without_a_name_are_different_ones() -> None:
    metric = metrics.Mean()
    assert metric.add_weight() is not metric.add_weight()


def test_functions_are_named_as_in_keras() -> None:
    def NearEnough(y_true: Any, y_pred: Any) -> Any:
        return y_true

    assert metrics.MeanMetricWrapper(NearEnough).name == "near_enough"
    assert metrics.MeanMetricWrapper(lambda y_true, y_pred: y_true).name == "lambda"
