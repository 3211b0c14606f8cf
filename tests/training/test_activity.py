"""Penalties on what layers give out. Their gradients are checked in tests/gradients."""

from typing import Any

import numpy as np
import pytest

from vitral import Input, Model, Sequential, layers, models, optimizers, regularizers
from vitral.errors import ConfigError

X = np.cos(np.arange(4 * 36)).reshape(4, 6, 6, 1).astype("float32")
Y = np.arange(4) % 3


def chain() -> Model:
    return Sequential(
        [
            layers.Input((6, 6, 1)),
            layers.Conv2D(3, 3, activation="relu", activity_regularizer="l1"),
            layers.MaxPooling2D(),
            layers.Activation("tanh", activity_regularizer=regularizers.L2(0.05)),
            layers.ActivityRegularization(0.02, 0.03),
            layers.Flatten(activity_regularizer=regularizers.L1L2(0.01, 0.01)),
            layers.Dense(4, activation="sigmoid"),
            layers.Dense(3, activation="softmax", activity_regularizer="l2"),
        ]
    )


def branches() -> Model:
    x = Input((6, 6, 1))
    flat = layers.Flatten()(x)
    shared = layers.Dense(5, activation="relu", activity_regularizer="l2")
    one, other = shared(flat), shared(layers.Activation("tanh")(flat))
    inner = Sequential([layers.Input((5,)), layers.Dense(3, activity_regularizer="l1")])
    return Model(x, [layers.Dense(3, activation="softmax")(layers.add([one, other])), inner(one)])


def sequence() -> Model:
    return Sequential(
        [
            layers.Input((6, 6)),
            layers.GRU(4, return_sequences=True, activity_regularizer="l2"),
            layers.LSTM(3, activity_regularizer="l1"),
            layers.Dense(3, activation="softmax"),
        ]
    )


def both_ways() -> Model:
    gru = layers.GRU(3, return_sequences=True, activity_regularizer="l2")
    lstm = layers.LSTM(2, activity_regularizer=regularizers.L1(0.02))
    return Sequential(
        [
            layers.Input((6, 6)),
            layers.Bidirectional(gru, merge_mode="ave"),
            layers.Bidirectional(lstm, merge_mode="mul", activity_regularizer="l2"),
            layers.Dense(3, activation="softmax"),
        ]
    )


def attention() -> Model:
    x = Input((6, 6))
    attend = layers.MultiHeadAttention(2, 3, activity_regularizer=regularizers.L2(0.005))
    found = attend(x, layers.Dense(4)(x))
    return Model(x, layers.Dense(3, activation="softmax")(layers.Flatten()(found)))


# golden values from Keras 3.15 on TensorFlow and on PyTorch (on JAX it forgets the first call of a shared layer):
# weights sin(1), sin(2) ... times 0.4, three steps of train_on_batch with SGD(0.5), evaluate in two batches; then the
# sum of the absolute values of each weight
GOLDEN: dict[str, tuple[Any, list[float], float, list[float]]] = {
    "chain": (
        chain,
        [1.138334, 1.07767, 1.053577],
        1.047871,
        [7.0407, 0.80846, 12.18538, 0.94534, 3.00261, 0.81858],
    ),
    # The second output has a penalty, but no loss.
    "branches": (
        branches,
        [1.226336, 0.455769, 0.253014],
        0.182793,
        [46.86699, 1.26751, 5.10491, 0.67114, 3.79777, 0.7009],
    ),
    "sequence": (
        sequence,
        [1.296955, 1.208424, 1.148601],
        1.107104,
        [18.13189, 12.20022, 6.16439, 12.12838, 9.25471, 3.06854, 2.12858, 0.26764],
    ),
    # A penalty on the output of each of the two layers.
    "both_ways": (
        both_ways,
        [1.239388, 1.186666, 1.148174],
        1.120663,
        [
            *(13.73786, 7.03405, 4.54769, 13.79993, 6.68362, 4.54271),
            *(6.30912, 4.07576, 1.84434, 6.045, 4.12443, 2.13861, 1.57969, 0.32953),
        ],
    ),
    # A penalty on what each of the four projections gives.
    "attention": (
        attention,
        [1.330731, 1.174312, 1.137876],
        1.118973,
        [
            *(6.28864, 0.61631, 9.08031, 1.28701, 5.98123, 1.44535),
            *(6.03265, 1.29737, 9.21646, 1.56966, 27.42764, 0.56322),
        ],
    ),
}

SEQUENCES = ("sequence", "both_ways", "attention")


def filled(model: Model) -> Model:
    place = 1
    for variable in model.weights:
        variable.assign(np.sin(np.arange(place, place + variable.size)).reshape(variable.shape) * 0.4)
        place += variable.size
    return model


@pytest.mark.parametrize("name", GOLDEN)
def test_steps_are_those_of_keras(name: str) -> None:
    make, losses, evaluated, sums = GOLDEN[name]
    model = filled(make())
    x: Any = X[..., 0] if name in SEQUENCES else X
    y: Any = [Y, np.zeros((4, 3))] if name == "branches" else Y
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizers.SGD(0.5), [loss, None] if name == "branches" else loss)
    np.testing.assert_allclose([model.train_on_batch(x, y) for _ in losses], losses, atol=2e-6)
    assert model.evaluate(x, y, verbose=0, batch_size=2) == pytest.approx(evaluated, abs=2e-6)
    np.testing.assert_allclose([np.abs(weight).sum() for weight in model.get_weights()], sums, rtol=2e-5)


@pytest.mark.parametrize("name", GOLDEN)
def test_a_copy_has_the_same_penalties(name: str) -> None:
    model = filled(GOLDEN[name][0]())
    copy = models.clone_model(model)
    copy.set_weights(model.get_weights())
    x = X[..., 0] if name in SEQUENCES else X
    penalties = [each.activity_penalty(each.forward(x)[1]) for each in (model, copy)]
    assert penalties[0] == penalties[1] > 0


def test_a_model_made_by_call_has_its_layers_penalties() -> None:
    class Scores(Model):
        def __init__(self) -> None:
            super().__init__()
            self.flat = layers.Flatten()
            self.scores = layers.Dense(3, activity_regularizer=regularizers.L2(0.5))

        def call(self, x: Any) -> Any:
            return self.scores(self.flat(x))

    model = Scores()
    model.compile("sgd", "mse")
    y = model(X)
    # the labels are what comes out: nothing but the penalty is left
    assert model.evaluate(X, y, verbose=0) == pytest.approx(0.5 * np.square(y).sum() / 4, rel=1e-6)


class Prefers(layers.Layer):
    """Adds a tenth of the squares to the loss, as L2(0.1) on what it gives would."""

    penalizes = True

    def forward(self, x: Any, training: bool = False) -> Any:
        return x, x

    def activity_penalty(self, cache: Any) -> float:
        return float(0.1 * np.square(cache).sum() / len(cache))

    def backward(self, dy: Any, cache: Any) -> Any:
        return dy + 0.2 * cache / len(cache)


@pytest.mark.parametrize("branches", [False, True])
def test_a_layer_of_ones_own_adds_to_the_loss_with_a_gradient_written_by_hand(branches: bool) -> None:
    def trained(penalty: layers.Layer) -> Any:
        x = Input((6, 6, 1))
        h = layers.Dense(5, activation="tanh")(layers.Flatten()(x))
        y = layers.Dense(3, activation="softmax")(h if branches else penalty(h))
        # With branches, nothing but the penalty is asked of the second output.
        model = filled(Model(x, [y, penalty(layers.Dense(2)(h))] if branches else y))
        model.compile(
            "sgd", ["sparse_categorical_crossentropy", None] if branches else "sparse_categorical_crossentropy"
        )
        y_true = [Y, np.zeros((4, 2))] if branches else Y
        losses = [model.train_on_batch(X, y_true) for _ in range(3)]
        return [*losses, model.evaluate(X, y_true, verbose=0), *map(np.sum, model.get_weights())]

    expected = trained(layers.Identity(activity_regularizer=regularizers.L2(0.1)))
    np.testing.assert_allclose(trained(Prefers()), expected, rtol=2e-6)


def test_losses_are_the_penalties_of_the_weights() -> None:
    dense = layers.Dense(2, kernel_regularizer=regularizers.L2(0.5), bias_regularizer="l1", activity_regularizer="l2")
    model = Sequential([layers.Input((3,)), dense])
    dense.set_weights([np.ones((3, 2)), np.array([1.0, -2.0])])
    assert dense.losses == model.losses == pytest.approx([3.0, 0.03])
    dense.trainable = False
    assert model.losses == []


def test_a_penalty_that_nobody_would_add_is_refused() -> None:
    inner = layers.Dense(2, activity_regularizer="l2")
    with pytest.raises(ConfigError, match=r"a layer inside .* \(TimeDistributed\) has an activity_regularizer"):
        layers.TimeDistributed(inner).build((None, 3, 4))

    class Around(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.parts = [inner]

        def forward(self, x: Any, training: bool = False) -> Any:
            return self.parts[0].forward(x, training)

        def backward(self, dy: Any, cache: Any) -> Any:
            return self.parts[0].backward(dy, cache)

    with pytest.raises(ConfigError, match="expected it on the Around itself"):
        Around()(np.ones((1, 3)))

    class OwnPasses(Model):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.inner = inner

        def build(self, input_shape: Any) -> None:
            super().build(input_shape)

        def forward(self, x: Any, training: bool = False) -> Any:
            return self.inner.forward(x, training)

        def backward(self, dy: Any, cache: Any) -> Any:
            return self.inner.backward(dy, cache)

    with pytest.raises(ConfigError, match="OwnPasses writes its passes itself"):
        OwnPasses().build((None, 3))
    with pytest.raises(ConfigError, match="expected it on its last layer"):
        OwnPasses(activity_regularizer="l2")
