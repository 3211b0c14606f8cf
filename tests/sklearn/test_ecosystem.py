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

from vitral.sklearn import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_digits(return_X_y=True)
X = (X[:600] / 16).astype(np.float32)
Y = Y[:600]


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


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_processes_compute_what_one_does() -> None:
    model = MLPClassifier(16, max_iter=3, random_state=0)
    np.testing.assert_array_equal(
        cross_val_score(model, X, Y, cv=2, n_jobs=2), cross_val_score(model, X, Y, cv=2, n_jobs=1)
    )


def test_calibration() -> None:
    model = CalibratedClassifierCV(MLPClassifier(16, learning_rate_init=0.03, max_iter=20, random_state=0), cv=2)
    assert model.fit(X, Y, sample_weight=np.ones(len(Y))).score(X, Y) > 0.9


@pytest.mark.parametrize("library", [pd, pl])
def test_frames(library: Any) -> None:
    names = [f"pixel_{number}" for number in range(64)]
    x = X.astype(np.float64)  # as scikit-learn reads frames of polars
    frame, series = library.DataFrame(dict(zip(names, x.T, strict=True))), library.Series(Y)
    model = MLPClassifier(8, max_iter=2, random_state=0).fit(frame, series)
    np.testing.assert_array_equal(model.feature_names_in_, names)
    np.testing.assert_array_equal(
        model.predict_proba(frame), MLPClassifier(8, max_iter=2, random_state=0).fit(x, Y).predict_proba(x)
    )
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame[names[::-1]])


def test_metadata_are_routed() -> None:
    weights = np.where(Y == 3, 5.0, 1.0)
    with sklearn.config_context(enable_metadata_routing=True):
        model = MLPClassifier(8, max_iter=2, random_state=0)
        model.set_fit_request(sample_weight=True, X_val=True, y_val=True)
        pipeline = make_pipeline(MinMaxScaler(), model, transform_input=["X_val"])
        pipeline.fit(X, Y, sample_weight=weights, X_val=X[:50], y_val=Y[:50])
        scores = cross_validate(
            model.set_score_request(sample_weight=True),
            X,
            Y,
            cv=2,
            params={"sample_weight": weights},
            return_estimator=True,
        )
    by_hand = MLPClassifier(8, max_iter=2, random_state=0).fit(MinMaxScaler().fit_transform(X), Y, weights)
    np.testing.assert_array_equal(pipeline[-1].coefs_[0], by_hand.coefs_[0])
    assert len(pipeline[-1].validation_scores_) == 2
    assert len(scores["estimator"]) == 2
