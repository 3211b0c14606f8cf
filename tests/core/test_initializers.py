"""Initializers: the variance and range that their papers and Keras state."""

import math

import numpy as np
import pytest

from vitral import initializers
from vitral.errors import ConfigError

_SHAPE = (3, 3, 40, 60)
_FAN_IN, _FAN_OUT = 360, 540


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("glorot_normal", 2 / (_FAN_IN + _FAN_OUT)),
        ("xavier_normal", 2 / (_FAN_IN + _FAN_OUT)),
        ("glorot_uniform", 2 / (_FAN_IN + _FAN_OUT)),
        ("he_normal", 2 / _FAN_IN),
        ("he_uniform", 2 / _FAN_IN),
        ("lecun_normal", 1 / _FAN_IN),
        ("lecun_uniform", 1 / _FAN_IN),
        ("random_uniform", 0.1**2 / 12),
        ("random_normal", 0.05**2),
        ("truncated_normal", (0.05 * 0.87962566) ** 2),
        ("orthogonal", 1 / _FAN_IN),
    ],
)
def test_mean_and_variance(name: str, variance: float) -> None:
    initializer = type(initializers.get(name))(seed=1)
    values = initializer(_SHAPE).astype(np.float64)
    # 21,600 values: the sample variance is within 5 % of the true one far beyond five standard deviations.
    assert values.var() == pytest.approx(variance, rel=0.05)
    assert abs(values.mean()) < 5 * math.sqrt(variance / values.size)


def test_limits_of_the_uniform_ones() -> None:
    assert np.abs(initializers.GlorotUniform(seed=0)((100, 50))).max() <= math.sqrt(6 / 150)
    assert np.abs(initializers.HeUniform(seed=0)((100, 50))).max() <= math.sqrt(6 / 100)


def test_orthogonal_rows_or_columns() -> None:
    for shape in [(6, 4), (4, 6), (2, 3, 5)]:
        matrix = initializers.Orthogonal(gain=2.0, seed=0)(shape, "float64").reshape(-1, shape[-1])
        small = matrix.T @ matrix if len(matrix) >= shape[-1] else matrix @ matrix.T
        np.testing.assert_allclose(small, 4 * np.eye(len(small)), atol=1e-12)


def test_identity() -> None:
    # golden value from Keras 3.15: Identity(2.0)((2, 3))
    np.testing.assert_array_equal(initializers.Identity(2.0)((2, 3)), [[2, 0, 0], [0, 2, 0]])
    assert type(initializers.get("identity")) is initializers.identity


def test_axes_that_count_as_inputs_and_outputs() -> None:
    # golden value from Keras 3.15: compute_fans((2, 3, 4, 5), input_axes=[0], output_axes=[1, 3])
    assert initializers.compute_fans((2, 3, 4, 5), [0], [1, 3]) == (2, 15)
    values = initializers.HeUniform(seed=0, input_axes=[0], output_axes=[1])((6, 400))
    assert np.abs(values).max() <= 1.0  # sqrt(6 / 6)
    assert np.abs(values).max() > 0.99


def test_seeds() -> None:
    assert np.array_equal(initializers.HeNormal(seed=3)((4, 4)), initializers.HeNormal(seed=3)((4, 4)))
    assert not np.array_equal(initializers.HeNormal()((4, 4)), initializers.HeNormal()((4, 4)))


@pytest.mark.parametrize("name", sorted(initializers.registry.classes))
def test_configuration_makes_the_same_initializer_again(name: str) -> None:
    original = initializers.registry.classes[name]()
    copy = initializers.deserialize(initializers.serialize(original))
    assert type(copy) is type(original)
    assert copy.get_config() == original.get_config()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: initializers.VarianceScaling(scale=0), "scale is 0; expected a positive number"),
        (lambda: initializers.VarianceScaling(mode="fan"), "mode is 'fan'"),
        (lambda: initializers.VarianceScaling(distribution="normal"), "distribution is 'normal'"),
        (lambda: initializers.Orthogonal()((3,)), "cannot have shape (3,)"),
        (lambda: initializers.Identity()((3,)), "an identity matrix cannot have shape (3,)"),
    ],
)
def test_bad_arguments_are_named(make, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert message in str(caught.value)
