"""Vitral's perceptrons take scikit-learn's steps: the same random_state gives the same weights and losses."""

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.datasets import load_digits, make_regression
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier as TheirClassifier
from sklearn.neural_network import MLPRegressor as TheirRegressor

from vitral.sklearn import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings(f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning")

DIGITS, DIGIT = load_digits(return_X_y=True)
DIGITS = DIGITS[:400] / 16
DIGIT = DIGIT[:400]
COLUMNS = np.stack([DIGIT > 4, DIGIT % 2 == 0, DIGIT == 3], axis=1).astype(int)
WEIGHTS = np.random.default_rng(0).random(400)
X, Y = make_regression(150, 6, n_targets=2, random_state=0)
Y = Y / 100


def assert_same(ours: Any, theirs: Any, *, rtol: float = 1e-9, loss_factor: float = 1.0) -> None:
    for name in ("coefs_", "intercepts_"):
        for own, other in zip(getattr(ours, name), getattr(theirs, name), strict=True):
            np.testing.assert_allclose(own, other, rtol=rtol, atol=rtol)
    for name in ("n_iter_", "t_", "n_layers_", "n_outputs_", "out_activation_", "n_features_in_"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert ours.loss_ == pytest.approx(theirs.loss_ * loss_factor, rel=1e-8)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"batch_size": 32, "max_iter": 5, "shuffle": False, "alpha": 0.1},
        {"activation": "logistic", "hidden_layer_sizes": (20, 10), "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-5},
        {"activation": "tanh", "early_stopping": True, "n_iter_no_change": 2, "learning_rate_init": 0.05},
        {"activation": "identity", "hidden_layer_sizes": ()},
        {"solver": "sgd", "learning_rate": "adaptive", "n_iter_no_change": 1, "tol": 0.1, "learning_rate_init": 0.1},
        {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.2, "nesterovs_momentum": False},
    ],
)
def test_classifier(arguments: dict[str, Any]) -> None:
    arguments = {"max_iter": 15, "random_state": 3, **arguments}
    ours, theirs = MLPClassifier(**arguments).fit(DIGITS, DIGIT), TheirClassifier(**arguments).fit(DIGITS, DIGIT)
    assert_same(ours, theirs)
    np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=1e-8)
    np.testing.assert_array_equal(ours.predict(DIGITS), theirs.predict(DIGITS))
    np.testing.assert_allclose(ours.predict_proba(DIGITS), theirs.predict_proba(DIGITS), atol=1e-9)
    np.testing.assert_allclose(ours.predict_log_proba(DIGITS), theirs.predict_log_proba(DIGITS), atol=1e-5)
    assert (ours.best_loss_, ours.best_validation_score_) == (
        pytest.approx(theirs.best_loss_) if theirs.best_loss_ else None,
        theirs.best_validation_score_,
    )
    if theirs.validation_scores_ is None:
        assert ours.validation_scores_ is None
    else:
        np.testing.assert_allclose(ours.validation_scores_, theirs.validation_scores_)


@pytest.mark.parametrize("y", [DIGIT, DIGIT > 4, np.array(["a", "b"])[DIGIT % 2], COLUMNS], ids=str)
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_kinds_of_classes_with_weights(y: Any, solver: str) -> None:
    arguments = {"solver": solver, "max_iter": 6, "random_state": 0, "hidden_layer_sizes": 12, "alpha": 0.01}
    ours = MLPClassifier(**arguments).fit(DIGITS, y, WEIGHTS)
    theirs = TheirClassifier(**arguments).fit(DIGITS, y, WEIGHTS)
    if solver == "adam":
        assert_same(ours, theirs)
    assert ours.loss_ == pytest.approx(theirs.loss_, rel=1e-6)
    np.testing.assert_array_equal(ours.classes_, theirs.classes_)
    np.testing.assert_array_equal(ours.predict(DIGITS), theirs.predict(DIGITS))
    np.testing.assert_allclose(ours.predict_proba(DIGITS), theirs.predict_proba(DIGITS), atol=1e-5)


@pytest.mark.parametrize("y", [Y[:, 0], Y], ids=["one", "two"])
@pytest.mark.parametrize("loss", ["squared_error", "poisson"])
@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_regressor(y: Any, loss: str, solver: str) -> None:
    arguments = {"loss": loss, "solver": solver, "max_iter": 8, "random_state": 1, "batch_size": 40, "alpha": 0.0}
    y = abs(y) if loss == "poisson" else y
    weights = WEIGHTS[:150]
    ours = MLPRegressor(**arguments).fit(X, y, weights)
    theirs = TheirRegressor(**arguments).fit(X, y, weights)
    # Their squared loss is a mean over outputs, though its gradient, which decides the steps, is that of the sum.
    assert_same(ours, theirs, loss_factor=y.size / len(y) if loss == "squared_error" and y.ndim == 2 else 1.0)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), rtol=1e-8)


def test_regressor_by_lbfgs() -> None:
    arguments = {"solver": "lbfgs", "max_iter": 20, "random_state": 1, "hidden_layer_sizes": 5, "activation": "tanh"}
    ours, theirs = MLPRegressor(**arguments).fit(X, Y[:, 0]), TheirRegressor(**arguments).fit(X, Y[:, 0])
    assert (ours.n_iter_, ours.loss_) == (theirs.n_iter_, pytest.approx(theirs.loss_, rel=1e-6))
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), atol=1e-5)


def test_partial_fit_and_warm_start() -> None:
    arguments: dict[str, Any] = {"random_state": 0, "hidden_layer_sizes": 10}
    pair = MLPClassifier(**arguments), TheirClassifier(**arguments)
    for model in pair:
        for start in (0, 200, 100):
            model.partial_fit(DIGITS[start:][:200], DIGIT[start:][:200], classes=np.arange(10))
    assert_same(*pair)
    pair = (
        MLPClassifier(warm_start=True, max_iter=4, **arguments),
        TheirClassifier(warm_start=True, max_iter=4, **arguments),
    )
    for model in pair:
        model.fit(DIGITS, DIGIT).fit(DIGITS, DIGIT)
        model.partial_fit(DIGITS, DIGIT)
    assert_same(*pair)
    assert len(pair[0].loss_curve_) == 9


def test_sparse_features() -> None:
    arguments: dict[str, Any] = {"random_state": 0, "hidden_layer_sizes": 10, "max_iter": 3, "batch_size": 64}
    ours = MLPClassifier(**arguments).fit(csr_array(DIGITS), DIGIT)
    assert_same(ours, TheirClassifier(**arguments).fit(DIGITS, DIGIT))
    np.testing.assert_allclose(ours.predict_proba(csr_array(DIGITS)), ours.predict_proba(DIGITS), atol=1e-12)


def test_float32_follows_within_its_precision() -> None:
    arguments: dict[str, Any] = {"random_state": 0, "max_iter": 5}
    ours = MLPClassifier(dtype="float32", **arguments).fit(DIGITS, DIGIT)
    assert {array.dtype.name for array in (*ours.coefs_, *ours.intercepts_)} == {"float32"}
    assert ours.predict_proba(DIGITS).dtype == np.float32
    theirs = TheirClassifier(**arguments).fit(DIGITS, DIGIT)
    np.testing.assert_allclose(ours.coefs_[0], theirs.coefs_[0], atol=1e-4)
