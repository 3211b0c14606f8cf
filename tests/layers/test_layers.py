"""Layers: published parameter counts, shapes, configurations, and what they refuse."""

import tracemalloc

import numpy as np
import pytest

from tests.gradients.cases_layers import CASES, batch
from tests.gradients.cases_operations import normal
from vitral import Sequential, activations, initializers, layers
from vitral.core.naming import clear_session
from vitral.errors import ConfigError, ShapeError
from vitral.layers import Layer

Stack = list[Layer]


def _build(stack: Stack, shape: tuple[int | None, ...]) -> list[tuple[tuple[int | None, ...], int]]:
    table = []
    for layer in stack:
        layer.build(shape)
        shape = layer.output_shape
        table.append((shape, layer.count_params()))
    return table


def _net_1() -> Stack:
    return [
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]


@pytest.mark.parametrize(
    ("image", "counts"),
    [
        ((28, 28, 1), [320, 18_496, 0, 0, 1_605_760, 1_290]),
        ((32, 32, 3), [896, 18_496, 0, 0, 2_097_280, 1_290]),
    ],
)
def test_published_counts_of_net_1(image: tuple[int, int, int], counts: list[int]) -> None:
    assert [count for _, count in _build(_net_1(), (None, *image))] == counts


def test_published_counts_of_the_cifar_10_net() -> None:
    stack = [
        layers.Conv2D(32, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(64, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(64, (3, 3), activation="relu"),
        layers.Flatten(),
        layers.Dense(60, activation="relu"),
        layers.Dense(20, activation="sigmoid"),
    ]
    table = _build(stack, (None, 32, 32, 3))
    assert table[4][0] == (None, 4, 4, 64)
    assert sum(count for _, count in table[:5]) == 56_320
    assert sum(count for _, count in table) == 119_040


def test_multiply_adds_are_kernel_values_times_places_where_they_are_used() -> None:
    conv = layers.Conv2D(32, 3)
    assert conv.multiply_adds((None, 32, 32, 3)) == 30 * 30 * 32 * 27
    assert layers.Conv2D(4, 3, padding="same", groups=2).multiply_adds((None, 8, 8, 4)) == 8 * 8 * 4 * 18
    dense = layers.Dense(100)
    assert dense.multiply_adds((None, 784)) == 78_400


@pytest.mark.parametrize("name", sorted(CASES))
def test_configuration_makes_the_same_layer_again(name: str) -> None:
    for make, shape in CASES[name]:
        original = make()
        config = layers.serialize(original)
        assert config["class_name"] == name
        assert config["module"] == "keras.layers"
        copy = layers.deserialize(config)
        assert copy.get_config() == original.get_config()
        x = batch(shape, "float32")
        expected = original(x)
        copy(x, training=False)  # builds it, and draws no random numbers
        copy.set_weights(original.get_weights())
        np.testing.assert_array_equal(copy(x), expected)


def test_output_shapes_do_not_need_an_image_of_known_size() -> None:
    assert layers.Conv2D(8, 3, padding="same").compute_output_shape((None, None, None, 3)) == (None, None, None, 8)
    assert layers.GlobalAveragePooling2D().compute_output_shape((None, None, None, 8)) == (None, 8)


def test_batch_normalization_by_hand() -> None:
    layer = layers.BatchNormalization(momentum=0.9, epsilon=1e-3)
    x = np.array([[1.0, 10.0], [3.0, 10.0]])
    y = layer(x, training=True)
    np.testing.assert_allclose(y[:, 0], [-1 / np.sqrt(1.001), 1 / np.sqrt(1.001)], rtol=1e-6)
    np.testing.assert_allclose(y[:, 1], 0)
    np.testing.assert_allclose(layer.moving_mean.value, [0.2, 1.0], rtol=1e-6)
    np.testing.assert_allclose(layer.moving_variance.value, [1.0, 0.9], rtol=1e-6)
    np.testing.assert_allclose(layer(x)[0], (x[0] - [0.2, 1.0]) / np.sqrt([1.001, 0.901]), rtol=1e-6)


def test_frozen_batch_normalization_uses_and_keeps_its_moving_averages() -> None:
    layer = layers.BatchNormalization(trainable=False)
    layer(np.array([[1.0], [3.0]]), training=True)
    np.testing.assert_array_equal(layer.moving_mean.value, [0.0])
    assert layer.trainable_weights == []
    assert len(layer.non_trainable_weights) == 4


def test_dropout_drops_the_share_it_should_and_keeps_the_mean() -> None:
    layer = layers.Dropout(0.3, seed=0)
    x = np.ones((200, 500), np.float32)
    y = layer(x, training=True)
    # Standard deviation of the dropped share is sqrt(0.3 * 0.7 / 100000) = 0.0014; five of them.
    assert abs((y == 0).mean() - 0.3) < 0.0073
    np.testing.assert_allclose(y[y > 0], 1 / 0.7, rtol=1e-6)
    assert not np.array_equal(layer(x, training=True), y)
    np.testing.assert_array_equal(layers.Dropout(0.3, seed=0)(x, training=True), y)


def test_a_noise_shape_of_other_axes_is_refused() -> None:
    with pytest.raises(ShapeError, match=r'"drop" received shape \(2, 3\); noise_shape is \(1,\)'):
        layers.Dropout(0.5, noise_shape=(1,), name="drop")(np.ones((2, 3)), training=True)


def test_normalization_learns_from_data_what_keras_learns() -> None:
    layer = layers.Normalization()
    data = normal(6, 3, 3, 2) * 5 + 2
    layer.adapt(data)
    z = layer(data)
    np.testing.assert_allclose(z.mean(axis=(0, 1, 2)), 0, atol=1e-6)
    np.testing.assert_allclose(z.std(axis=(0, 1, 2)), 1, rtol=1e-6)


def test_normalization_adapts_to_bytes_without_a_copy_in_double_precision() -> None:
    data = np.random.default_rng(0).integers(0, 256, (2000, 16, 16, 3), np.uint8)
    layer = layers.Normalization()
    layer.build((None, 16, 16, 3))
    tracemalloc.start()
    layer.adapt(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * data.nbytes  # a whole copy takes 8
    np.testing.assert_allclose(layer.variance.value, data.var(axis=(0, 1, 2)), rtol=1e-6)


def test_names_are_counted_as_in_keras() -> None:
    clear_session()
    made = [layers.Conv2D(1, 1), layers.MaxPooling2D(), layers.Conv2D(1, 1), layers.ReLU(), layers.LeakyReLU()]
    names = [layer.name for layer in made]
    assert names == ["conv2d", "max_pooling2d", "conv2d_1", "re_lu", "leaky_re_lu"]


def test_weights_go_in_whole_or_not_at_all() -> None:
    layer = layers.Dense(2)
    layer.build((None, 3))
    before = layer.get_weights()
    with pytest.raises(
        ShapeError, match=r'weights for "dense.*" have shapes \[\(3, 2\)\]; expected \[\(3, 2\), \(2,\)\]'
    ):
        layer.set_weights([np.ones((3, 2))])
    with pytest.raises(ShapeError):
        layer.set_weights([np.ones((3, 2)), np.ones(3)])
    for now, then in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Dense(0), "Dense: units is 0; expected a positive whole number"),
        (lambda: layers.Dense(2.5), "Dense: units is 2.5; expected a positive whole number"),
        (lambda: layers.Dense(None), "Dense: units is None; expected a positive whole number"),
        (lambda: layers.Dense(2, units_=3), "unknown argument of Dense 'units_'; did you mean 'units'?"),
        (lambda: layers.Conv2D(4, 3, stride=2), "unknown argument of Conv2D 'stride'; did you mean 'strides'?"),
        (lambda: layers.Conv2D(4, "3"), "kernel_size is '3'; expected a positive whole number"),
        (lambda: layers.Conv2D(4, (3, 3, 3)), "kernel_size is (3, 3, 3); expected one whole number or two"),
        (lambda: layers.Conv2D(4, 3, padding="full"), "padding is 'full'; expected 'valid' or 'same'"),
        (lambda: layers.Conv2D(4, 3, strides=2, dilation_rate=2), "expected at most one of them above 1"),
        (lambda: layers.Conv2D(4, 3, groups=3), "filters is 4; expected a multiple of groups, 3"),
        (lambda: layers.Conv2D(4, 3, data_format="channels_first"), "expected 'channels_last'"),
        (lambda: layers.Dropout(1.0), "Dropout: rate is 1.0; expected a number from 0 to below 1"),
        (lambda: layers.Dense(2, activation="rellu"), "unknown activation 'rellu'; did you mean 'relu'?"),
        (lambda: layers.Dense(2, activation=np.tanh), "expected a name, a configuration or an instance of Activation"),
        (lambda: layers.Dense(2, kernel_initializer="glorot"), "unknown initializer 'glorot'"),
        (lambda: layers.Reshape((-1, -1)), "expected at most one -1"),
        (lambda: layers.ZeroPadding2D(-1), "padding is -1"),
        (lambda: layers.ReLU(max_value=-1), "max_value is -1"),
        (lambda: layers.Normalization(mean=1.0), "only one of mean and variance is given"),
        (lambda: layers.Input(None), "shape is None"),
    ],
)
def test_bad_arguments_are_named(make, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (layers.Conv2D(4, 3), (None, 28, 28), "received an input of shape (None, 28, 28), 3 axes; expected 4"),
        (layers.Conv2D(4, 5), (None, 4, 4, 1), "received images of 4x4 pixels; expected at least its window of 5x5"),
        (layers.Conv2D(4, 3, groups=2), (None, 8, 8, 3), "received 3 channels; expected a multiple of groups, 2"),
        (layers.MaxPooling2D(3), (None, 2, 2, 1), "received images of 2x2 pixels"),
        (layers.Reshape((5, 5)), (None, 24), "24 values; expected as many as (5, 5) holds"),
        (layers.Dense(3), (None, None), "expected (batch, ..., inputs)"),
    ],
)
def test_impossible_shapes_are_refused_when_building(layer: Layer, shape, message: str) -> None:
    with pytest.raises(ShapeError) as caught:
        layer.build(shape)
    assert message in str(caught.value)


def test_a_batch_of_another_shape_is_refused() -> None:
    layer = layers.Dense(2, name="head")
    layer(np.zeros((1, 3)))
    with pytest.raises(ShapeError, match=r'"head" \(Dense\) received a batch of shape \(1, 4\); expected \(None, 3\)'):
        layer(np.zeros((1, 4)))


def test_a_layer_is_built_once() -> None:
    layer = layers.Dense(2, name="head")
    layer.build((None, 3))
    with pytest.raises(ConfigError, match=r'"head" is built already, for the shape \(None, 3\)'):
        layer.build((None, 3))
    assert len(layer.weights) == 2


def test_numbers_of_numpy_are_numbers() -> None:
    conv = layers.Conv2D(np.int64(2), np.int64(3), strides=(np.int32(1), np.int32(2)))
    assert (conv.filters, conv.kernel_size, conv.strides) == (2, (3, 3), (1, 2))


def test_every_activation_can_be_named_in_a_layer() -> None:
    x = normal(2, 3)
    for name, activation in activations.BY_NAME.items():
        if not activation.keeps_shape:
            continue
        layer = layers.Dense(3, activation=name, kernel_initializer=_identity)
        np.testing.assert_allclose(layer(x), activation(x), rtol=1e-6)


class _Identity(initializers.Initializer):
    def __call__(self, shape, dtype=None):
        return np.eye(*shape, dtype=dtype)


_identity = _Identity()


def test_normalization_that_never_saw_data_says_so() -> None:
    layer = layers.Normalization(name="scale")
    with pytest.raises(ConfigError, match=r'"scale" does not know mean and variance yet; call adapt\(data\) first'):
        layer(np.ones((2, 3)))


def test_given_statistics_are_configuration_and_learned_ones_are_weights() -> None:
    given, learned = layers.Normalization(axis=[-1], mean=1.0, variance=4.0), layers.Normalization()
    learned.adapt(np.array([[-1.0], [3.0]]))
    np.testing.assert_array_equal(given(np.array([[5.0]])), [[2.0]])
    np.testing.assert_array_equal(learned(np.array([[5.0]])), [[2.0]])
    assert given.count_params() == 0
    assert learned.count_params() == 3


def test_weights_of_an_unbuilt_layer_are_not_counted() -> None:
    """Keras raises a ValueError too."""
    for layer in (layers.Dense(2), Sequential([layers.Dense(2)]), layers.BatchNormalization()):
        with pytest.raises(ConfigError, match=r"is not built yet, so its weights are not known: call build\(shape\)"):
            layer.count_params()
    assert layers.ReLU().count_params() == 0
