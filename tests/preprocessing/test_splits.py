"""Seeded and stratified division."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vitral.errors import ConfigError, DataError, ShapeError
from vitral.preprocessing import split, stratified_split

X = np.arange(1000)
Y = X % 10


@pytest.mark.parametrize("divide", [split, stratified_split])
@pytest.mark.parametrize("test_size", [100, 0.1])
def test_every_sample_is_on_one_side(divide, test_size: float) -> None:  # type: ignore[no-untyped-def]
    parts = divide(X, Y, test_size=test_size)
    assert (len(parts.x_train), len(parts.x_test)) == (900, 100)
    np.testing.assert_array_equal(np.sort(np.concatenate([parts.train_index, parts.test_index])), X)
    np.testing.assert_array_equal(parts.x_train, X[parts.train_index])
    np.testing.assert_array_equal(parts.y_test, Y[parts.test_index])


@pytest.mark.parametrize("divide", [split, stratified_split])
def test_the_seed_decides(divide) -> None:  # type: ignore[no-untyped-def]
    first, again, other = (divide(X, Y, test_size=100, seed=seed).test_index for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_the_division_is_the_same_on_every_machine() -> None:
    """Philox and permutation are fixed by NumPy's compatibility policy for named bit generators."""
    assert split(np.arange(8), np.arange(8), test_size=3, seed=0).test_index.tolist() == [3, 6, 4]


def test_every_class_has_its_share() -> None:
    parts = stratified_split(X, Y[:, None], test_size=0.1)
    assert np.bincount(parts.y_test[:, 0]).tolist() == [10] * 10
    assert (parts.y_train[:20, 0] != np.sort(parts.y_train[:20, 0])).any()


@given(st.lists(st.integers(2, 30), min_size=2, max_size=6), st.integers(0, 2**64), st.floats(0.05, 0.95))
def test_shares_are_right_to_within_one(counts: list[int], seed: int, share: float) -> None:
    labels = np.repeat(np.arange(len(counts)), counts)
    test = round(share * len(labels))
    assume(0 < test < len(labels))
    exact = np.array(counts) * test / len(labels)
    assume((exact >= 1).all() and (exact <= np.array(counts) - 1).all())
    parts = stratified_split(labels, labels, test_size=test, seed=seed)
    assert len(parts.y_test) == test
    assert (np.abs(np.bincount(parts.y_test) - exact) < 1).all()


def test_a_class_of_one_cannot_be_on_both_sides() -> None:
    with pytest.raises(DataError, match=r"class 3 has 1 samples, of which \d would be in test"):
        stratified_split(np.zeros(21), np.array([0] * 10 + [1] * 10 + [3]), test_size=5)


@pytest.mark.parametrize("test_size", [0, 1000, -1, 1.0, 0.0001, 1.5])
def test_empty_parts_are_refused(test_size: float) -> None:
    with pytest.raises(ConfigError, match=f"test_size is {test_size} of 1000 samples"):
        split(X, Y, test_size=test_size)


def test_labels_that_do_not_fit() -> None:
    with pytest.raises(DataError, match="1000 images but 999 labels"):
        split(X, Y[:-1], test_size=10)
    with pytest.raises(ShapeError, match=r"labels of shape \(1000, 10\)"):
        stratified_split(X, np.eye(10)[Y], test_size=10)
