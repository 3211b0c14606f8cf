"""The penalty on similar directions, and strengths that cannot be."""

import numpy as np
import pytest

from tests.gradients.check import assert_gradient
from vitral import regularizers
from vitral.errors import ConfigError, ShapeError
from vitral.typing import Array

W = np.array([[0.5, -3.0, 1.0], [2.0, 1.5, -0.2]])


def test_orthogonal() -> None:
    # golden values from Keras 3.15
    assert regularizers.OrthogonalRegularizer()(W) == pytest.approx(0.004608021, rel=1e-6)
    by_columns = regularizers.OrthogonalRegularizer(0.3, mode="columns")
    assert by_columns(W) == pytest.approx(0.12292596, rel=1e-6)
    value = W.copy()
    assert_gradient(lambda: by_columns(value), value, by_columns.gradient(value), "columns")
    copy = regularizers.get(regularizers.serialize(by_columns))
    assert copy is not None
    assert copy.get_config() == {"factor": 0.3, "mode": "columns"}


@pytest.mark.parametrize("name", ["l1", "l2", "l1_l2", "orthogonal_regularizer"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_gradient_is_added_to_what_is_there(name: str, dtype: type) -> None:
    regularizer = getattr(regularizers, name)()
    value, gradient = W.astype(dtype), np.ones(W.shape, dtype)
    penalty = regularizer.add_gradient(value, gradient)
    assert penalty == pytest.approx(regularizer(W), rel=1e-6)
    np.testing.assert_allclose(gradient, 1 + regularizer.gradient(W), rtol=1e-6)
    if dtype is np.float64:
        assert_gradient(lambda: regularizer(value), value, gradient - 1, name)


def test_a_subclass_that_changes_a_formula_is_asked_for_it() -> None:
    class Twice(regularizers.L2):
        def __call__(self, value: Array) -> float:
            return 2 * super().__call__(value)

        def gradient(self, value: Array) -> Array:
            return 2 * super().gradient(value)

    gradient = np.zeros(W.shape)
    assert Twice(0.5).add_gradient(W, gradient) == pytest.approx(np.square(W).sum())
    np.testing.assert_allclose(gradient, 2 * W)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match="mode is 'both'"):
        regularizers.OrthogonalRegularizer(mode="both")
    with pytest.raises(ShapeError, match=r"shape \(3,\); expected a matrix"):
        regularizers.OrthogonalRegularizer()(np.ones(3))
    for make in (regularizers.L1, regularizers.L2, regularizers.OrthogonalRegularizer):
        with pytest.raises(ConfigError, match="is -1; expected a number from 0 on"):
            make(-1)
