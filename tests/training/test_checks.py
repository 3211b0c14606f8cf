"""Models that are wrong are named: with a warning if they can be trained, with an error if not."""

import re
from typing import Any

import numpy as np
import pytest

from vitral import Input, Model, Sequential, layers, losses, set_seed
from vitral.errors import ConfigError, DataError, ModelWarning, ShapeError
from vitral.training import model_warnings

LABELS = np.arange(300) % 10
CCE, SCE, BCE = losses.CategoricalCrossentropy, losses.SparseCategoricalCrossentropy, losses.BinaryCrossentropy


def model(units: int, activation: str | None, loss: Any) -> Sequential:
    made = Sequential([Input((4,)), layers.Dense(units, activation=activation, name="top")])
    made.compile("sgd", loss)
    return made


@pytest.mark.parametrize(
    ("units", "activation", "loss", "expected"),
    [
        (10, "softmax", SCE(), []),
        (10, None, SCE(from_logits=True), []),
        (10, "sigmoid", SCE(from_logits=True), ['layer "top" ends in sigmoid.*remove activation=.sigmoid.$']),
        (
            10,
            "softmax",
            SCE(from_logits=True),
            ["expects raw scores.*remove activation='softmax', or set from_logits=False"],
        ),
        (
            20,
            None,
            SCE(from_logits=True),
            ["20 outputs, but .* only the 10 classes 0 to 9.*give the layer 10"],
        ),
        (20, "sigmoid", SCE(from_logits=True), ["expects raw scores", "20 outputs"]),
        (
            10,
            None,
            SCE(),
            ["ends in linear: use activation='softmax', or set from_logits"],
        ),
        (10, "relu", SCE(), ["expects probabilities, but .* ends in relu"]),
        (10, "sigmoid", SCE(), ['sum to 1.*use activation="softmax"']),
        (10, "softmax", "mse", []),
        (
            10,
            "sigmoid",
            losses.BinaryFocalCrossentropy(from_logits=True),
            ["binary_focal_crossentropy.*expects raw scores.*remove activation='sigmoid', or set from_logits=False"],
        ),
        (10, None, losses.CategoricalFocalCrossentropy(from_logits=True), []),
        (10, "softmax", losses.CategoricalFocalCrossentropy(), []),
    ],
)
def test_warnings_name_the_layer_and_the_fix(units: int, activation: str, loss: Any, expected: list[str]) -> None:
    found = model_warnings(model(units, activation, loss), LABELS)
    assert len(found) == len(expected)
    for text, pattern in zip(found, expected, strict=True):
        assert "\n" not in text
        assert re.search(pattern, text), text


def test_binary_crossentropy_behind_softmax() -> None:
    (text,) = model_warnings(model(10, "softmax", BCE()))
    assert "use categorical_crossentropy" in text
    (text,) = model_warnings(model(1, None, BCE()))
    assert "use activation='sigmoid'" in text
    assert model_warnings(model(1, "sigmoid", BCE())) == []


def test_few_labels_prove_nothing_about_missing_classes() -> None:
    assert model_warnings(model(20, None, SCE(from_logits=True)), np.arange(10)) == []


def test_fit_warns_once_after_each_compile() -> None:
    made = model(10, "sigmoid", SCE(from_logits=True))
    x = np.zeros((300, 4))
    with pytest.warns(ModelWarning, match="expects raw scores.* taken from the values before it") as caught:
        made.fit(x, LABELS, verbose=0)
    assert len(caught) == 1
    made.fit(x, LABELS, verbose=0)
    made.evaluate(x, LABELS, verbose=0)
    made.compile("sgd", SCE(from_logits=True))
    with pytest.warns(ModelWarning):
        made.fit(x, LABELS, verbose=0)


@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
def test_the_values_before_the_activation_are_what_the_loss_is_taken_from(activation: str) -> None:
    made = model(2, activation, SCE(from_logits=True))
    made.set_weights([np.zeros((4, 2)), np.array([100.0, 98.0])])
    with pytest.warns(ModelWarning):
        loss = made.evaluate(np.zeros((1, 4)), [0], verbose=0)
    assert loss == pytest.approx(np.log(1 + np.exp(-2.0)))  # softmax of (100, 98), not of what sigmoid makes of them
    assert made.predict(np.zeros((1, 4)), verbose=0).max() <= 1


@pytest.mark.parametrize("head", ["dense", "layer"])
def test_hidden_logits_train_the_same_weights_as_a_linear_output(head: str) -> None:
    """Keras on TensorFlow trains the lab report's network so: a sigmoid that the loss never sees."""
    x = np.random.default_rng(0).normal(size=(300, 4)).astype("float32")
    trained = []
    for activation in ("sigmoid", None):
        set_seed(0)
        made = model(20, activation if head == "dense" else None, SCE(from_logits=True))
        if head == "layer" and activation:
            made.add(layers.Activation(activation))
            made.compile("sgd", SCE(from_logits=True), metrics=["accuracy"])
        with pytest.warns(ModelWarning):
            made.fit(x, LABELS, epochs=3, verbose=0)
        trained.append(made)
    hidden, linear = trained
    for one, other in zip(hidden.get_weights(), linear.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-7)
    z = linear.predict(x, verbose=0)
    np.testing.assert_allclose(hidden.predict(x, verbose=0), 1 / (1 + np.exp(-z)), rtol=1e-5)


@pytest.mark.parametrize(
    ("units", "activation", "loss", "y", "error", "message"),
    [
        (10, "softmax", SCE(), np.eye(10)[LABELS], ShapeError, "look one-hot: use categorical_crossentropy"),
        (5, "softmax", SCE(), LABELS, DataError, "labels go from 0 to 9, but .* classes 0 to 4 apart$"),
        (
            1,
            "sigmoid",
            SCE(),
            LABELS % 2,
            DataError,
            "classes 0 to 0 apart: use binary_crossentropy for a single output",
        ),
        (10, "softmax", SCE(), LABELS - 1, DataError, "labels go from -1 to 8"),
        (10, "softmax", SCE(), LABELS + 0.5, DataError, "need whole class numbers; received values such as 0.5"),
        (10, "softmax", CCE(), LABELS, ShapeError, r"use sparse_categorical_crossentropy, or to_categorical\(y, 10\)"),
        (10, "softmax", CCE(), np.eye(5)[LABELS % 5], ShapeError, r"labels of shape \(300, 5\) do not fit"),
        (
            10,
            "sigmoid",
            losses.MeanSquaredError(),
            LABELS,
            ShapeError,
            r"\(300,\) do not fit .*: class numbers need to_categorical\(y, 10\)",
        ),
        (1, "sigmoid", BCE(), LABELS, DataError, "labels from 0 to 1 and received values from 0 to 9"),
        (1, "softmax", SCE(), LABELS * 0, ConfigError, "softmax over a single output is always 1"),
    ],
)
def test_what_cannot_be_trained_is_refused(
    units: int, activation: str, loss: Any, y: Any, error: type[Exception], message: str
) -> None:
    made = model(units, activation, loss)
    for action in (made.fit, made.evaluate):
        with pytest.raises(error, match=message) as caught:
            action(np.zeros((300, 4)), y, verbose=0)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("shape", [(300,), (300, 1)])
def test_labels_may_have_an_axis_of_one(shape: tuple[int, ...]) -> None:
    made = model(10, "softmax", SCE())
    x, labels = np.zeros((300, 4)), LABELS.reshape(shape).astype(np.uint8)
    made.fit(x, labels, verbose=0)
    assert made.evaluate(x, labels, verbose=0) == made.evaluate(x, LABELS, verbose=0)


def test_a_batch_of_a_wrong_shape_is_named_as_it_was_given() -> None:
    x, y = np.zeros((8, 5)), np.zeros(8)
    graph_input = Input((4,), name="pixels")
    graph = Model(graph_input, layers.Dense(3)(graph_input))
    graph.compile("sgd", SCE(from_logits=True))
    for net in (model(3, "softmax", SCE()), graph):
        for use in (lambda net=net: net.fit(x, y, verbose=0), lambda net=net: net.predict(x, verbose=0)):
            with pytest.raises(ShapeError, match=r"received a batch of shape \(8, 5\).*expected \(None, 4\)"):
                use()


def test_one_of_several_inputs_of_a_wrong_shape_is_named_as_it_was_given() -> None:
    inputs = [Input((4,), name="left"), Input((2,), name="right")]
    net = Model(inputs, layers.Concatenate()(inputs))
    with pytest.raises(ShapeError, match=r'received a batch of shape \(8, 3\) for the input "right"; expected'):
        net.predict([np.zeros((8, 4)), np.zeros((8, 3))], verbose=0)
