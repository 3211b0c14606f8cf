"""What must hold for cross-entropies whatever the numbers are."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vitral.losses import BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy
from vitral.typing import Array

SHAPES = st.tuples(st.integers(1, 5), st.integers(2, 6))


def logits(limit: float, dtype: type = np.float64) -> st.SearchStrategy[Array]:
    numbers = st.floats(-limit, limit, width=32 if dtype is np.float32 else 64)
    return SHAPES.flatmap(lambda shape: arrays(dtype, shape, elements=numbers))


def labels_for(z: Array) -> Array:
    return np.arange(len(z)) % z.shape[1]


def softmax(z: Array) -> Array:
    a = np.exp(z - z.max(axis=-1, keepdims=True))
    return a / a.sum(axis=-1, keepdims=True)


@given(logits(2.0**100, np.float32))
def test_extreme_logits_give_finite_losses_and_gradients(z: Array) -> None:
    labels = labels_for(z)
    one_hot = np.eye(z.shape[1], dtype=z.dtype)[labels]
    for loss, y in (
        (SparseCategoricalCrossentropy(from_logits=True), labels),
        (CategoricalCrossentropy(from_logits=True), one_hot),
        (BinaryCrossentropy(from_logits=True), one_hot),
    ):
        value, gradient = loss.loss_and_gradient(y, z)
        assert np.isfinite(value)
        assert value >= 0
        assert np.isfinite(gradient).all()
        assert gradient.dtype == np.float32


@given(logits(20))
def test_sparse_and_one_hot_are_the_same(z: Array) -> None:
    labels = labels_for(z)
    one_hot = np.eye(z.shape[1])[labels]
    for from_logits, y_pred in ((True, z), (False, softmax(z))):
        sparse = SparseCategoricalCrossentropy(from_logits).loss_and_gradient(labels, y_pred)
        dense = CategoricalCrossentropy(from_logits).loss_and_gradient(one_hot, y_pred)
        np.testing.assert_allclose(sparse[0], dense[0], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(sparse[1], dense[1], rtol=1e-9, atol=1e-12)


@given(logits(6))
def test_a_minus_y_is_the_chain_through_softmax(z: Array) -> None:
    labels, a = labels_for(z), softmax(z)
    loss = SparseCategoricalCrossentropy()
    _, da = loss.loss_and_gradient(labels, a)
    _, dz = loss.loss_and_preactivation_gradient(labels, a)
    np.testing.assert_allclose(dz, a * (da - (da * a).sum(axis=-1, keepdims=True)), atol=1e-12)
    np.testing.assert_allclose(dz, (a - np.eye(z.shape[1])[labels]) / len(z), atol=1e-12)


@given(logits(6))
def test_a_minus_y_is_the_chain_through_the_sigmoid(z: Array) -> None:
    a = 1 / (1 + np.exp(-z))
    y = np.eye(z.shape[1])[labels_for(z)]
    loss = BinaryCrossentropy()
    _, da = loss.loss_and_gradient(y, a)
    _, dz = loss.loss_and_preactivation_gradient(y, a)
    np.testing.assert_allclose(dz, da * a * (1 - a), atol=1e-12)
    np.testing.assert_allclose(dz, BinaryCrossentropy(from_logits=True).loss_and_gradient(y, z)[1], atol=1e-12)


@given(logits(20), st.floats(-50, 50))
def test_softmax_cross_entropy_does_not_see_a_shift(z: Array, shift: float) -> None:
    loss = SparseCategoricalCrossentropy(from_logits=True)
    labels = labels_for(z)
    np.testing.assert_allclose(loss(labels, z), loss(labels, z + shift), atol=1e-9)
