"""Recurrent layers against Keras 3.15.1, in double precision.

Every row of GOLDEN was made with real Keras on TensorFlow and floatx float64: the layer in a Sequential behind
Input((5, 3)), weights 0.5 sin(1), 0.5 sin(2) ... in order, x = cos(0), cos(1) ... of shape (2, 5, 3), predict; then one
train_on_batch with SGD(0.5) and "mse" towards sin(0), sin(1) ..., and the weights. An array a is written as the sum of
a_n cos(n).
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import vitral
from vitral import Input, Model, Sequential, layers
from vitral.errors import ConfigError, ShapeError
from vitral.layers import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    Dense,
    GRUCell,
    Layer,
    LSTMCell,
    SimpleRNN,
    TimeDistributed,
)
from vitral.optimizers import SGD, Adam
from vitral.typing import Array

X = np.cos(np.arange(2 * 5 * 3)).reshape(2, 5, 3)

GOLDEN: list[tuple[Callable[[], Layer], float, float, list[float]]] = [
    (lambda: SimpleRNN(2), -0.3918489, 1.0791383, [1.3079178, 0.5734956, -0.0128197]),
    (
        lambda: SimpleRNN(2, use_bias=False, activation="relu", return_sequences=True, go_backwards=True),
        *(-0.6976901, 0.5443774, [1.199794, 0.788357]),
    ),
    (lambda: GRU(2), -0.4002941, 0.4708659, [4.0731806, 0.6172407, -1.038208]),
    (
        lambda: GRU(2, reset_after=False, return_sequences=True),
        *(0.1347309, 0.5207444, [3.8484392, 0.602996, -0.478411]),
    ),
    (lambda: GRU(2, use_bias=False, go_backwards=True), -0.4930417, 0.2119403, [4.0609506, 0.6142506]),
    (lambda: LSTM(2), 0.1302453, 0.2909164, [5.2598001, -0.5923713, -0.551864]),
    (
        lambda: LSTM(2, return_sequences=True, recurrent_activation="hard_sigmoid"),
        *(-0.0309749, 0.4815822, [5.2999288, -0.5923672, -0.5357165]),
    ),
    (
        lambda: RNN([LSTMCell(2), GRUCell(3)]),
        *(-0.0081216, 0.5431899, [5.3041453, -0.593809, -0.5399214, -4.292714, -6.0531304, -0.8838619]),
    ),
    (
        lambda: Bidirectional(LSTM(2)),
        *(0.2862333, 0.5078699, [5.3350433, -0.595895, -0.5202502, -5.8506646, -2.7050833, 1.952474]),
    ),
    (
        lambda: Bidirectional(GRU(2, return_sequences=True), merge_mode="ave"),
        *(0.1058545, 0.5379119, [3.8695145, 0.5977963, -1.029854, -3.6889858, -2.9262433, -2.1017626]),
    ),
    (
        lambda: Bidirectional(SimpleRNN(2), merge_mode="mul"),
        *(-0.0815799, 0.1827062, [1.2749406, 0.8064688, -0.7424361, 0.7338355, 0.1220692, -0.7505057]),
    ),
    (lambda: TimeDistributed(Dense(2, activation="tanh")), 1.2276149, 0.7146755, [1.2103098, 0.4026803]),
]


@pytest.fixture
def _double() -> Iterator[None]:
    vitral.config.set_floatx("float64")
    yield
    vitral.config.set_floatx("float32")


def fill(layer: Layer) -> None:
    position = 0
    for variable in layer.weights:
        variable.assign(0.5 * np.sin(1 + position + np.arange(variable.size)).reshape(variable.shape))
        position += variable.size


def written(a: Array) -> float:
    return float((np.ravel(a) * np.cos(np.arange(a.size))).sum())


@pytest.mark.usefixtures("_double")
@pytest.mark.parametrize(("make", "output", "loss", "weights"), GOLDEN)
def test_outputs_and_a_step_are_those_of_keras(
    make: Callable[[], Layer], output: float, loss: float, weights: list[float]
) -> None:
    model = Sequential([Input((5, 3)), make()])
    fill(model)
    y = model.predict(X, verbose=0)
    assert written(y) == pytest.approx(output, abs=2e-7)
    model.compile(SGD(0.5), "mse")
    assert model.train_on_batch(X, np.sin(np.arange(y.size)).reshape(y.shape)) == pytest.approx(loss, abs=2e-7)
    assert [written(value) for value in model.get_weights()] == pytest.approx(weights, abs=1e-6)


@pytest.mark.usefixtures("_double")
@pytest.mark.parametrize("make", [row[0] for row in GOLDEN])
def test_a_layer_is_made_again_from_its_configuration(make: Callable[[], Layer]) -> None:
    layer = make()
    layer.build((None, 5, 3))
    again = layers.deserialize(layers.serialize(layer))
    again.build((None, 5, 3))
    assert again.get_config() == layer.get_config()
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(X), layer(X))
    assert again.output_shape == (None, *layer(X).shape[1:])


@pytest.mark.usefixtures("_double")
def test_states_go_in_and_come_out_as_in_keras() -> None:
    layer = LSTM(2, return_state=True)
    layer.build((None, 5, 3))
    fill(layer)
    y, h, c = layer(X, initial_state=[np.full((2, 2), 0.3), np.full((2, 2), -0.2)])
    np.testing.assert_allclose(y, [[0.1258206, 0.1690664], [0.0788656, 0.0518231]], atol=1e-7)
    np.testing.assert_array_equal(h, y)
    np.testing.assert_allclose(c, [[0.1971381, 0.3721984], [0.1610275, 0.1021447]], atol=1e-7)


@pytest.mark.usefixtures("_double")
@pytest.mark.parametrize("make", [lambda: GRU(4), lambda: GRU(4, use_bias=False), lambda: LSTM(4)])
def test_all_steps_at_once_are_the_steps_one_by_one(make: Callable[[], RNN]) -> None:
    layer = make()
    layer.build((None, 5, 3))
    cell = layer.cell
    drops = cell.draw_drops(2, 3, False)
    p = cell.project(np.ascontiguousarray(X.swapaxes(0, 1)), drops)[0]
    states = [np.sin(np.arange(8.0) + number).reshape(2, 4) for number in range(len(cell.state_sizes))]
    dy, found = np.cos(np.arange(40.0)).reshape(5, 2, 4), []
    for steps in (cell, super(type(cell), cell)):  # the second is the base's loop
        y, last, cache = steps.sequence(p, states, drops)
        dp, dfirst = steps.sequence_backward(dy, states, cache)
        found.append([y, *last, dp, *dfirst, *(v.grad for v in layer.trainable_weights if v.grad is not None)])
        for variable in layer.trainable_weights:
            variable.zero_grad()
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_a_cell_with_a_step_of_its_own_takes_it() -> None:
    class Silent(LSTMCell):
        def step(self, p: Array, states: Any, drops: Any) -> Any:
            y, new, cache = super().step(p, states, drops)
            return 0 * y, new, cache

    assert not RNN(Silent(2), return_sequences=True)(X).any()


def test_a_stateful_layer_goes_on_as_in_keras() -> None:
    layer = GRU(2, stateful=True)
    layer.build((None, 5, 3))
    fill(layer)
    first = layer(X)
    np.testing.assert_allclose(first, [[-0.1448973, -0.4140411], [0.4714133, -0.1661505]], atol=1e-7)
    np.testing.assert_allclose(layer(X), [[-0.1422393, -0.4192438], [0.4728936, -0.168167]], atol=1e-7)
    with pytest.raises(ShapeError, match="is stateful and received a batch of 1; expected 2"):
        layer(X[:1])
    layer.reset_state()
    np.testing.assert_array_equal(layer(X), first)


@pytest.mark.usefixtures("_double")
def test_gradients_reach_the_states_of_an_encoder() -> None:
    """Central differences through a network in which one layer's last states are another's first."""
    sequence = Input((5, 3))
    _, h, c = LSTM(2, return_state=True)(sequence)
    model = Model(sequence, LSTM(2)(sequence, initial_state=[h, c]))
    fill(model)
    x = X
    model.compile(SGD(1.0), "mse")
    before = model.get_weights()
    target = np.ones((2, 2))

    def loss() -> float:
        return float(((model.predict(x, verbose=0) - target) ** 2).mean())

    model.train_on_batch(x, target)
    after = model.get_weights()
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        values = [weight.copy() for weight in before]
        values[number][0] += 1e-6
        model.set_weights(values)
        above = loss()
        values[number][0] -= 2e-6
        model.set_weights(values)
        below = loss()
        assert (old - new)[0].sum() == pytest.approx((above - below) / 2e-6, abs=1e-7)


def test_weights_are_kept_where_keras_keeps_them() -> None:
    def places(layer: Layer) -> list[str]:
        layer.build((None, 5, 3))
        return [place for place, variables in layer.storage().items() if variables]

    assert places(LSTM(2)) == ["cell", "cell/seed_generator"]
    assert places(Bidirectional(SimpleRNN(2)))[::2] == ["forward_layer/cell", "backward_layer/cell"]
    assert places(TimeDistributed(Dense(2))) == ["layer"]
    assert places(RNN([GRUCell(2), GRUCell(2)]))[::2] == ["cell/cells/gru_cell", "cell/cells/gru_cell_1"]
    forget = LSTM(2)
    forget.build((None, 5, 3))
    assert forget.get_weights()[2].tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    assert forget.count_params() == 4 * (3 * 2 + 2 * 2 + 2)


def test_weights_stay_within_their_limits() -> None:
    made = [
        LSTM(2, kernel_constraint="unit_norm", recurrent_constraint="non_neg", bias_constraint="max_norm"),
        layers.Embedding(3, 2, embeddings_constraint="unit_norm"),
        layers.MultiHeadAttention(1, 2, kernel_constraint="non_neg", bias_constraint="max_norm"),
    ]
    for layer, shape in zip(made, [(None, 5, 3), (None, 4), [(None, 4, 3), (None, 4, 3)]], strict=True):
        layer.build(shape)
        assert all(variable.constraint is not None for variable in layer.weights)
        assert layers.deserialize(layers.serialize(layer)).get_config() == layer.get_config()
    model = Sequential([Input((5, 3)), LSTM(2, recurrent_constraint="non_neg")])
    model.compile(SGD(0.1), "mse")
    model.train_on_batch(X, np.zeros((2, 2)))
    assert model.get_weights()[1].min() >= 0


def test_a_recurrent_layer_learns_an_image_row_by_row() -> None:
    vitral.set_seed(0)
    model = Sequential([Input((8, 8)), GRU(16, dropout=0.1), Dense(2, activation="softmax")])
    model.compile(Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    x = np.random.default_rng(0).random((64, 8, 8), np.float32) + np.linspace(0, 1, 8)[:, np.newaxis]
    y = np.arange(64) % 2
    x[y == 1] = x[y == 1, ::-1]  # brighter downwards or upwards: the same rows in another order
    model.fit(x, y, epochs=15, verbose=0)
    assert model.evaluate(x, y, verbose=0)[1] > 0.95


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GRU(0), "GRUCell: units is 0"),
        (lambda: LSTM(2, dropout=1.0), "LSTMCell: dropout is 1.0; expected a number from 0 to below 1"),
        (lambda: LSTM(2, use_cudnn=True), "use_cudnn is True; expected 'auto' or False"),
        (lambda: RNN(Dense(2)), "RNN: cell is <Dense.*>; expected a cell"),
        (lambda: RNN([]), "cells is empty"),
        (lambda: RNN([Dense(2)]), "cells holds <Dense"),
        (lambda: Bidirectional(Dense(2)), "layer is <Dense.*>; expected a recurrent layer"),
        (lambda: Bidirectional(GRU(2), merge_mode="max"), "merge_mode is 'max'"),
        (lambda: Bidirectional(GRU(2), backward_layer=GRU(2)), "both layers have the same go_backwards"),
        (lambda: Bidirectional(GRU(2), backward_layer=GRU(2, go_backwards=True, stateful=True)), "differ in stateful"),
        (lambda: Bidirectional(GRU(2), weights=[1]), "weights is given"),
        (lambda: TimeDistributed("dense"), "layer is 'dense'; expected a layer"),
        (lambda: GRU(2, colour="blue"), "unknown argument of GRU 'colour'"),
    ],
)
def test_arguments_that_cannot_work_are_named(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()


def test_shapes_that_do_not_fit_are_named() -> None:
    with pytest.raises(ShapeError, match=r"received an input of shape \(None, 3\), 2 axes; expected 3"):
        GRU(2).build((None, 3))
    with pytest.raises(ShapeError, match="expected a known number of inputs"):
        GRU(2).build((None, 4, None))
    with pytest.raises(ShapeError, match=r"expected \(batch, steps, \.\.\.\)"):
        TimeDistributed(Dense(1)).build((None, 3))
    with pytest.raises(ShapeError, match=r"states of shapes \[\(2, 3\)\]; expected \[\(2, 2\)\]"):
        GRU(2)(X, initial_state=np.zeros((2, 3)))
    with pytest.raises(ShapeError, match="expected a step or more"):
        GRU(2)(np.zeros((2, 0, 3)))
