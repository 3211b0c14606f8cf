"""Steps of training against weights computed by hand."""

from typing import Any

import numpy as np
import pytest

from vitral import Input, Sequential, callbacks, layers, losses, optimizers
from vitral.errors import ModelWarning
from vitral.typing import Array, Cache


def test_two_steps_of_two_layers_by_hand() -> None:
    # x = (1, 2), z = x W = 0.5 * 1 - 0.25 * 2 + 0.5 = 0.5, y = 2 * 0.5 = 1, loss = (y - 3)^2 = 4.
    model = Sequential([Input((2,)), layers.Dense(1, activation="relu"), layers.Dense(1, use_bias=False)])
    model.set_weights([np.array([[0.5], [-0.25]]), np.array([0.5]), np.array([[2.0]])])
    model.compile(optimizers.SGD(0.125), "mse")
    x, y = np.array([[1.0, 2.0]]), np.array([[3.0]])
    assert model.train_on_batch(x, y) == pytest.approx(4.0)
    # dy = 2 (1 - 3) = -4; dW2 = dy h = -2, so W2 = 2.25; dh = dy * 2 = -8; dW1 = (-8, -16), db = -8.
    for got, expected in zip(model.get_weights(), ([[1.5], [1.75]], [1.5], [[2.25]]), strict=True):
        np.testing.assert_allclose(got, expected)
    # h = 1.5 + 3.5 + 1.5 = 6.5; y = 14.625; loss = 11.625^2; dy = 23.25; dW2 = 151.125; dh = 52.3125.
    assert model.train_on_batch(x, y) == pytest.approx(135.140625)
    expected = ([[1.5 - 6.5390625], [1.75 - 13.078125]], [1.5 - 6.5390625], [[2.25 - 18.890625]])
    for got, want in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-6)


def test_penalties_are_in_the_loss_and_in_the_gradient() -> None:
    # loss = (w - 1)^2 + 0.5 w^2 at w = 2: 1 + 2; derivative 2 + 2.
    model = Sequential(
        [Input((1,)), layers.Dense(1, use_bias=False, kernel_regularizer={"class_name": "L2", "config": {"l2": 0.5}})]
    )
    model.set_weights([np.array([[2.0]])])
    model.compile(optimizers.SGD(0.25), "mse")
    assert model.test_on_batch([[1.0]], [[1.0]]) == pytest.approx(3.0)
    assert model.train_on_batch([[1.0]], [[1.0]]) == pytest.approx(3.0)
    assert model.get_weights()[0].item() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("activation", "loss", "y"),
    [
        ("softmax", "sparse_categorical_crossentropy", [2, 0]),
        ("softmax", "categorical_crossentropy", [[0, 0, 1], [1, 0, 0]]),
        ("sigmoid", "binary_crossentropy", [[0, 1, 1], [1, 0, 0]]),
    ],
)
def test_the_merged_gradient_is_a_minus_y(activation: str, loss: str, y: list[int]) -> None:
    targets = np.eye(3)[y] if activation == "softmax" and np.ndim(y) == 1 else np.array(y)
    model = Sequential([Input((3,)), layers.Dense(3, activation=activation, use_bias=False)])
    model.set_weights([np.arange(9.0).reshape(3, 3) / 4])
    model.compile(optimizers.SGD(1.0), loss)
    before = model.get_weights()[0]
    x = np.array([[1.0, 2.0, -1.0], [0.5, -1.0, 3.0]])
    a = model.predict(x, verbose=0)
    model.train_on_batch(x, np.array(y))
    scale = 2 * (3 if activation == "sigmoid" else 1)  # mean over samples; binary also over outputs
    np.testing.assert_allclose(before - model.get_weights()[0], x.T @ (a - targets) / scale, rtol=1e-5, atol=1e-6)


def test_a_saturated_softmax_still_learns() -> None:
    # Through the clipped logarithm the gradient would be zero here; a - y is not.
    model = Sequential([Input((1,)), layers.Dense(2, activation="softmax", use_bias=False)])
    model.set_weights([np.array([[200.0, -200.0]])])
    model.compile(optimizers.SGD(1.0), "sparse_categorical_crossentropy")
    model.train_on_batch([[1.0]], [1])
    np.testing.assert_allclose(model.get_weights()[0], [[199.0, -199.0]])


class CountsBackward(layers.Layer):
    """Passes values on and counts how often a gradient comes back."""

    calls = 0

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return x, None

    def backward(self, dy: Array, cache: Cache) -> Array:
        self.calls += 1
        return dy


def test_layers_before_the_first_that_learns_get_no_gradient() -> None:
    first, later = CountsBackward(), CountsBackward()
    dense = layers.Dense(2)
    model = Sequential([Input((2,)), first, dense, later, layers.Dense(1)])
    model.compile("sgd", "mse")
    model.train_on_batch(np.ones((1, 2)), np.ones((1, 1)))
    assert (first.calls, later.calls, dense.needs_input_gradient) == (0, 1, False)
    # Asked for the gradient of its input, the model gives it.
    y, caches = model.forward(np.ones((1, 2), np.float32))
    assert model.backward(np.ones_like(y), caches) is not None
    assert (first.calls, dense.needs_input_gradient) == (1, True)


def test_a_frozen_layer_keeps_its_weights() -> None:
    model = Sequential([Input((2,)), layers.Dense(2, trainable=False), layers.Dense(1)])
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.train_on_batch(np.ones((3, 2)), np.ones((3, 1)))
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert changed == [False, False, True, True]


def test_a_model_with_nothing_to_learn_says_so() -> None:
    model = Sequential([Input((2,)), layers.Dense(1)], trainable=False)
    model.compile("sgd", "mse")
    with pytest.warns(ModelWarning, match="no trainable weights"):
        model.fit(np.ones((3, 2)), np.ones((3, 1)), verbose=0)


def test_a_training_that_diverges_ends_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    model = Sequential([Input((2,)), layers.Dense(8), layers.Dense(1)])
    model.compile(optimizers.SGD(1e20), "mse")
    x = np.ones((40, 2))
    history = model.fit(x, x[:, 0], 4, 9, verbose=0, callbacks=callbacks.TerminateOnNaN()).history
    assert capsys.readouterr().out.endswith("Invalid loss, terminating training\n")
    assert len(history["loss"]) == 1
    assert not np.isfinite(history["loss"][0])
    assert not np.isfinite(model.predict(x, verbose=0)).any()
    # Without the callback it goes on, as in Keras.
    assert len(model.fit(x, x[:, 0], 4, 2, verbose=0).history["loss"]) == 2


def test_a_loss_of_the_users_own() -> None:
    class Quartic(losses.Loss):
        def call(self, y_true: Array, y_pred: Array) -> Array:
            return ((y_pred - y_true) ** 4).mean(axis=-1)

        def gradient(self, y_true: Array, y_pred: Array) -> Array:
            return 4 * (y_pred - y_true) ** 3 / y_pred.shape[-1]

    model = Sequential([Input((1,)), layers.Dense(1, use_bias=False)])
    model.set_weights([np.array([[3.0]])])
    model.compile(optimizers.SGD(1 / 16), Quartic())
    assert model.train_on_batch([[1.0]], [[1.0]]) == pytest.approx(16.0)
    assert model.get_weights()[0].item() == pytest.approx(1.0)  # 3 - 4 * 2^3 / 16


def test_callbacks_get_logs_at_every_moment() -> None:
    """As in Keras: an empty dictionary where there is nothing to tell, and the outputs of a batch of `predict`."""
    told: list[Any] = []

    class Listens(callbacks.Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            told.append(("train", dict(logs)))

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            told.append(("epoch", dict(logs)))

        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            told.append(("batch", dict(logs)))

        def on_test_begin(self, logs: Any = None) -> None:
            told.append(("test", dict(logs)))

        def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
            told.append(("predicted", logs["outputs"].tolist()))

        def on_predict_end(self, logs: Any = None) -> None:
            told.append(("end", dict(logs)))

    model = Sequential([Input((1,)), layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", "mse")
    x = np.array([[1.0], [2.0], [3.0]])
    model.predict(x, batch_size=2, verbose=0, callbacks=[Listens()])
    assert told == [("predicted", [[1.0], [2.0]]), ("predicted", [[3.0]]), ("end", {})]
    told.clear()
    model.fit(x, x, verbose=0, validation_data=(x, x), callbacks=[Listens()])
    assert told == [("train", {}), ("epoch", {}), ("batch", {}), ("test", {})]
