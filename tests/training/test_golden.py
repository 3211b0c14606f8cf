"""Whole trainings against numbers that Keras 3.15 (PyTorch backend) gave from the same weights and order, in double
precision (its metrics are single)."""

from typing import Any

import numpy as np
import pytest

from vitral import Sequential, optimizers, utils
from vitral.typing import Array

CE = "sparse_categorical_crossentropy"


def check(history: dict[str, list[float]], expected: dict[str, list[float]], rtol: float = 1e-6) -> None:
    assert list(history) == list(expected)  # Keras' order as well
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=rtol, err_msg=name)


def test_adam_with_the_last_fifth_held_out(network: Sequential, x: Array, y: Array) -> None:
    network.compile(optimizers.Adam(0.01), CE, metrics=["accuracy"])
    history = network.fit(x, y, batch_size=6, epochs=3, shuffle=False, verbose=0, validation_split=0.2)
    check(
        history.history,
        {
            "accuracy": [0.25, 0.25, 0.375],
            "loss": [1.211284518, 1.166167617, 1.151259422],
            "val_accuracy": [0.25, 0.25, 0.25],
            "val_loss": [1.192136526, 1.178200722, 1.167624593],
        },
        # The gradient of a bias in front of a batch normalization is only rounding noise, which Adam makes visible.
        rtol=1e-4,
    )
    np.testing.assert_allclose(history.history["loss"], [1.211284518, 1.166167617, 1.151259422], rtol=1e-7)
    np.testing.assert_allclose(network.evaluate(x, y, verbose=0), [1.15694189, 0.35], rtol=1e-4)
    np.testing.assert_allclose(network.predict(x[:1], verbose=0)[0], [0.382187188, 0.31835063, 0.299462182], rtol=1e-3)


def test_momentum_with_class_weights(network: Sequential, x: Array, y: Array) -> None:
    network.compile(optimizers.SGD(0.05, momentum=0.9), CE, metrics=["accuracy"])
    history = network.fit(x, y, 6, 3, shuffle=False, verbose=0, class_weight={0: 2.0, 1: 0.5})
    check(history.history, {"accuracy": [0.2, 0.35, 0.35], "loss": [1.36185658, 1.247443914, 1.18729043]})


def test_sample_weights_count_in_the_loss_and_in_weighted_metrics(network: Sequential, x: Array, y: Array) -> None:
    network.compile(optimizers.SGD(0.05), CE, metrics=["accuracy"], weighted_metrics=["accuracy"])
    weight = np.linspace(0.1, 2, 20)
    history = network.fit(x, y, 6, 3, shuffle=False, verbose=0, sample_weight=weight)
    check(
        history.history,
        {
            "accuracy": [0.25, 0.35, 0.3],
            "loss": [1.268213034, 1.242759109, 1.240647078],
            "weighted_accuracy": [0.27619049, 0.352380961, 0.290476173],
        },
    )
    assert network.evaluate(x, y, verbose=0) == pytest.approx([1.162509322, 0.35, 0.35], rel=1e-6)


def test_squared_error_on_one_hot_labels_goes_through_the_activation(network: Sequential, x: Array, y: Array) -> None:
    network.compile(optimizers.RMSprop(0.01), "mse", metrics=["accuracy"])
    history = network.fit(x, utils.to_categorical(y, 3), 6, 3, shuffle=False, verbose=0)
    check(history.history, {"accuracy": [0.2, 0.25, 0.35], "loss": [0.297201276, 0.271653622, 0.259162933]})


def test_on_batch_methods_give_the_batch_alone(network: Sequential, x: Array, y: Array) -> None:
    network.compile("sgd", CE, metrics=["accuracy"])
    results: list[Any] = [network.train_on_batch(x, y) for _ in range(2)]
    results += [network.test_on_batch(x, y)]
    expected = [[1.202255487, 0.3], [1.185717344, 0.3], [1.183966756, 0.35]]
    np.testing.assert_allclose(results, expected, rtol=1e-6)
    assert network.test_on_batch(x, y, return_dict=True) == pytest.approx(
        {"accuracy": 0.35, "loss": 1.183966756}, rel=1e-6
    )


def test_without_metrics_the_loss_comes_alone(network: Sequential, x: Array, y: Array) -> None:
    network.compile("sgd", CE)
    assert network.train_on_batch(x, y) == pytest.approx(1.202255487, rel=1e-6)
    assert network.evaluate(x, y, verbose=0) == pytest.approx(1.184821725, rel=1e-6)
    assert network.metrics_names == ["loss"]
