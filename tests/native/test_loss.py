"""Losses of the kernels against the reference in double precision."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("vitral._native", reason="the kernels were not compiled")

from tests.native.compare import assert_same_bits_on_any_threads, in_double
from vitral.errors import DataError, ShapeError
from vitral.ops.native import loss as native
from vitral.ops.reference import loss as reference
from vitral.typing import Array

EPSILON = {"epsilon": 1e-7}
# Name, what goes in, options.
CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("mean_squared_error", "numbers", {}),
    ("mean_absolute_error", "numbers", {}),
    ("huber", "numbers", {"delta": 0.7}),
    ("sigmoid_cross_entropy", "yes or no, logits", {}),
    ("binary_cross_entropy", "yes or no", EPSILON),
    ("binary_cross_entropy", "yes or no", EPSILON | {"before_sigmoid": True}),
    ("softmax_cross_entropy", "classes, logits", {}),
    ("sparse_softmax_cross_entropy", "labels, logits", {}),
    ("categorical_cross_entropy", "classes", EPSILON),
    ("categorical_cross_entropy", "classes", EPSILON | {"before_softmax": True}),
    ("sparse_categorical_cross_entropy", "labels", EPSILON),
    ("sparse_categorical_cross_entropy", "labels", EPSILON | {"before_softmax": True}),
]
IDS = [name + ("" if len(options) < 2 else "-before") for name, _, options in CASES]
SPARSE = [case for case in CASES if "labels" in case[1]]


def batch(kind: str, shape: tuple[int, ...], seed: int) -> tuple[Array, Array]:
    """Predictions and targets, or labels, of that kind."""
    random = np.random.default_rng(seed)
    logits = random.normal(size=shape).astype(np.float32) * 3
    if kind == "numbers":
        return logits, random.normal(size=shape).astype(np.float32)
    if "yes or no" in kind:
        predictions = logits if "logits" in kind else random.uniform(0.001, 0.999, shape).astype(np.float32)
        return predictions, random.uniform(size=shape).astype(np.float32)
    # Not quite adding up to 1, which the formulas allow for.
    predictions = logits if "logits" in kind else random.uniform(0.01, 1, shape).astype(np.float32)
    if "labels" in kind:
        return predictions, random.integers(0, shape[-1], shape[:-1])
    return predictions, random.uniform(size=shape).astype(np.float32)


def largest_term(name: str, predictions: Array, targets: Array) -> float:
    """How large the numbers are whose difference the derivative is: it can be no more precise than they are."""
    if "softmax" not in name and "categorical" not in name:
        return 1 / predictions.shape[-1]
    weight = 1.0 if "sparse" in name else float(targets.sum(axis=-1).max())
    return weight * max(1.0, 1 / float(predictions.sum(axis=-1).min())) if "categorical" in name else weight


@given(
    st.sampled_from(CASES),
    st.lists(st.integers(1, 7), min_size=1, max_size=2),
    st.integers(1, 40) | st.sampled_from([255, 256, 257, 300]),
    st.integers(0, 2**32),
)
@settings(max_examples=250, deadline=None)
def test_agrees_with_the_reference(
    case: tuple[str, str, dict[str, Any]], rows: list[int], columns: int, seed: int
) -> None:
    """Within 2e-6, and within 1e-6 of the largest term where terms cancel."""
    name, kind, options = case
    arguments = batch(kind, (*rows, columns), seed)
    losses, gradient = getattr(native, name)(*arguments, **options)
    exact_losses, exact_gradient = getattr(reference, name)(*in_double(arguments), **options)
    assert losses.dtype == gradient.dtype == np.float32
    assert losses.shape == exact_losses.shape
    np.testing.assert_allclose(losses, exact_losses, rtol=2e-6, atol=1e-6)
    scale = max(largest_term(name, *arguments), float(np.abs(exact_gradient).max()))
    np.testing.assert_allclose(gradient, exact_gradient, rtol=2e-6, atol=1e-6 * scale)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_single_class(case: tuple[str, str, dict[str, Any]]) -> None:
    name, kind, options = case
    arguments = batch(kind, (3, 1), 0)
    results = getattr(native, name)(*arguments, **options)
    for one, two in zip(results, getattr(reference, name)(*arguments, **options), strict=True):
        np.testing.assert_allclose(one, two, rtol=2e-6, atol=2e-7)


def test_clipped_probabilities() -> None:
    """In single precision, where 1 - epsilon is rounded: to be compared with the reference in single precision."""
    probabilities = np.array([[0.0, 1.0], [1.0, 0.0], [1e-9, 1.0], [0.5, 0.5]], np.float32)
    targets = np.array([[0.0, 1.0], [0.0, 1.0], [0.7, 0.3], [0.2, 0.8]], np.float32)
    labels = np.array([1, 1, 0, 0])
    for name, other in (
        ("binary_cross_entropy", targets),
        ("categorical_cross_entropy", targets),
        ("sparse_categorical_cross_entropy", labels),
    ):
        results = getattr(native, name)(probabilities, other, epsilon=1e-7)
        expected = getattr(reference, name)(probabilities, other, epsilon=1e-7)
        for one, two in zip(results, expected, strict=True):
            np.testing.assert_allclose(one, two, rtol=2e-6, atol=1e-7)


@pytest.mark.parametrize("name", ["softmax_cross_entropy", "sparse_softmax_cross_entropy", "sigmoid_cross_entropy"])
def test_no_logit_is_too_large(name: str) -> None:
    logits = np.array([[1e4, -1e4, 0.0], [-3e4, -3e4, -3e4], [0.0, -0.0, 1e-45], [88.0, -88.0, 300.0]], np.float32)
    labels = np.array([1, 0, 2, 2])
    targets = labels if "sparse" in name else np.eye(3, dtype=np.float32)[labels]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        losses, gradient = getattr(native, name)(logits, targets)
    exact_losses, exact_gradient = getattr(reference, name)(*in_double([logits, targets]))
    np.testing.assert_allclose(losses, exact_losses, rtol=2e-7, atol=1e-7)
    np.testing.assert_allclose(gradient, exact_gradient, rtol=2e-7, atol=1e-7)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_what_is_no_number_shows(case: tuple[str, str, dict[str, Any]], bad: float) -> None:
    """In its own row only; an infinite probability is clipped by binary cross-entropy, as it is by the reference."""
    name, kind, options = case
    predictions, targets = batch(kind, (3, 5), 0)
    predictions[1, 2] = bad
    losses, gradient = getattr(native, name)(predictions, targets, **options)
    assert np.isfinite(losses[[0, 2]]).all()
    assert np.isfinite(gradient[[0, 2]]).all()
    if np.isnan(bad):
        assert np.isnan(losses[1])
        assert np.isnan(gradient[1, 2])
    elif name == "mean_squared_error":
        assert losses[1] == gradient[1, 2] == np.inf


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_batch_without_samples_is_refused(case: tuple[str, str, dict[str, Any]]) -> None:
    name, kind, options = case
    predictions, targets = batch(kind, (2, 3), 0)
    with pytest.raises(ShapeError, match=r"received a batch of shape \(0, 3\); expected at least one sample"):
        getattr(native, name)(predictions[:0], targets[:0], **options)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_double_precision_is_the_reference(case: tuple[str, str, dict[str, Any]]) -> None:
    name, kind, options = case
    arguments = in_double(batch(kind, (3, 5), 0))
    results = getattr(native, name)(*arguments, **options)
    for one, two in zip(results, getattr(reference, name)(*arguments, **options), strict=True):
        assert one.dtype == np.float64
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_values_need_not_lie_in_a_row(case: tuple[str, str, dict[str, Any]]) -> None:
    name, kind, options = case
    predictions, targets = batch(kind, (6, 5), 0)
    views = np.asfortranarray(predictions)[::2], np.asfortranarray(targets)[::2]
    results = getattr(native, name)(*views, **options)
    for one, two in zip(results, getattr(native, name)(*map(np.ascontiguousarray, views), **options), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("case", SPARSE, ids=[name for name, _, _ in SPARSE])
def test_labels_of_any_integer_type_but_in_range(case: tuple[str, str, dict[str, Any]]) -> None:
    name, kind, options = case
    predictions, labels = batch(kind, (4, 5), 0)
    losses, _ = getattr(native, name)(predictions, labels, **options)
    np.testing.assert_array_equal(getattr(native, name)(predictions, labels.astype(np.uint8), **options)[0], losses)
    for wrong in (-1, 5):
        labels[2] = wrong
        for module in (native, reference):
            with pytest.raises(DataError, match=f"label {wrong}, but there are 5 outputs; expected labels from 0 to 4"):
                getattr(module, name)(predictions, labels, **options)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"targets has the shape \(2, 4\), 8 values; expected 6"):
        native.mean_squared_error(np.zeros((2, 3), np.float32), np.zeros((2, 4), np.float32))
    with pytest.raises(ShapeError, match=r"targets has the shape \(3,\), 3 values; expected 2"):
        native.sparse_softmax_cross_entropy(np.zeros((2, 3), np.float32), np.zeros(3, np.int64))


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_number_of_threads_changes_no_bit(case: tuple[str, str, dict[str, Any]]) -> None:
    name, kind, options = case
    arguments = batch(kind, (3001, 37), 0)
    assert_same_bits_on_any_threads(lambda: getattr(native, name)(*arguments, **options))
