"""The estimators inside scikit-learn's own tools."""

import copy
import io
import pickle
from collections.abc import Callable
from typing import Any

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from vitral import Input, Sequential, layers, models
from vitral.optimizers import Adam
from vitral.sklearn import MLPClassifier, MLPRegressor, NeuralNetClassifier, NeuralNetRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_digits(return_X_y=True)
X = (X[:600] / 16).astype(np.float32)
Y = Y[:600]


def convolutional(n_classes: int, filters: int = 4) -> Sequential:
    return Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(filters, 3, activation="relu"),
            layers.Flatten(),
            layers.Dropout(0.1),
            layers.Dense(n_classes, activation="softmax"),
        ]
    )


def residual(n_outputs: int) -> models.Model:
    inputs = Input((8, 8, 1))
    flat = layers.Flatten()(inputs)
    return models.Model(
        inputs, layers.Dense(n_outputs)(layers.Add()([flat, layers.Dense(64, activation="relu")(flat)]))
    )


def network(kind: Any = NeuralNetClassifier, **arguments: Any) -> Any:
    """A small estimator around a model; the same with the same arguments."""
    make = convolutional if kind is NeuralNetClassifier else residual
    return kind(
        make, **{"input_shape": (8, 8, 1), "optimizer": Adam(0.01), "epochs": 2, "random_state": 0, **arguments}
    )


CLASSIFIERS = pytest.mark.parametrize(
    "classifier",
    [MLPClassifier(16, learning_rate_init=0.03, max_iter=20, random_state=0), network(epochs=5)],
    ids=["mlp", "net"],
)


def joblib_round_trip(thing: Any) -> Any:
    file = io.BytesIO()
    joblib.dump(thing, file)
    file.seek(0)
    return joblib.load(file)


DUPLICATES = pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing)), joblib_round_trip],
    ids=["deepcopy", "pickle", "joblib"],
)


@DUPLICATES
@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_a_copy_goes_on_where_the_original_was(kind: Any, solver: str, duplicate: Callable[[Any], Any]) -> None:
    model = kind(hidden_layer_sizes=(16, 8), dropout=0.2, solver=solver, batch_size=100, max_iter=3, random_state=0)
    model.fit(X, Y)
    twin = duplicate(model)
    np.testing.assert_array_equal(twin.predict(X), model.predict(X))
    for estimator in (model, twin, twin):
        estimator.partial_fit(X, Y)
    model.partial_fit(X, Y)  # after the twin's steps: they share nothing
    for own, other in zip((*model.coefs_, *model.intercepts_), (*twin.coefs_, *twin.intercepts_), strict=True):
        np.testing.assert_array_equal(own, other)
        assert other.dtype is np.dtype(np.float32)  # what the kernels know
    assert twin.loss_curve_ == model.loss_curve_


@DUPLICATES
@pytest.mark.parametrize("kind", [NeuralNetClassifier, NeuralNetRegressor])
def test_a_copied_network_goes_on_where_the_original_was(kind: Any, duplicate: Callable[[Any], Any]) -> None:
    estimator = network(kind).fit(X, Y)
    twin = duplicate(estimator)
    np.testing.assert_array_equal(twin.predict(X), estimator.predict(X))
    twin.partial_fit(X, Y)
    twin.partial_fit(X, Y)
    estimator.partial_fit(X, Y)
    estimator.partial_fit(X, Y)
    for own, other in zip(estimator.model_.get_weights(), twin.model_.get_weights(), strict=True):
        np.testing.assert_array_equal(own, other)
    assert twin.history_ == estimator.history_


def test_clone_is_unfitted_with_the_same_parameters() -> None:
    model = MLPClassifier((16,), dropout=0.2, class_weight={1: 2.0}, max_iter=2).fit(X, Y)
    copied = clone(model)
    assert copied.get_params() == model.get_params()
    assert not hasattr(copied, "coefs_")


def test_pipeline_and_grid_search() -> None:
    pipeline = make_pipeline(StandardScaler(), MLPClassifier(16, learning_rate_init=0.01, random_state=0))
    search = GridSearchCV(pipeline, {"mlpclassifier__max_iter": [1, 15], "mlpclassifier__dropout": [0.0, 0.1]}, cv=2)
    search.fit(X, Y)
    assert search.best_params_["mlpclassifier__max_iter"] == 15
    assert search.score(X, Y) > 0.95


@CLASSIFIERS
def test_processes_compute_what_one_does(classifier: Any) -> None:
    here, there = (cross_val_score(classifier, X, Y, cv=2, n_jobs=jobs) for jobs in (1, 2))
    np.testing.assert_array_equal(here, there)


@CLASSIFIERS
def test_calibration(classifier: Any) -> None:
    model = CalibratedClassifierCV(classifier, cv=2)
    assert model.fit(X, Y, sample_weight=np.ones(len(Y))).score(X, Y) > 0.85


@pytest.mark.parametrize("library", [pd, pl])
def test_frames(library: Any) -> None:
    names = [f"pixel_{number}" for number in range(64)]
    x = X.astype(np.float64)  # as scikit-learn reads frames of polars
    frame, series = library.DataFrame(dict(zip(names, x.T, strict=True))), library.Series(Y)
    for make in (lambda: MLPClassifier(8, max_iter=2, random_state=0), network):
        model = make().fit(frame, series)
        np.testing.assert_array_equal(model.feature_names_in_, names)
        np.testing.assert_array_equal(model.predict_proba(frame), make().fit(x, Y).predict_proba(x))
        with pytest.raises(ValueError, match="feature names"):
            model.predict(frame[names[::-1]])


@pytest.mark.parametrize("make", [lambda: MLPClassifier(8, max_iter=2, random_state=0), network], ids=["mlp", "net"])
def test_metadata_are_routed(make: Callable[[], Any]) -> None:
    weights = np.where(Y == 3, 5.0, 1.0)
    with sklearn.config_context(enable_metadata_routing=True):
        model = make().set_fit_request(sample_weight=True, X_val=True, y_val=True)
        pipeline = make_pipeline(MinMaxScaler(), model, transform_input=["X_val"])
        pipeline.fit(X, Y, sample_weight=weights, X_val=X[:50], y_val=Y[:50])
        scores = cross_validate(
            model.set_score_request(sample_weight=True), X, Y, cv=2, params={"sample_weight": weights}
        )
    by_hand = make().fit(MinMaxScaler().fit_transform(X), Y, weights)
    scaled = MinMaxScaler().fit_transform(X)
    np.testing.assert_array_equal(pipeline[-1].predict_proba(scaled), by_hand.predict_proba(scaled))
    plain = make().fit(scaled, Y)
    assert not np.allclose(plain.predict_proba(scaled), by_hand.predict_proba(scaled))
    recorded = getattr(pipeline[-1], "validation_scores_", None) or pipeline[-1].history_["val_loss"]
    assert len(recorded) == 2
    assert len(scores["test_score"]) == 2
