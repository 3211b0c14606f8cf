"""What Vitral's perceptrons have beyond scikit-learn's."""

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_classification
from sklearn.neural_network import MLPClassifier as TheirClassifier

from vitral import set_seed
from vitral.errors import ConfigError, DataError
from vitral.sklearn import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_digits(return_X_y=True)
X = X / 16


def test_class_weight_is_a_sample_weight_by_class() -> None:
    x, y = make_classification(300, weights=[0.9], flip_y=0, class_sep=0.5, random_state=0)
    names = np.array(["rare", "usual"])[(y == 0).astype(int)]
    by_class = MLPClassifier(class_weight={"rare": 3.0}, max_iter=20, random_state=0).fit(x, names)
    by_sample = TheirClassifier(max_iter=20, random_state=0).fit(x, names, np.where(names == "rare", 3.0, 1.0))
    np.testing.assert_allclose(by_class.coefs_[0], by_sample.coefs_[0], atol=1e-9)
    # 300 / (2 * 31) and 300 / (2 * 269): balanced as scikit-learn's other classifiers have it.
    counts = {name: 300 / (2 * (names == name).sum()) for name in ("rare", "usual")}
    balanced = MLPClassifier(class_weight="balanced", max_iter=20, random_state=0).fit(x, names)
    by_hand = MLPClassifier(class_weight=counts, max_iter=20, random_state=0).fit(x, names)
    np.testing.assert_allclose(balanced.coefs_[0], by_hand.coefs_[0], atol=1e-12)
    plain = MLPClassifier(max_iter=20, random_state=0).fit(x, names)
    assert (balanced.predict(x) == "rare").sum() > (plain.predict(x) == "rare").sum()


def test_class_weight_and_sample_weight_are_multiplied() -> None:
    w = np.random.default_rng(0).random(len(Y))
    both = MLPClassifier(class_weight={3: 2.0}, max_iter=3, random_state=0).fit(X, Y, w)
    one = MLPClassifier(max_iter=3, random_state=0).fit(X, Y, np.where(Y == 3, 2 * w, w))
    np.testing.assert_allclose(both.coefs_[0], one.coefs_[0], atol=1e-12)


def test_an_activation_for_each_layer() -> None:
    model = MLPClassifier((6, 5), activation=["relu", "tanh"], max_iter=2, random_state=0).fit(X, Y)
    (w1, w2, w3), (b1, b2, b3) = model.coefs_, model.intercepts_
    z = np.tanh(np.maximum(X @ w1 + b1, 0) @ w2 + b2) @ w3 + b3
    e = np.exp(z - z.max(axis=1, keepdims=True))
    np.testing.assert_allclose(model.predict_proba(X), e / e.sum(axis=1, keepdims=True), atol=1e-12)
    keras_name = MLPClassifier(4, activation="elu", max_iter=2, random_state=0).fit(X, Y)
    z = X @ keras_name.coefs_[0] + keras_name.intercepts_[0]
    scores = np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1) @ keras_name.coefs_[1] + keras_name.intercepts_[1]
    np.testing.assert_array_equal(keras_name.predict(X), scores.argmax(axis=1))


def test_an_activation_of_the_output_keeps_its_range() -> None:
    x = np.linspace(-2, 2, 100)[:, np.newaxis]
    y = 1 / (1 + np.exp(-3 * x[:, 0]))
    model = MLPRegressor(
        hidden_layer_sizes=(), out_activation="logistic", solver="lbfgs", alpha=0.0, tol=1e-9, random_state=0
    ).fit(x, y)
    # One weight behind a logistic function is the very function that made y.
    np.testing.assert_allclose(model.coefs_[0], [[3.0]], atol=1e-3)
    np.testing.assert_allclose(model.intercepts_[0], [0.0], atol=1e-3)
    assert model.out_activation_ == "logistic"
    assert 0 < model.predict([[-50.0]])[0] < model.predict([[50.0]])[0] <= 1


def test_dropout_leaves_out_only_while_training() -> None:
    arguments: dict[str, Any] = {"hidden_layer_sizes": (30, 20), "max_iter": 3, "random_state": 0}
    model = MLPClassifier(dropout=[0.5, 0.0], **arguments).fit(X, Y)
    np.testing.assert_array_equal(model.predict_proba(X), model.predict_proba(X))
    again = MLPClassifier(dropout=[0.5, 0.0], **arguments).fit(X, Y)
    np.testing.assert_array_equal(model.coefs_[0], again.coefs_[0])
    assert not np.allclose(model.coefs_[0], MLPClassifier(**arguments).fit(X, Y).coefs_[0])
    # The loss of a step with half of the units missing is higher.
    assert model.loss_ > MLPClassifier(**arguments).fit(X, Y).loss_


def test_validation_data_are_scored_and_stop_the_training() -> None:
    arguments: dict[str, Any] = {"hidden_layer_sizes": 20, "max_iter": 6, "random_state": 0}
    model = MLPClassifier(**arguments).fit(X[:1000], Y[:1000], X_val=X[1000:], y_val=Y[1000:])
    assert len(model.validation_scores_) == 6
    assert model.validation_scores_[-1] == model.score(X[1000:], Y[1000:])
    assert model.best_validation_score_ == max(model.validation_scores_)
    assert model.loss_curve_ == MLPClassifier(**arguments).fit(X[:1000], Y[:1000]).loss_curve_  # only looked at
    stopped = MLPClassifier(early_stopping=True, tol=0.5, n_iter_no_change=1, **arguments)
    stopped.fit(X[:1000], Y[:1000], X_val=X[1000:], y_val=Y[1000:])
    assert stopped.n_iter_ < 6
    assert stopped.score(X[1000:], Y[1000:]) == max(stopped.validation_scores_)


def test_early_stopping_of_a_regressor_scores_r2() -> None:
    y = X @ np.arange(64) / 64
    model = MLPRegressor(early_stopping=True, max_iter=5, random_state=0)
    model.fit(X[:1000], y[:1000], X_val=X[1000:], y_val=y[1000:])
    assert model.score(X[1000:], y[1000:]) == pytest.approx(max(model.validation_scores_))


def test_without_random_state_vitral_s_seed_decides() -> None:
    set_seed(5)
    first = MLPClassifier(max_iter=1).fit(X, Y).coefs_[0]
    assert not np.array_equal(first, MLPClassifier(max_iter=1).fit(X, Y).coefs_[0])
    set_seed(5)
    np.testing.assert_array_equal(first, MLPClassifier(max_iter=1).fit(X, Y).coefs_[0])


def test_weights_that_the_user_sets_are_used() -> None:
    model = MLPClassifier(5, max_iter=1, random_state=0).fit(X, Y)
    model.coefs_[1] = np.zeros_like(model.coefs_[1])
    model.intercepts_ = [model.intercepts_[0], np.eye(10)[4]]
    assert set(model.predict(X)) == {4}
    model.partial_fit(X, Y)
    assert model.coefs_[1].any()


def test_verbose_says_what_scikit_learn_says(capsys: pytest.CaptureFixture[str]) -> None:
    arguments: dict[str, Any] = {
        "max_iter": 9,
        "random_state": 0,
        "verbose": True,
        "early_stopping": True,
        "n_iter_no_change": 1,
        "tol": 0.3,
    }
    TheirClassifier(**arguments).fit(X, Y)
    theirs = capsys.readouterr().out
    MLPClassifier(**arguments).fit(X, Y)
    assert capsys.readouterr().out == theirs


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"solver": "adagrad"}, "MLPClassifier: solver is 'adagrad'; expected one of 'lbfgs', 'sgd', 'adam'"),
        ({"alpha": -1}, "alpha is -1; expected a number from 0 on"),
        ({"batch_size": 0}, 'batch_size is 0; expected "auto" or a whole number from 1 on'),
        ({"hidden_layer_sizes": (10, 0)}, r"hidden_layer_sizes is \(10, 0\); expected whole numbers > 0"),
        ({"activation": ["relu", "relu"]}, r"activation is .*; expected one for each of the 1 hidden layers"),
        ({"activation": "rleu"}, "unknown activation 'rleu'; did you mean 'relu'"),
        ({"dropout": 1.0}, "dropout is 1.0; expected a number from 0 to below 1"),
        ({"dropout": 0.1, "solver": "lbfgs"}, "solver 'lbfgs' needs a loss that stays the same"),
        ({"dtype": "float16"}, "dtype is 'float16'; expected one of 'auto', 'float32', 'float64'"),
        ({"class_weight": {10: 1}}, r"class_weight names \[10\]"),
        ({"class_weight": "even"}, "class_weight is 'even'"),
        ({"max_iter": 1.5}, "max_iter is 1.5"),
        ({"shuffle": "no"}, "shuffle is 'no'; expected True or False"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        MLPClassifier(**arguments).fit(X, Y)


def test_wrong_data_are_named() -> None:
    model = MLPClassifier(5, max_iter=1, random_state=0, warm_start=True).fit(X, Y)
    with pytest.raises(DataError, match="same classes as in the previous call to fit"):
        model.fit(X, Y % 9)
    with pytest.raises(ConfigError, match=r"hidden_layer_sizes is 6, but the fitted layers are \[5\]"):
        model.set_params(hidden_layer_sizes=6).fit(X, Y)
    with pytest.raises(DataError, match="sample_weight holds the negative number"):
        MLPClassifier().fit(X, Y, np.where(Y == 1, -1.0, 1.0))
    with pytest.raises(DataError, match="validation data need both X_val and y_val"):
        MLPClassifier().fit(X, Y, X_val=X)
    with pytest.raises(DataError, match="expected values from 0 on for loss='poisson'"):
        MLPRegressor(loss="poisson").fit(X, -Y)
    with pytest.raises(ConfigError, match="out_activation is 'relu'; loss='poisson' goes with 'exp'"):
        MLPRegressor(loss="poisson", out_activation="relu").fit(X, Y)
    with pytest.raises(DataError, match="classes must be passed on the first call"):
        MLPClassifier().partial_fit(X, Y)
    with pytest.raises(ConfigError, match="class_weight 'balanced' is not supported for partial_fit"):
        MLPClassifier(class_weight="balanced").partial_fit(X, Y, classes=np.arange(10))
    with pytest.raises(ConfigError, match="does not support early_stopping"):
        MLPClassifier(early_stopping=True).partial_fit(X, Y, classes=np.arange(10))
    assert not hasattr(MLPClassifier(solver="lbfgs"), "partial_fit")
