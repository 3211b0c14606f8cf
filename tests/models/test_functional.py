"""Graphs of layers: what they compute and learn, beside Keras 3.15 (PyTorch backend, double precision).

Its batch normalization keeps the averages in single precision, which is seen in the sixth digit after some steps."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.gradients.check import assert_gradient, check_layer
from tests.training.conftest import double, fill  # noqa: F401  a fixture
from vitral import Input, Model, Sequential, backend, layers, optimizers
from vitral.errors import ConfigError, ShapeError
from vitral.models import clone_model
from vitral.typing import Array, Cache

CE = "sparse_categorical_crossentropy"


def residual_net() -> Model:
    image = Input((6, 6, 2), name="image")
    skip = layers.Conv2D(3, 3, padding="same", activation="relu")(image)
    x = layers.Conv2D(3, 3, padding="same")(skip)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(3, 3, padding="same")(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(layers.Add()([x, skip]))
    a = layers.GlobalAveragePooling2D()(x)
    b = layers.Flatten()(layers.MaxPooling2D(3)(x))
    return Model(image, layers.Dense(3, activation="softmax")(layers.Concatenate()([a, b])))


def test_a_residual_network_predicts_and_learns_as_in_keras(double: None) -> None:  # noqa: F811
    model = residual_net()
    fill(model)
    x, y = np.cos(np.arange(8 * 72)).reshape(8, 6, 6, 2), np.arange(8) * 7 % 3
    np.testing.assert_allclose(
        model.predict(x[:2], verbose=0),
        [
            [0.18512392755150, 0.32404133694326, 0.49083473550524],
            [0.21817566938461, 0.32007710782649, 0.46174722278891],
        ],
        rtol=1e-6,
    )
    model.compile(optimizers.SGD(0.1, momentum=0.9), CE, metrics=["accuracy"])
    history = model.fit(x, y, 4, 3, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], [1.16063452, 1.65933418, 2.61041021], rtol=1e-5)
    assert history["accuracy"] == [0.5, 0.25, 0.5]
    # Sums of the absolute values of each weight, after these six steps.
    expected = [20.26631076, 1.74891609, 32.24763202, 1.01974546, 4.07340073, 1.14137873, 0.86785654, 4.2377563711]
    expected += [29.75896978, 0.96698823, 3.31353713, 1.00683097, 0.79660610, 4.0023422241, 14.32823999, 0.9975489613]
    np.testing.assert_allclose([np.abs(w).sum() for w in model.get_weights()], expected, rtol=1e-5)
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), [2.7432394, 0.5], rtol=1e-4)


def test_layers_and_names_follow_keras() -> None:
    backend.clear_session()
    model = residual_net()
    assert model.name == "functional"
    assert [layer.name for layer in model.layers] == [
        *("image", "conv2d", "conv2d_1", "batch_normalization", "re_lu", "conv2d_2", "batch_normalization_1", "add"),
        *("activation", "max_pooling2d", "global_average_pooling2d", "flatten", "concatenate", "dense"),
    ]
    assert (model.input_shape, model.output_shape) == ((None, 6, 6, 2), (None, 3))
    assert model.get_layer("add").output.shape == (None, 6, 6, 3)
    assert model.multiply_adds((None, 6, 6, 2)) == 36 * 27 * 2 + 2 * 36 * 81 + 15 * 3


@pytest.fixture
def diamond(double: None) -> Model:  # noqa: F811
    """Two inputs and two outputs; one layer is used twice, one value three times, one input by one output only."""
    a, b = Input((3,), name="a"), Input((2,), name="b")
    shared = layers.Dense(4, activation="tanh")
    h = layers.Dense(4, activation="sigmoid")(a)
    left = shared(h)
    right = shared(layers.add([h, layers.Dense(4)(b)]))
    y = layers.Activation("tanh")(layers.multiply([left, right, h]))
    return Model([a, b], [layers.Dense(2)(y), layers.concatenate([y, h])])


@pytest.mark.parametrize("training", [True, False])
def test_gradients_by_central_differences(diamond: Model, training: bool) -> None:
    xs = [np.random.default_rng(n).standard_normal((2, size)) for n, size in enumerate((3, 2))]
    dys = [np.random.default_rng(n).standard_normal((2, size)) for n, size in enumerate((2, 8))]

    def loss() -> float:
        return float(sum((y * dy).sum() for y, dy in zip(diamond.forward(xs, training)[0], dys, strict=True)))

    _, cache = diamond.forward(xs, training)
    for x, dx in zip(xs, diamond.backward(dys, cache), strict=True):
        assert_gradient(loss, x, dx, "input")
    for variable in diamond.trainable_weights:
        assert variable.grad is not None
        assert_gradient(loss, variable.value, variable.grad, variable.path)


def test_gradients_of_a_residual_network_and_of_models_in_models(double: None) -> None:  # noqa: F811
    check_layer(residual_net(), np.random.default_rng(0).standard_normal((2, 6, 6, 2)), training=True)
    a, b = Input((3,), name="a"), Input((3,), name="b")
    both = Model({"a": a, "b": b}, {"sum": layers.add([a, b]), "dense": layers.Dense(2)(a)})
    inner = Sequential([Input((3,)), layers.Dense(3, activation="tanh")])
    x = Input((3,))
    made = both({"b": inner(x), "a": inner(layers.Dense(3)(x))})
    check_layer(Model(x, layers.concatenate([inner(made["sum"]), made["dense"]])), np.ones((2, 3)) / 3, training=True)


def test_a_result_that_nobody_uses_gets_no_gradient(double: None) -> None:  # noqa: F811
    x = Input((3,))
    inner = Model(x, [layers.Dense(2, name="used")(x), layers.Dense(2, name="unused")(x)])
    z = Input((3,))
    model = Model(z, inner(z)[0])
    y, cache = model.forward(np.ones((1, 3)))
    model.backward(np.ones_like(y), cache)
    assert not inner.get_layer("unused").kernel.grad.any()  # type: ignore[attr-defined]
    np.testing.assert_array_equal(inner.get_layer("used").kernel.grad, np.ones((3, 2)))  # type: ignore[attr-defined]


def test_inputs_by_order_by_name_and_by_structure(diamond: Model) -> None:
    a, b = np.ones((2, 3)), np.ones((2, 2))
    first = diamond([a, b])
    for given in ((a, b), {"b": b, "a": a}):
        for y, same in zip(first, diamond(given), strict=True):
            np.testing.assert_array_equal(y, same)
    u, v = Input((1,), name="u"), Input((1,), name="v")
    model = Model({"u": u, "v": v}, {"difference": layers.subtract([u, v])})
    assert model({"v": np.array([[1.0]]), "u": np.array([[5.0]])})["difference"].item() == 4
    assert Model([u], [u])(np.array([[1.0]])).shape == (1, 1)


class Noted(layers.Layer):
    """Notes whether it was told to train, and which gradients it was asked for."""

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        self.training = training
        return x, None

    def backward(self, dy: Array, cache: Cache) -> Array:
        self.asked = self.needs_input_gradient
        return dy


def test_training_can_be_said_for_one_call() -> None:
    fixed, free = Noted(), Noted()
    x = Input((2,))
    model = Model(x, layers.Dense(1)(free(fixed(x, training=False))))
    model.compile("sgd", "mse")
    model.train_on_batch(np.ones((1, 2)), np.ones((1, 1)))
    assert (fixed.training, free.training) == (False, True)


def test_a_base_called_without_training_keeps_its_statistics_when_it_is_thawed() -> None:
    """What Keras' guide on transfer learning promises: https://keras.io/guides/transfer_learning/."""
    x = Input((3,))
    base = Model(x, layers.Dropout(0.5)(layers.BatchNormalization(momentum=0.5)(x)))
    base.trainable = False
    x = Input((3,))
    model = Model(x, layers.Dense(1)(base(x, training=False)))
    data, y = np.arange(12.0).reshape(4, 3), np.zeros((4, 1))

    def changed_by_training(model: Any) -> list[str]:
        before = [np.array(weight) for weight in model.weights]
        model.compile("sgd", "mse")
        model.fit(data, y, verbose=0)
        return [
            weight.name
            for weight, old in zip(model.weights, before, strict=True)
            if not np.array_equal(weight.value, old)
        ]

    assert changed_by_training(model) == ["kernel", "bias"]
    base.trainable = True
    for thawed in (model, clone_model(model)):
        assert changed_by_training(thawed) == ["gamma", "beta", "kernel", "bias"]


def test_what_a_call_says_of_training_holds_in_every_pass() -> None:
    x = Input((1,))
    inner = Model(x, layers.Dropout(0.5, seed=1)(x, training=True))
    x = Input((1,))
    for output in (inner(x), inner(x, training=False)):
        y = Model(x, output).predict(np.ones((1000, 1)), verbose=0)
        assert set(y.ravel()) == {0.0, 2.0}  # what is left is scaled by 1 / (1 - rate)


def test_gradients_only_go_to_where_something_learns() -> None:
    x = Input((2,))
    noted, later = Noted(), Noted()
    frozen = layers.Dense(2, trainable=False)
    h = frozen(noted(x))
    model = Model(x, layers.Dense(1)(later(layers.add([layers.Dense(2)(h), h]))))
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.train_on_batch(np.ones((1, 2)), np.ones((1, 1)))
    assert (hasattr(noted, "asked"), later.asked) == (False, True)
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert changed == [False, False, True, True, True, True]


def test_a_model_between_values_in_the_middle_of_another_shares_its_weights() -> None:
    model = residual_net()
    x = np.random.default_rng(1).standard_normal((2, 6, 6, 2)).astype(np.float32)
    up_to = Model(model.input, model.get_layer(index=-2).output)
    rest = Model(model.get_layer(index=-2).output, model.output)
    np.testing.assert_allclose(rest(up_to(x)), model(x), rtol=1e-6)
    assert rest.weights[0] is model.weights[-2]
    assert [type(layer).__name__ for layer in rest.layers] == ["InputLayer", "Dense"]


def test_layers_of_a_sequential_model_are_there_to_build_on() -> None:
    base = Sequential([Input((4,)), layers.Dense(3, activation="relu"), layers.Dense(2, name="top")])
    base.layers[0].trainable = False
    model = Model(base.inputs, layers.Dense(1)(base.layers[-2].output))
    assert not base.layers[0].trainable
    assert (model.output_shape, len(model.trainable_weights), model.count_params()) == ((None, 1), 2, 15 + 4)
    late = Sequential([layers.Dense(3)])
    with pytest.raises(ConfigError, match="has no input yet"):
        _ = late.input
    late(np.ones((1, 4)))
    assert (late.input.shape, late.output.shape) == ((None, 4), (None, 3))


def test_shapes_that_differ_from_call_to_call() -> None:
    image = Input((None, None, 1))
    model = Model(image, layers.GlobalMaxPooling2D()(layers.Conv2D(2, 3)(image)))
    assert model.output_shape == (None, 2)
    assert model(np.ones((1, 5, 6, 1))).shape == model(np.ones((1, 8, 4, 1))).shape == (1, 2)
    assert model(Input((7, 7, 1))).shape == (None, 2)


def test_an_axis_of_length_one_may_be_missing() -> None:
    image = Input((4, 4, 1))
    model = Model(image, layers.Dense(1)(layers.Flatten()(image)))
    assert model.predict(np.ones((3, 4, 4)), verbose=0).shape == (3, 1)


def test_a_deep_network_does_not_reach_the_limit_of_recursion() -> None:
    x = first = Input((2,))
    for _ in range(1500):
        x = layers.add([x, layers.ReLU()(x)])
    model = Model(first, x)
    assert len(model.layers) == 3001


_X, _OTHER = Input((2,), name="x"), Input((2,), name="other")


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: Model(), TypeError, "inputs"),
        (lambda: Model(np.ones(2), _X), ConfigError, "inputs of a model received a ndarray; expected symbolic tensors"),
        (lambda: Model(_X, []), ConfigError, "outputs of a model received none; expected symbolic tensors"),
        (
            lambda: Model(_X, layers.add([_X, _OTHER])),
            ConfigError,
            'the outputs depend on the input "other"; the model\'s inputs are "x"',
        ),
        (
            lambda: Model(_X, layers.ReLU(name="same")(layers.ReLU(name="same")(_X))),
            ConfigError,
            'two layers of the model are called "same"',
        ),
        (lambda: Model([_X, _OTHER], _X)([np.ones((1, 2))]), ConfigError, "received 1 inputs; expected 2: x, other"),
        (lambda: Model([_X, _OTHER], _X)({"x": np.ones((1, 2))}), ConfigError, "inputs called x; expected x, other"),
        (lambda: Model(_X, _X)(np.ones((1, 3))), ShapeError, r'batch of shape \(1, 3\) for the input "x"; expected'),
        (lambda: Model(_X, _X)(Input((3,))), ShapeError, r"inputs of the shapes \[\(None, 3\)\]; expected \[\(None, 2"),
        (lambda: layers.Dense(2, name="d").output, ConfigError, 'layer "d" has not been called yet'),
    ],
)
def test_models_that_cannot_be(build: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        build()
    assert "\n" not in str(caught.value)


def test_numbers_rescale_symbolic_tensors() -> None:
    x, data = Input((2,)), np.array([[3.0, 8.0]])
    for tensor, expected in (
        (x / 2, [1.5, 4]),
        (2 * x - 1, [5, 15]),
        (1 - x * np.float32(0.5) + 1, [0.5, -2]),
        (-x, [-3, -8]),
        (0.5 + x, [3.5, 8.5]),
        (np.float32(2) * x, [6, 16]),
        (np.int64(3) - x, [0, -5]),
        (np.array([1, 2]) - x / np.array([3.0, 4.0]), [0, 0]),
    ):
        model = Model(x, tensor)
        np.testing.assert_array_equal(model(data), [expected])
        np.testing.assert_array_equal(clone_model(model)(data), [expected])
    for act in (lambda: 2 / x, lambda: x @ 2, lambda: bool(x), lambda: np.sum(x), lambda: [*x]):
        with pytest.raises(TypeError):
            act()  # type: ignore[no-untyped-call]


def test_what_is_not_known_yet_is_no_attribute() -> None:
    """As in Keras, so that hasattr says no."""
    layer = layers.Dense(2)
    assert not any(hasattr(layer, name) for name in ("input", "output"))
    with pytest.raises(ConfigError, match=r'layer "dense\w*" has not been called yet'):
        layer.output  # noqa: B018
    layer(Input((3,)))
    assert layer.output.shape == (None, 2)
