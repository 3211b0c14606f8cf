"""scikit-learn's own checks of estimators, none of which is expected to fail."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from vitral import Sequential, config, layers
from vitral.optimizers import Adam
from vitral.sklearn import MLPClassifier, MLPRegressor, NeuralNetClassifier, NeuralNetRegressor


class Builder:
    """A function has its address in its text, and so in the names of the tests; this is the same in every process."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Classifying(Builder):
    def __call__(self, input_shape: tuple[int, ...], n_classes: int) -> Sequential:
        hidden = layers.Dense(16, activation="relu")
        return Sequential([layers.Input(input_shape), hidden, layers.Dense(n_classes, activation="softmax")])


class Regressing(Builder):
    def __call__(self, input_shape: tuple[int, ...], n_outputs: int) -> Sequential:
        hidden = layers.Dense(16, activation="relu")
        return Sequential([layers.Input(input_shape), hidden, layers.Dense(n_outputs)])


@pytest.fixture(autouse=True)
def _double_precision() -> Iterator[None]:
    # A check compares weights with repetitions to a relative 1e-7; MLPs compute in the type of X, which is float64.
    config.set_floatx("float64")
    yield
    config.set_floatx("float32")


@parametrize_with_checks(
    [
        MLPClassifier(),
        MLPRegressor(),
        NeuralNetClassifier(Classifying(), optimizer=Adam(0.01, name="adam"), epochs=60, batch_size=300),
        NeuralNetRegressor(Regressing(), optimizer=Adam(0.01, name="adam"), epochs=60, batch_size=300),
    ]
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_check(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)
