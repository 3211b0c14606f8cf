"""Numbers of the distributions that Keras' names promise."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import vitral
from vitral import random
from vitral.errors import ConfigError

N = 100_000

# Mean and variance as textbooks have them. A normal cut at two deviations has the variance
# 1 - 4 phi(2) / (2 Phi(2) - 1) = 0.77374.
DISTRIBUTIONS: dict[str, tuple[Callable[..., Any], float, float]] = {
    "uniform": (lambda **seed: random.uniform((N,), -1, 3, **seed), 1, 16 / 12),
    "normal": (lambda **seed: random.normal((N,), 2, 0.5, **seed), 2, 0.25),
    "truncated_normal": (lambda **seed: random.truncated_normal((N,), **seed), 0, 0.77374),
    "gamma": (lambda **seed: random.gamma((N,), 3, **seed), 3, 3),
    "beta": (lambda **seed: random.beta((N,), 2, 3, **seed), 2 / 5, 6 / (25 * 6)),
    "binomial": (lambda **seed: random.binomial((N,), 10, 0.3, **seed), 3, 2.1),
    "randint": (lambda **seed: random.randint((N,), 2, 5, **seed), 3, 2 / 3),
    "categorical": (lambda **seed: random.categorical(np.log([[0.2, 0.8]]), N, **seed), 0.8, 0.16),
    "dropout": (lambda **seed: random.dropout(np.ones(N, np.float32), 0.2, **seed), 1, 0.25),
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_mean_and_variance(name: str) -> None:
    draw, mean, variance = DISTRIBUTIONS[name]
    values = draw(seed=1)
    assert values.mean(dtype=np.float64) == pytest.approx(mean, abs=5 * (variance / N) ** 0.5)
    assert values.var(dtype=np.float64) == pytest.approx(variance, rel=0.03)
    assert values.dtype == ("int32" if name in ("randint", "categorical") else "float32")


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_where_the_numbers_come_from(name: str) -> None:
    draw = DISTRIBUTIONS[name][0]
    np.testing.assert_array_equal(draw(seed=1), draw(seed=1))
    stream = random.SeedGenerator(1)
    assert (draw(seed=stream) != draw(seed=stream)).any()
    vitral.set_seed(3)
    first, second = draw(), draw()
    assert (first != second).any()
    vitral.set_seed(3)
    np.testing.assert_array_equal(first, draw())


def test_limits() -> None:
    assert np.abs(random.truncated_normal((N,), 1, 2, seed=0) - 1).max() <= 4
    values = random.uniform((N,), 0, 1, "float64", seed=0)
    assert values.dtype == "float64"
    assert 0 <= values.min() < values.max() < 1
    assert set(random.randint((1000,), -1, 2, seed=0).tolist()) == {-1, 0, 1}


def test_shuffling_moves_whole_slices() -> None:
    x = np.arange(12).reshape(3, 4)
    moved = random.shuffle(x, axis=1, seed=1)
    assert sorted(map(tuple, moved.T.tolist())) == sorted(map(tuple, x.T.tolist()))
    assert (x == np.arange(12).reshape(3, 4)).all()


def test_dropout_of_whole_channels() -> None:
    y = random.dropout(np.ones((50, 4, 3)), 0.5, noise_shape=(None, 1, None), seed=0)
    assert ((y == 0).all(axis=1) | (y == 2).all(axis=1)).all()
    assert {0.0, 2.0} == set(y.ravel().tolist())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: random.uniform((2,), dtype="int32"),
            "uniform: dtype is 'int32'; expected a floating-point",
        ),
        (lambda: random.randint((2,), 0, 3, dtype="float32"), "dtype is 'float32'; expected an integer type"),
        (lambda: random.dropout(np.ones(2), 1.0), "rate is 1.0; expected a number of at least 0 and below 1"),
        (lambda: random.normal((2,), seed=-1), "seed is -1; expected a whole number"),
    ],
)
def test_what_cannot_be_drawn(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        call()
