"""Putting layers together: shapes, names, weights, nesting."""

from collections.abc import Callable

import numpy as np
import pytest

import vitral
from vitral import Input, Model, Sequential, backend, layers, optimizers, utils
from vitral.errors import ConfigError, ShapeError
from vitral.typing import Array, Cache


def report_4_net(size: int, channels: int) -> Sequential:
    """net_1 of the report L4."""
    model = Sequential()
    model.add(layers.Conv2D(32, (3, 3), activation="relu", padding="same", input_shape=(size, size, channels)))
    model.add(layers.Conv2D(64, (3, 3), activation="relu", padding="same"))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Flatten())
    model.add(layers.Dense(128, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    return model


@pytest.mark.parametrize(
    ("size", "channels", "counts", "total"),
    [
        (28, 1, [320, 18_496, 0, 0, 1_605_760, 1_290], 1_625_866),
        (32, 3, [896, 18_496, 0, 0, 2_097_280, 1_290], 2_117_962),
    ],
)
def test_published_parameter_counts(size: int, channels: int, counts: list[int], total: int) -> None:
    model = report_4_net(size, channels)
    assert [layer.count_params() for layer in model.layers] == counts
    assert model.count_params() == total


def test_published_network_of_the_report_l5() -> None:
    model = Sequential(
        [
            layers.Conv2D(32, (3, 3), activation="relu", input_shape=(32, 32, 3)),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), activation="relu"),
        ]
    )
    assert (model.count_params(), model.output_shape) == (56_320, (None, 4, 4, 64))
    for layer in (layers.Flatten(), layers.Dense(60, activation="relu"), layers.Dense(20, activation="sigmoid")):
        model.add(layer)
    assert model.count_params() == 119_040
    # 30*30*32*27 + 13*13*64*288 + 4*4*64*576 + 1024*60 + 60*20
    assert model.multiply_adds(model.input_shape) == 777_600 + 3_115_008 + 589_824 + 61_440 + 1_200


@pytest.mark.parametrize("way", ["input", "argument", "length", "build", "data", "list"])
def test_every_way_to_say_the_shape_of_the_input(way: str) -> None:
    said = {"argument": {"input_shape": (3,)}, "length": {"input_dim": 3}}.get(way, {})
    dense = layers.Dense(2, **said)
    model = Sequential([Input(shape=(3,)), dense] if way == "list" else [])
    if way == "input":
        model.add(Input((3,)))
    if way != "list":
        model.add(dense)
    assert model.built == (way in ("input", "argument", "length", "list"))
    if way == "build":
        model.build((None, 3))
    if way == "data":
        model.predict(np.zeros((5, 3)), verbose=0)
    assert (model.built, model.input_shape, model.output_shape) == (True, (None, 3), (None, 2))
    assert [weight.shape for weight in model.weights] == [(3, 2), (2,)]


def test_names_follow_keras() -> None:
    backend.clear_session()
    model = Sequential([Input((4, 4, 1)), layers.Conv2D(1, 1), layers.Conv2D(1, 1), layers.MaxPooling2D()])
    assert model.name == "sequential"
    assert [layer.name for layer in model.layers] == ["conv2d", "conv2d_1", "max_pooling2d"]
    assert Sequential().name == "sequential_1"
    assert Sequential(name="own").name == "own"


def test_get_layer_and_pop() -> None:
    model = Sequential([Input((3,)), layers.Dense(4, name="hidden"), layers.Dense(2, name="top")])
    assert model.get_layer("hidden") is model.get_layer(index=0) is model.layers[0]
    assert model.pop().name == "top"
    assert (model.output_shape, model.count_params()) == ((None, 4), 16)
    model.add(layers.Dense(1))
    assert model.output_shape == (None, 1)
    with pytest.raises(ConfigError, match="no layer is called 'top'; the layers are hidden, dense"):
        model.get_layer("top")
    with pytest.raises(ConfigError, match="index 7; the model has 2 layers"):
        model.get_layer(index=7)
    with pytest.raises(ConfigError, match="either a name or an index"):
        model.get_layer()


def test_a_layer_with_weights_cannot_change_its_input() -> None:
    dense, flatten = layers.Dense(2, name="old"), layers.Flatten()
    Sequential([Input((2, 2)), flatten, dense])
    with pytest.raises(ShapeError, match=r'"old" was built for the shape \(None, 4\); here it receives \(None, 3\)'):
        Sequential([Input((3,)), dense])
    assert Sequential([Input((3, 3)), flatten]).output_shape == (None, 9)


def test_weights_go_out_and_in_as_copies() -> None:
    model = Sequential([Input((3,)), layers.Dense(2), layers.Dense(1)])
    weights = model.get_weights()
    weights[0] += 1
    assert not np.array_equal(weights[0], model.get_weights()[0])
    model.set_weights(weights)
    assert np.array_equal(weights[0], model.get_weights()[0])
    with pytest.raises(ShapeError, match="have shapes"):
        model.set_weights(weights[:1])


def test_calling_a_model_on_an_array() -> None:
    model = Sequential([layers.Dense(2, kernel_initializer="ones")])
    assert model(np.array([[1, 2]])).tolist() == [[3.0, 3.0]]


def test_a_model_in_a_model() -> None:
    inside = Sequential([Input((4, 4, 1)), layers.Conv2D(2, 3), layers.Flatten()])
    model = Sequential([Input((4, 4, 1)), inside, layers.Dense(3)])
    assert model.count_params() == 20 + 8 * 3 + 3
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.fit(np.ones((2, 4, 4, 1)), np.ones((2, 3)), verbose=0)
    assert all(not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    model.trainable = False
    assert model.trainable_weights == []
    assert not inside.layers[0].trainable


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: Sequential([layers.Dense]), ConfigError, "a class, add brackets"),
        (lambda: Sequential(["dense"]), ConfigError, "add received 'dense'; expected a layer"),
        (lambda: Sequential([layers.Dense(1, name="a"), layers.Dense(1, name="a")]), ConfigError, 'called "a" already'),
        (lambda: Sequential([Input((1,)), Input((2,))]), ConfigError, "has an input already"),
        (lambda: Sequential([layers.Dense(1), Input((2,))]), ConfigError, "Input must be the first entry"),
        (lambda: Sequential().build((None, 3)), ConfigError, "has no layers"),
        (lambda: Sequential().pop(), ConfigError, "has no layers to pop"),
        (lambda: Sequential([Input((1,)), layers.Dense(1)]).build((None, 2)), ShapeError, r"input shape \(None, 1\)"),
        (lambda: Sequential([Input((8,)), layers.Conv2D(1, 3)]), ShapeError, r"\(None, 8\)"),
        (lambda: Sequential([Input((4, 4, 1)), layers.Conv2D(1, 5)]), ShapeError, "conv2d"),
    ],
)
def test_models_that_cannot_be(build: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        build()  # type: ignore[operator]
    assert "\n" not in str(caught.value)


def test_the_configuration_builds_the_same_model() -> None:
    model = report_4_net(8, 3)
    again = Sequential.from_config(model.get_config())
    assert again.name == model.name
    assert again.get_config() == model.get_config()
    assert [weight.shape for weight in again.weights] == [weight.shape for weight in model.weights]


def test_utils_as_scripts_use_them() -> None:
    assert utils.to_categorical([0, 2], 3).tolist() == [[1, 0, 0], [0, 0, 1]]
    utils.set_random_seed(4)
    first = (np.random.rand(), layers.Dense(2)(np.ones((1, 2))))  # noqa: NPY002
    utils.set_random_seed(4)
    second = (np.random.rand(), layers.Dense(2)(np.ones((1, 2))))  # noqa: NPY002
    assert first[0] == second[0]
    np.testing.assert_array_equal(first[1], second[1])
    np.testing.assert_allclose(utils.normalize([[3.0, 4.0], [0.0, 0.0]]), [[0.6, 0.8], [0.0, 0.0]])


def test_a_layer_that_also_stands_in_an_inner_model_moves_once_a_step() -> None:
    # y = w w x at w = 2, x = 1: loss (4 - 3)^2, derivative 2 (4 - 3) 2 w = 8, so w = 2 - 0.125 * 8.
    shared = layers.Dense(1, use_bias=False)
    model = Sequential([Input((1,)), shared, Sequential([shared])])
    model.set_weights([np.array([[2.0]])])
    model.compile(optimizers.SGD(0.125), "mse")
    assert model.train_on_batch([[1.0]], [[3.0]]) == pytest.approx(1.0)
    assert [weight.tolist() for weight in model.get_weights()] == [[[1.0]]]
    assert model.count_params() == 1


def test_a_frozen_model_freezes_what_is_added_later_as_well() -> None:
    # Keras 3 counts the same for each of these.
    made_frozen = Sequential([Input((4,)), layers.Dense(3)], trainable=False)
    grown = Sequential([Input((4,)), layers.Dense(3)])
    grown.trainable = False
    grown.add(layers.Dense(2))
    grown.layers[0].trainable = True
    for model, count in ((made_frozen, 2), (grown, 4)):
        assert (len(model.trainable_weights), len(model.non_trainable_weights)) == (0, count)
        assert model.trainable_weights == []


class _WithoutSuper(layers.Layer):
    def __init__(self) -> None:
        self.size = 3


class _ForgetsTheCache(layers.Layer):
    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return x  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Model(inputs=1, outputs=2), "inputs of a model received a int; expected symbolic tensors"),
        (lambda: layers.Dense(3, name="top")(layers.ReLU(name="x")), 'layer "top" was called on the layer "x"'),
        (lambda: Sequential([_WithoutSuper()]), r"_WithoutSuper.__init__ does not call super\(\)"),
        (
            lambda: Sequential([Input((2,)), _ForgetsTheCache()]).output_shape,
            r"forward returned a ndarray; expected the pair \(output, cache\)",
        ),
    ],
)
def test_ways_of_keras_that_there_are_not_and_forgotten_lines(build: Callable[[], object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build()


def test_the_backward_of_a_subclass_is_called_between_layers_that_share_their_passes() -> None:
    class Doubling(layers.Dense):
        def backward(self, dy, cache):
            return super().backward(2 * dy, cache)

    gradients = []
    for kind in (layers.Dense, Doubling):
        vitral.set_seed(1)
        model = Sequential([layers.Input((4,)), layers.Dense(5, "relu"), kind(5, "relu"), layers.Dense(2)])
        y, caches = model.forward(np.ones((3, 4), np.float32))
        model.backward(np.ones_like(y), caches)
        gradients.append(model.layers[0].kernel.grad)
    assert np.abs(gradients[0]).sum() > 0
    np.testing.assert_allclose(gradients[1], 2 * gradients[0], rtol=1e-5)


def test_variables_that_training_changes_and_leaves_alone() -> None:
    """The lists are those of Keras 3.15.1 for the same model."""
    model = Sequential([layers.Input((4,)), layers.Dense(2), layers.BatchNormalization(), layers.Dropout(0.5)])

    def names() -> tuple[list[str], list[str]]:
        return [v.name for v in model.trainable_variables], [v.name for v in model.non_trainable_variables]

    moving = ["moving_mean", "moving_variance", "seed_generator_state"]
    assert names() == (["kernel", "bias", "gamma", "beta"], moving)
    model.layers[0].trainable = False
    assert names() == (["gamma", "beta"], ["kernel", "bias", *moving])
    model.trainable = False
    assert names() == ([], ["kernel", "bias", "gamma", "beta", *moving])


def test_a_model_as_the_first_of_several_layers_brings_its_input_along() -> None:
    """As in Keras: on transfer learning, the base has its shape already."""
    base = Sequential([layers.Input((6,)), layers.Dense(4)])
    alone = Sequential([base])
    assert not alone.built
    model = Sequential([base, layers.Dense(3)])
    assert (model.input_shape, model.output_shape, model.count_params()) == ((None, 6), (None, 3), 28 + 15)
    alone.add(layers.Dense(2))
    assert alone.output_shape == (None, 2)
