"""Models of any kind as estimators."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from vitral import Input, Sequential, callbacks, layers, models, set_seed
from vitral.errors import ConfigError, DataError, ShapeError
from vitral.optimizers import SGD, Adam
from vitral.sklearn import NeuralNetClassifier, NeuralNetRegressor

X, Y = load_digits(return_X_y=True)
X, Y = X[:500] / 16, Y[:500]
IMAGES = X.reshape(-1, 8, 8, 1)


def convolutional(input_shape: tuple[int, ...], n_classes: int, filters: int = 4, units: int = 0) -> Sequential:
    model = Sequential([layers.Input(input_shape), layers.Conv2D(filters, 3, activation="relu"), layers.MaxPooling2D()])
    model.add(layers.Flatten())
    if units:
        model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dense(n_classes, activation="softmax"))
    return model


def small(**arguments: Any) -> NeuralNetClassifier:
    arguments = {"optimizer": Adam(0.01), "epochs": 2, "random_state": 0, **arguments}
    return NeuralNetClassifier(convolutional, **arguments)


def test_rows_and_images_are_the_same_samples() -> None:
    rows, images = small(input_shape=(8, 8, 1)).fit(X, Y), small().fit(IMAGES, Y)
    np.testing.assert_array_equal(rows.predict_proba(X), images.predict_proba(IMAGES))
    assert rows.model_.input_shape == (None, 8, 8, 1)
    reshaping = NeuralNetClassifier(
        lambda n_classes: Sequential([layers.Reshape((8, 8, 1)), *convolutional((8, 8, 1), n_classes).layers]),
        optimizer=Adam(0.01),
        epochs=2,
        random_state=0,
    )
    np.testing.assert_array_equal(reshaping.fit(X, Y).predict(X), rows.predict(X))


def test_it_trains_as_the_model_itself_does() -> None:
    set_seed(3)
    classifier = small(random_state=None, batch_size=50, metrics=["accuracy"], validation_split=0.2).fit(IMAGES, Y)
    set_seed(3)
    model = convolutional((8, 8, 1), 10)
    model.compile(Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(IMAGES, Y, epochs=2, batch_size=50, validation_split=0.2, verbose=0).history
    np.testing.assert_array_equal(classifier.model_.get_weights()[0], model.get_weights()[0])
    assert classifier.history_ == history
    assert sorted(history) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    np.testing.assert_allclose(classifier.predict_proba(IMAGES), model.predict(IMAGES, verbose=0), atol=1e-6)


def test_the_function_s_arguments_are_searched() -> None:
    pipeline = make_pipeline(MinMaxScaler(), small(input_shape=(8, 8, 1), epochs=6))
    grid = {
        "neuralnetclassifier__model__filters": [1, 8],
        "neuralnetclassifier__optimizer": [SGD(1e-9), Adam(0.01)],
    }
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, Y)
    assert search.best_params_["neuralnetclassifier__model__filters"] == 8
    assert search.best_params_["neuralnetclassifier__optimizer"].learning_rate == 0.01
    assert search.best_estimator_[-1].model_.layers[0].filters == 8
    assert search.score(X, Y) > 0.9


def test_parameters_of_the_function_are_parameters() -> None:
    classifier = small(model__units=5)
    assert classifier.get_params()["model__units"] == 5
    assert clone(classifier).set_params(model__filters=3).get_params()["model__filters"] == 3
    assert "model__units=5" in repr(classifier)
    with pytest.raises(ConfigError, match="model__unit is given, but the model's function takes input_shape, n_"):
        small(model__unit=5).fit(IMAGES, Y)
    with pytest.raises(ConfigError, match="unknown parameter of NeuralNetClassifier 'epoch'; did you mean 'epochs'"):
        small(epoch=5).fit(IMAGES, Y)


def test_a_given_model_is_copied_with_its_weights() -> None:
    model = convolutional((8, 8, 1), 10)
    before = model.get_weights()
    untrained = NeuralNetClassifier(model, optimizer=SGD(1e-30), random_state=0).fit(IMAGES, Y)
    np.testing.assert_array_equal(untrained.model_.get_weights()[0], before[0])
    trained = NeuralNetClassifier(model, random_state=0).fit(IMAGES, Y)
    assert not np.array_equal(trained.model_.get_weights()[0], before[0])
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_a_functional_model() -> None:
    inputs = Input((64,))
    hidden = layers.Dense(64, activation="relu")(inputs)
    outputs = layers.Dense(10, activation="softmax")(layers.Add()([inputs, hidden]))
    classifier = NeuralNetClassifier(models.Model(inputs, outputs), optimizer=Adam(0.01), epochs=5, random_state=0)
    assert classifier.fit(X, Y).score(X, Y) > 0.9


def test_two_classes_by_one_output() -> None:
    names = np.array(["odd", "even"])[(Y % 2 == 0).astype(int)]
    classifier = NeuralNetClassifier(
        Sequential([layers.Dense(1, activation="sigmoid")]), optimizer=Adam(0.05), epochs=20, random_state=0
    ).fit(X, names)
    probabilities = classifier.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(classifier.predict(X), np.array(["even", "odd"])[(probabilities[:, 1] > 0.5) * 1])
    assert classifier.score(X, names) > 0.85


def test_scores_without_an_activation_become_probabilities() -> None:
    classifier = NeuralNetClassifier(
        Sequential([layers.Dense(10)]), loss=_from_logits(), optimizer=Adam(0.01), random_state=0
    ).fit(X, Y)
    scores = classifier.model_.predict(X, verbose=0)
    expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(classifier.predict_proba(X), expected, atol=1e-6)


def _from_logits() -> Any:
    from vitral.losses import SparseCategoricalCrossentropy

    return SparseCategoricalCrossentropy(from_logits=True)


def test_losses_that_want_rows_get_rows() -> None:
    by_number, by_row = small().fit(IMAGES, Y), small(loss="categorical_crossentropy").fit(IMAGES, Y)
    np.testing.assert_allclose(by_number.predict_proba(IMAGES), by_row.predict_proba(IMAGES), atol=1e-5)


def test_several_labels_at_once() -> None:
    columns = np.stack([Y > 4, Y % 2 == 0], axis=1).astype(int)
    model = Sequential([layers.Dense(32, activation="relu"), layers.Dense(2, activation="sigmoid")])
    classifier = NeuralNetClassifier(model, optimizer=Adam(0.02), epochs=20, random_state=0).fit(X, columns)
    assert classifier.predict(X).shape == (500, 2)
    assert (classifier.predict(X) == columns).mean() > 0.9


def test_weights_count_as_repetitions_do() -> None:
    twice = small(batch_size=2000, epochs=3).fit(np.concatenate([IMAGES, IMAGES[:100]]), np.concatenate([Y, Y[:100]]))
    weighted = small(batch_size=2000, epochs=3).fit(IMAGES, Y, np.where(np.arange(500) < 100, 2.0, 1.0))
    np.testing.assert_allclose(weighted.predict_proba(IMAGES), twice.predict_proba(IMAGES), atol=1e-4)
    by_class = small(class_weight={3: 2.0}).fit(IMAGES, Y)
    by_sample = small().fit(IMAGES, Y, np.where(Y == 3, 2.0, 1.0))
    np.testing.assert_array_equal(by_class.predict_proba(IMAGES), by_sample.predict_proba(IMAGES))


def test_warm_start_and_partial_fit_go_on() -> None:
    whole = small(epochs=3).fit(IMAGES, Y)
    warm = small(epochs=1, warm_start=True)
    for _ in range(2):
        warm.fit(IMAGES, Y)
    warm.partial_fit(IMAGES, Y)
    np.testing.assert_array_equal(warm.model_.get_weights()[0], whole.model_.get_weights()[0])
    assert (warm.history_, warm.n_epochs_) == (whole.history_, 3)
    piecewise = small()
    for _ in range(3):
        piecewise.partial_fit(IMAGES, Y, classes=np.arange(10))
    np.testing.assert_array_equal(piecewise.model_.get_weights()[0], whole.model_.get_weights()[0])


def test_callbacks_and_validation_data() -> None:
    stop = callbacks.EarlyStopping(monitor="val_loss", min_delta=100.0)
    classifier = small(epochs=9, callbacks=[stop]).fit(IMAGES[:400], Y[:400], X_val=IMAGES[400:], y_val=Y[400:])
    assert (classifier.n_epochs_, len(classifier.history_["val_loss"])) == (2, 2)


def test_a_random_state_leaves_other_randomness_alone() -> None:
    set_seed(1)
    expected = layers.Dense(3)(np.ones((1, 2)))
    set_seed(1)
    small().fit(IMAGES, Y)
    np.testing.assert_array_equal(layers.Dense(3)(np.ones((1, 2))), expected)
    np.testing.assert_array_equal(
        small().fit(IMAGES, Y).predict_proba(IMAGES), small().fit(IMAGES, Y).predict_proba(IMAGES)
    )


def test_regressor_with_columns() -> None:
    targets = np.stack([X.mean(axis=1), X.max(axis=1)], axis=1)
    regressor = NeuralNetRegressor(
        lambda n_outputs: Sequential([layers.Dense(n_outputs)]), optimizer=Adam(0.01), epochs=40, random_state=0
    )
    assert regressor.fit(X, targets).predict(X).shape == (500, 2)
    assert regressor.fit(X, targets[:, 0]).predict(X).shape == (500,)
    assert regressor.score(X, targets[:, 0]) > 0.5


def test_wrong_use_is_named() -> None:
    with pytest.raises(ConfigError, match="model is 3; expected a Vitral model, or a function that makes one"):
        NeuralNetClassifier(3).fit(X, Y)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="the model's function returned 5; expected a Vitral model"):
        NeuralNetClassifier(lambda: 5).fit(X, Y)  # type: ignore[arg-type,return-value]
    with pytest.raises(ConfigError, match="the model has 3 outputs, but y has 10 classes"):
        NeuralNetClassifier(Sequential([layers.Dense(3, activation="softmax")])).fit(X, Y)
    with pytest.raises(ConfigError, match="the model has 3 outputs, but y has 1 columns"):
        NeuralNetRegressor(Sequential([layers.Dense(3)])).fit(X, Y)
    with pytest.raises(ShapeError, match=r"X has the shape \(500, 64\), 64 values a sample; input_shape is \(7, "):
        small(input_shape=(7, 7, 1)).fit(X, Y)
    with pytest.raises(DataError, match="y holds 1 class"):
        small().fit(IMAGES, np.zeros(500))
    compiled = convolutional((8, 8, 1), 10)
    compiled.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(ConfigError, match="the model comes compiled, so optimizer has no use"):
        NeuralNetClassifier(compiled, optimizer="adam").fit(IMAGES, Y)
    with pytest.raises(ConfigError, match="model is a Sequential; units need a function that makes one"):
        NeuralNetClassifier(compiled, model__units=3).fit(IMAGES, Y)
