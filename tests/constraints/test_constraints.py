"""Constraints: Keras' values, and that a training keeps them."""

import numpy as np
import pytest

from vitral import constraints, layers, models, optimizers
from vitral.constraints import Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from vitral.errors import ConfigError

W = np.array([[0.5, -3.0, 1.0], [2.0, 1.5, -0.2]], np.float32)

# golden values from Keras 3.15
GOLDEN = [
    (MaxNorm(), [0.485071, -1.788854, 1.0, 1.940285, 0.894427, -0.2]),
    (MaxNorm(1.5, axis=1), [0.234261, -1.405564, 0.468521, 1.196178, 0.897134, -0.119618]),
    (NonNeg(), [0.5, 0.0, 1.0, 2.0, 1.5, 0.0]),
    (UnitNorm(), [0.242536, -0.894427, 0.980581, 0.970143, 0.447214, -0.196116]),
    (UnitNorm([0, 1]), [0.122943, -0.737655, 0.245885, 0.49177, 0.368828, -0.049177]),
    (MinMaxNorm(), [0.242536, -0.894427, 0.980581, 0.970143, 0.447214, -0.196116]),
    (MinMaxNorm(1.2, 2.5, 0.3, axis=1), [0.46713, -2.802782, 0.934261, 1.998089, 1.498567, -0.199809]),
]


@pytest.mark.parametrize(("constraint", "expected"), GOLDEN)
def test_values(constraint: Constraint, expected: list[float]) -> None:
    for dtype in (np.float32, np.float64):
        limited = constraint(W.astype(dtype))
        np.testing.assert_allclose(limited.ravel(), expected, atol=1e-6)
        assert limited.dtype == dtype
    copy = constraints.get(constraints.serialize(constraint))
    assert copy is not None
    assert copy.get_config() == constraint.get_config()


def test_a_training_keeps_to_them() -> None:
    # golden values from Keras 3.15: this training there
    model = models.Sequential(
        [
            layers.Input((2,)),
            layers.Dense(2, kernel_constraint="non_neg", bias_constraint=MaxNorm(0.1), kernel_initializer="ones"),
        ]
    )
    model.compile(optimizers.SGD(0.5), "mse")
    x, y = np.array([[1.0, 2.0], [3.0, -1.0]], np.float32), np.array([[0.0, 1.0], [5.0, -2.0]], np.float32)
    model.fit(x, y, epochs=2, batch_size=2, verbose=0)
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(kernel.ravel(), [0.0, 0.0, 0.0, 0.775], atol=1e-6)
    np.testing.assert_allclose(bias, [-0.0915315, -0.0402739], atol=1e-6)


def test_layers_write_them_down() -> None:
    for layer in (
        layers.Dense(2, kernel_constraint=MaxNorm(3), bias_constraint="unit_norm"),
        layers.Conv2D(2, 3, kernel_constraint=MinMaxNorm(axis=[0, 1, 2])),
        layers.BatchNormalization(gamma_constraint="non_neg"),
    ):
        config = layer.get_config()
        copy = type(layer).from_config(config)
        assert copy.get_config() == config
        copy.build((None, 8, 8, 3))
        limited = [variable for variable in copy.weights if variable.constraint is not None]
        assert len(limited) == (2 if isinstance(layer, layers.Dense) else 1)
    with pytest.raises(ConfigError, match="unknown constraint 'max_nrom'; did you mean 'max_norm'"):
        layers.Dense(2, kernel_constraint="max_nrom")
