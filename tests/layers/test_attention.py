"""Attention and embeddings against Keras 3.15.1, in double precision; see test_recurrent.py for how.

Keras takes the softmax of attention in single precision even then, so numbers agree to about 1e-6.

Inputs: x = cos(0), cos(1) ... of shape (2, 4, 6), value = sin(0) ... (2, 3, 5), key = cos(2), cos(3) ... (2, 3, 7).
"""

from typing import Any

import numpy as np
import pytest

from tests.layers.test_recurrent import _double, fill, written
from vitral import Input, Model, Sequential, layers
from vitral.errors import ConfigError, DataError, ShapeError
from vitral.optimizers import SGD
from vitral.typing import Array

__all__ = ["_double"]

X = np.cos(np.arange(2 * 4 * 6)).reshape(2, 4, 6)
VALUE = np.sin(np.arange(2 * 3 * 5)).reshape(2, 3, 5)
KEY = np.cos(2 + np.arange(2 * 3 * 7)).reshape(2, 3, 7)


def targets(y: Array) -> Array:
    return np.sin(np.arange(y.size)).reshape(y.shape)


@pytest.mark.usefixtures("_double")
@pytest.mark.parametrize(
    ("options", "output", "loss", "weights"),
    [
        (
            {"num_heads": 2, "key_dim": 3},
            *(5.6553018, 0.200393),
            [7.8646231, -0.8900334, -7.6359246, -0.7270341, -1.6758452, 1.4916288, 9.0704224, -0.5548621],
        ),
        (
            {"num_heads": 2, "key_dim": 3, "value_dim": 4, "use_bias": False, "output_shape": 5},
            *(2.4671787, 0.7494557, [7.8625151, -5.8609925, -7.7401303, 9.4210898]),
        ),
    ],
)
def test_self_attention_and_a_step_are_those_of_keras(
    options: dict[str, Any], output: float, loss: float, weights: list[float]
) -> None:
    x = Input((4, 6))
    model = Model(x, layers.MultiHeadAttention(**options)(x, x))
    fill(model)
    y = model.predict(X, verbose=0)
    assert written(y) == pytest.approx(output, abs=2e-6)
    model.compile(SGD(0.5), "mse")
    assert model.train_on_batch(X, targets(y)) == pytest.approx(loss, abs=2e-6)
    assert [written(value) for value in model.get_weights()] == pytest.approx(weights, abs=2e-6)


@pytest.mark.usefixtures("_double")
def test_a_query_a_value_and_a_key_of_their_own() -> None:
    layer = layers.MultiHeadAttention(1, 2)
    layer.build([(None, 4, 6), (None, 3, 5), (None, 3, 7)])
    fill(layer)
    y, cache = layer.forward([X, VALUE, KEY])
    assert written(y) == pytest.approx(-2.9266488, abs=2e-6)
    difference = y - targets(y)
    assert (difference**2).mean() == pytest.approx(0.4349722, abs=2e-6)
    dx = layer.backward(2 * difference / y.size, cache)
    assert [part.shape for part in dx] == [X.shape, VALUE.shape, KEY.shape]
    after = [written(variable.value - 0.5 * variable.grad) for variable in layer.weights]
    expected = [2.6092976, 0.4702726, 2.3441287, -0.5987348, -1.1500885, -0.0812831, -2.3258507, -1.6986146]
    assert after == pytest.approx(expected, abs=2e-6)


@pytest.mark.usefixtures("_double")
def test_masks_and_scores_are_those_of_keras() -> None:
    layer = layers.MultiHeadAttention(2, 3)
    layer.build([(None, 4, 6), (None, 4, 6)])
    fill(layer)
    y, scores = layer(query=X, value=X, return_attention_scores=True, use_causal_mask=True)
    assert written(y) == pytest.approx(6.986368, abs=2e-6)
    np.testing.assert_allclose(
        scores[0, 0],
        [
            [1, 0, 0, 0],
            [0.50475, 0.49525, 0, 0],
            [0.34129, 0.333952, 0.324758, 0],
            [0.25881, 0.254512, 0.247669, 0.23901],
        ],
        atol=2e-6,
    )
    mask = np.arange(2 * 4 * 4).reshape(2, 4, 4) % 3 > 0
    assert written(layer(X, X, attention_mask=mask)) == pytest.approx(5.6956218, abs=2e-6)


@pytest.mark.usefixtures("_double")
def test_an_embedding_and_a_step_are_those_of_keras() -> None:
    model = Sequential([Input((3,)), layers.Embedding(5, 2)])
    fill(model)
    x = np.array([[0, 4, 4], [1, 2, 4]])
    y = model.predict(x, verbose=0)
    assert written(y) == pytest.approx(0.4434958, abs=2e-6)
    model.compile(SGD(0.5), "mse")
    assert model.train_on_batch(x, targets(y)) == pytest.approx(0.5949879, abs=2e-6)
    assert written(model.get_weights()[0]) == pytest.approx(2.1220212, abs=2e-6)


def test_weights_are_drawn_named_and_kept_as_in_keras() -> None:
    layer = layers.MultiHeadAttention(8, 64, dropout=0.1, name="m")
    layer.build([(None, 4, 512), (None, 4, 512)])
    # All heads count for the spread: sqrt(6 / (512 + 8 * 64)) is the largest weight there can be.
    for kernel in layer.weights[::2]:
        assert np.abs(kernel.value).max() == pytest.approx(np.sqrt(6 / 1024), rel=1e-3)
    assert [variable.path for variable in layer.weights][::2] == [
        *("m/query/kernel", "m/key/kernel", "m/value/kernel", "m/attention_output/kernel"),
    ]
    assert [place for place, variables in layer.storage().items() if variables] == [
        *("query_dense", "key_dense", "value_dense", "output_dense", "_dropout_layer/seed_generator"),
    ]
    assert layer.multiply_adds([(None, 4, 512), (None, 4, 512)]) == 4 * 4 * 512 * 512 + 2 * 8 * 16 * 64


@pytest.mark.parametrize(
    "layer",
    [
        layers.Embedding(9, 3),
        layers.PositionEmbedding(),
        layers.MultiHeadAttention(2, 3, output_shape=(4,), dropout=0.2),
    ],
)
def test_a_layer_is_made_again_from_its_configuration(layer: layers.Layer) -> None:
    again = layers.deserialize(layers.serialize(layer))
    assert again.get_config() == layer.get_config()


def test_places_are_told_apart() -> None:
    layer = layers.PositionEmbedding()
    layer.build((None, 2, 3))
    layer.set_weights([np.arange(6.0).reshape(2, 3)])
    np.testing.assert_array_equal(layer(np.ones((1, 2, 3))), [[[1, 2, 3], [4, 5, 6]]])


@pytest.mark.parametrize(
    ("action", "error", "message"),
    [
        (
            lambda: layers.Embedding(3, 2)(np.array([[3]])),
            DataError,
            "received 3.0; expected whole numbers from 0 to 2",
        ),
        (lambda: layers.Embedding(3, 2)(np.array([[0.5]])), DataError, "received 0.5"),
        (lambda: layers.Embedding(3, 2, mask_zero=True), ConfigError, "mask_zero is True"),
        (lambda: layers.Embedding(3, 2, weights=[1]), ConfigError, "weights is given"),
        (lambda: layers.MultiHeadAttention(0, 2), ConfigError, "num_heads is 0"),
        (lambda: layers.MultiHeadAttention(1, 2, dropout=1.5), ConfigError, "dropout is 1.5"),
        (lambda: layers.MultiHeadAttention(1, 2, attention_axes=(1, 2)), ConfigError, r"attention_axes is \(1, 2\)"),
        (lambda: layers.MultiHeadAttention(1, 2, output_shape=(3, 4)), ConfigError, r"output_shape is \(3, 4\)"),
        (lambda: layers.MultiHeadAttention(1, 2)(X), ShapeError, "expected a list of inputs"),
        (lambda: layers.MultiHeadAttention(1, 2)(X, VALUE[0]), ShapeError, r"expected \(batch, t, q\)"),
        (lambda: layers.MultiHeadAttention(1, 2)(X, VALUE, X), ShapeError, r"expected \(batch, t, q\)"),
        (
            lambda: layers.MultiHeadAttention(1, 2)(X, X, attention_mask=np.ones((3, 3))),
            *(ShapeError, r"attention_mask of shape \(3, 3\); expected \(batch, \*\(4, 4\)\)"),
        ),
        (
            lambda: layers.MultiHeadAttention(1, 2)(Input((4, 6)), Input((4, 6)), use_causal_mask=True),
            *(ConfigError, "expected arrays: a model's graph has neither"),
        ),
        (lambda: layers.PositionEmbedding().build((None, None, 3)), ShapeError, "expected known places and width"),
    ],
)
def test_what_cannot_work_is_named(action: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        action()
