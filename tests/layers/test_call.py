"""Layers whose `call` is made of other layers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.gradients.check import check_layer
from tests.training.conftest import double  # noqa: F401  a fixture
from vitral import Input, Model, Sequential, activations, layers, losses, models, optimizers, regularizers, saving
from vitral.core.naming import clear_session
from vitral.errors import ConfigError, ShapeError


@saving.register_keras_serializable("tests")
class Block(layers.Layer):
    """A residual block as users of Keras write it, one of whose layers is made in `build`."""

    def __init__(self, filters: int, **options: Any) -> None:
        super().__init__(**options)
        self.filters = filters
        self.conv = layers.Conv2D(filters, 3, padding="same", kernel_regularizer=regularizers.L2(0.01))
        self.norm = layers.BatchNormalization()
        self.relu = layers.ReLU(activity_regularizer=regularizers.L2(0.1))
        self.add = layers.Add()
        self.shortcut: Any = None

    def build(self, input_shape: Any) -> None:
        if input_shape[-1] != self.filters:
            self.shortcut = layers.Conv2D(self.filters, 1)

    def call(self, x: Any, training: bool = False) -> Any:
        h = self.relu(self.norm(self.conv(x), training=training))
        return self.add([h, x if self.shortcut is None else self.shortcut(x)])

    def get_config(self) -> Any:
        return {**super().get_config(), "filters": self.filters}


class Tower(layers.Layer):
    """Lists that grow, a dictionary, a model, a name that begins with an underscore, own arithmetic, and a block."""

    def __init__(self) -> None:
        super().__init__(name="tower")
        self.denses: list[Any] = []
        self.norms: list[Any] = []
        for _ in range(2):
            self.denses.append(layers.Dense(3))
            self.norms.append(layers.BatchNormalization())
        self.named = {"b": layers.Dense(3), "a": layers.Dense(3)}
        self._last = layers.Dense(3, activation="tanh")
        self.mlp = Sequential([layers.Dense(4, activation="tanh"), layers.Dense(3)])
        self.noise = layers.Dropout(0.5, seed=1)

    def call(self, x: Any, training: Any = None) -> Any:
        for dense, norm in zip(self.denses, self.norms, strict=True):
            x = norm(dense(x), training=training)
        x = self.named["a"](x) + 2 * self.named["b"](x)
        if training:
            x = self.noise(x)
        return self._last(x - self.mlp(x))


class Join(layers.Layer):
    """Two arguments."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = layers.Dense(2), layers.Dense(3)

    def call(self, a: Any, b: Any) -> Any:
        return layers.concatenate([self.left(a), self.right(b)])


class Both(layers.Layer):
    """A list of inputs, a dictionary of outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = layers.Dense(2), layers.Dense(2)

    def call(self, inputs: Any) -> Any:
        a, b = inputs
        return {"sum": self.left(a) + self.right(b), "left": self.left(a)}


def images() -> Any:
    return np.sin(np.arange(3 * 32)).reshape(3, 4, 4, 2).astype("float32")


def classifier() -> Sequential:
    model = Sequential(
        [
            layers.Input((4, 4, 2)),
            Block(2, name="first"),
            Block(3, name="second"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    weights = [np.cos(np.arange(w.size) + i).reshape(w.shape) for i, w in enumerate(model.get_weights())]
    model.set_weights(
        [
            np.abs(w) if "variance" in variable.path else w / 2
            for w, variable in zip(weights, model.weights, strict=True)
        ]
    )
    return model


def test_gradients(double: None) -> None:  # noqa: F811
    random = np.random.default_rng(0)
    for training in (True, False):
        check_layer(Block(3), random.standard_normal((2, 3, 3, 2)), training)
        check_layer(Tower(), random.standard_normal((4, 2)), training)
    pair = [random.standard_normal((2, 3)), random.standard_normal((2, 4))]
    a, b = Input((3,)), Input((4,))
    check_layer(Model([a, b], Join()(a, b)), pair, training=False)
    check_layer(Model([a, b], layers.concatenate([*Both()([a, b]).values()])), pair, training=False)


def test_trains_as_under_keras() -> None:
    """The numbers are those of the same script under Keras 3.15.1 on PyTorch."""
    model = classifier()
    model.compile(optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    x, y = images(), np.array([0, 1, 1])
    np.testing.assert_allclose(model.predict(x, verbose=0)[:, 0], [0.568801045, 0.568789363, 0.568920195], rtol=2e-6)
    losses = [model.train_on_batch(x, y) for _ in range(3)]
    np.testing.assert_allclose(losses, [1.12123632, 0.968511283, 0.904261768], rtol=1e-6)
    np.testing.assert_allclose(model.predict(x, verbose=0)[:, 0], [0.531622171, 0.531622887, 0.531556487], rtol=2e-6)


def test_the_layers_inside_belong_to_it() -> None:
    clear_session()
    model = classifier()
    assert [layer.name for layer in model.layers] == ["first", "second", "global_average_pooling2d", "dense"]
    second = model.layers[1]
    assert [variable.path for variable in second.weights] == [
        "second/conv2d_1/kernel",
        "second/conv2d_1/bias",
        "second/batch_normalization_1/gamma",
        "second/batch_normalization_1/beta",
        "second/batch_normalization_1/moving_mean",
        "second/batch_normalization_1/moving_variance",
        "second/conv2d_2/kernel",
        "second/conv2d_2/bias",
    ]
    assert (second.count_params(), len(second.trainable_weights), len(second.non_trainable_weights)) == (78, 6, 2)
    second.trainable = False
    assert (second.conv.trainable, second.trainable_weights, len(model.trainable_weights)) == (False, [], 6)
    texts: list[str] = []
    model.summary(print_fn=texts.append)
    assert "│ first (Block)" in texts[0]
    assert "78 │" in texts[0]
    assert "conv2d" not in texts[0]
    assert layers.Add().name == "add_2"  # what call makes and draws takes no names away


def test_weights_are_in_the_order_in_which_keras_hears_of_the_layers() -> None:
    tower = Tower()
    tower.build((None, 2))
    inside = [*tower.denses, *tower.norms, tower.named["b"], tower.named["a"], tower._last, *tower.mlp.layers]
    order = [inside[i] for i in (0, 2, 1, 3, 4, 5, 6, 7, 8)]
    assert tower.weights == [variable for layer in order for variable in layer.weights]
    assert tower.variables[:-1] == tower.weights
    assert tower.variables[-1] is tower.noise.variables[0]


def test_training_is_handed_on() -> None:
    tower, x = Tower(), np.random.default_rng(1).standard_normal((6, 2))
    before = tower(x)
    np.testing.assert_array_equal(tower(x), before)
    moved = tower.norms[0].moving_mean.numpy()
    assert not np.array_equal(tower(x, training=True), before)
    assert not np.array_equal(tower.norms[0].moving_mean.value, moved)
    inputs = Input((2,))
    frozen = Model(inputs, Tower()(inputs, training=False))
    np.testing.assert_array_equal(frozen(x, training=True), frozen(x))


class Augments(layers.Layer):
    def __init__(self) -> None:
        super().__init__()
        self.pipe = Sequential([layers.RandomContrast(0.9, seed=1), layers.Dropout(0.9, seed=2)])

    def call(self, x: Any, training: Any = None) -> Any:
        return self.pipe(x, training=training)


def test_training_may_stand_behind_the_input() -> None:
    """As in scripts that were written for older versions of Keras."""

    class Drops(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.drop = layers.Dropout(0.5, seed=1)
            self.built = True  # without a build, as some write it

        def call(self, x: Any, training: Any = None) -> Any:
            return self.drop(x, training)

    ones = np.ones((4, 50), "float32")
    assert 0.3 < (Drops()(ones, True) == 0).mean() < 0.7
    np.testing.assert_array_equal(Drops()(ones), ones)
    np.testing.assert_array_equal(Drops()(ones, None), ones)
    model = Sequential([Input((50,)), Drops()])
    assert 0.3 < (model(ones, training=True) == 0).mean() < 0.7
    np.testing.assert_array_equal(model.predict(ones, verbose=0), ones)


def test_a_constructor_that_leaves_the_base_out_is_refused() -> None:
    class Forgets(layers.Layer):
        def __init__(self) -> None:
            self.dense = layers.Dense(2)

        def call(self, x: Any) -> Any:
            return self.dense(x)

    with pytest.raises(ConfigError, match=r"Forgets.__init__ does not call super\(\).__init__\(\)"):
        Forgets()(np.ones((1, 2)))


@pytest.mark.parametrize("kind", ["Sequential", "Model", "call"])
def test_a_call_that_does_not_say_leaves_it_to_the_layers(kind: str) -> None:
    """As under Keras: what prepares images then trains, which is how pipelines are shown; dropout does not."""
    pipe = Augments().pipe
    x, data = Input((4, 4, 2)), images() + 2
    model = {"Sequential": lambda: pipe, "Model": lambda: Model(x, pipe(x)), "call": Augments}[kind]()
    contrast = model(data)
    assert 0.01 < np.abs(contrast - data).max() < 1.9
    assert np.count_nonzero(contrast) == contrast.size
    np.testing.assert_array_equal(model(data, training=False), data)
    assert np.count_nonzero(model(data, training=True)) < contrast.size / 2
    if kind != "call":
        np.testing.assert_array_equal(model.predict(data, verbose=0), data)


def test_several_inputs_and_outputs() -> None:
    a, b = np.ones((2, 3), "float32"), np.full((2, 4), 2.0, "float32")
    join, both = Join(), Both()
    assert join(a, b).shape == (2, 5)
    np.testing.assert_allclose(join(a, b)[:, 2:], b @ join.right.kernel.value, rtol=1e-6)
    results = both([a, b])
    np.testing.assert_allclose(results["sum"] - results["left"], b @ both.right.kernel.value, rtol=1e-5)
    x, z = Input((3,)), Input((4,))
    assert join(x, z).shape == (None, 5)
    assert {name: tensor.shape for name, tensor in both([x, z]).items()} == {"sum": (None, 2), "left": (None, 2)}
    with pytest.raises(ShapeError, match=r"received a batch of shape \[\(2, 3\), \(2, 3\)\]"):
        join(a, a)


def test_files_come_back(tmp_path: Path) -> None:
    """Keras 3.15.1 has these groups in the weights of the same model."""
    h5py = pytest.importorskip("h5py")
    model = classifier()
    model.compile(optimizers.SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy")
    x, y = images(), np.array([0, 1, 1])
    model.train_on_batch(x, y)
    model.save(tmp_path / "m.keras")
    again = models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))
    assert again.train_on_batch(x, y) == model.train_on_batch(x, y)
    model.save_weights(tmp_path / "m.weights.h5")
    other = classifier()
    other.load_weights(tmp_path / "m.weights.h5")
    np.testing.assert_array_equal(other.predict(x, verbose=0), model.predict(x, verbose=0))
    with h5py.File(tmp_path / "m.weights.h5") as file:
        groups = [name for name, group in file["layers/block_1"].items() if "vars" in group and len(group["vars"])]
    assert groups == ["conv", "norm", "shortcut"]
    tower = Sequential([layers.Input((2,)), Tower()])
    tower.save_weights(tmp_path / "t.weights.h5")
    paths: list[str] = []
    with h5py.File(tmp_path / "t.weights.h5") as file:
        file["layers/tower"].visititems(lambda name, item: paths.append(name) if name.endswith("/0") else None)
    assert paths == [
        "_last/vars/0",
        "denses/dense/vars/0",
        "denses/dense_1/vars/0",
        "mlp/layers/dense/vars/0",
        "mlp/layers/dense_1/vars/0",
        "named/dense/vars/0",
        "named/dense_1/vars/0",
        "noise/seed_generator/vars/0",
        "norms/batch_normalization/vars/0",
        "norms/batch_normalization_1/vars/0",
    ]


class Attend(layers.Layer):
    """One input that may be left out, and is given by its name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.query, self.key = layers.Dense(3), layers.Dense(3)

    def call(self, x: Any, context: Any = None, training: bool = False) -> Any:
        return self.query(x) if context is None else self.query(x) - self.key(context)


def test_inputs_by_their_names(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    layer, a, b = Attend(), np.ones((2, 4), "float32"), np.ones((2, 5), "float32")
    x, z = Input((4,)), Input((5,))
    model = Model([x, z], layer(x, context=z))
    expected = a @ layer.query.kernel.value - b @ layer.key.kernel.value
    np.testing.assert_allclose(model([a, b]), expected, rtol=1e-5)
    np.testing.assert_allclose(layer(a, context=b), expected, rtol=1e-5)
    (call,) = model.get_config()["layers"][-1]["inbound_nodes"]
    assert (len(call["args"]), [*call["kwargs"]]) == (1, ["context"])  # as Keras writes it
    model.save(tmp_path / "m.keras")
    again = models.load_model(tmp_path / "m.keras", custom_objects={"Attend": Attend})
    np.testing.assert_allclose(again.predict([a, b], verbose=0), expected, rtol=1e-5)
    alone = Attend()
    assert alone(a, context=None).shape == (2, 3)
    assert len(alone.weights) == 2
    with pytest.raises(ConfigError, match="unknown argument of a call of Attend 'contxt'; did you mean 'context'"):
        layer(a, contxt=b)
    with pytest.raises(ConfigError, match="was called with context=3; expected a tensor or an array"):
        layer(a, context=3)
    with pytest.raises(ConfigError, match="unknown argument of a call of Dense 'mask'"):
        layers.Dense(2)(a, mask=b)


def test_own_weights_that_training_changes_come_first() -> None:
    """The order of Keras, in lists and in files."""

    class Own(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="own")
            for name, trainable in (("a", True), ("b", False), ("c", True), ("d", False)):
                self.add_weight(name=name, shape=(1,), trainable=trainable)
            self.inside = layers.Dense(1, use_bias=False)

        def call(self, x: Any) -> Any:
            return self.inside(x)

    layer = Own()
    layer(np.ones((1, 1)))
    assert [variable.name for variable in layer.weights] == ["a", "c", "b", "d", "kernel"]
    assert [variable.name for variable in layer.own_storage()[""]] == ["a", "c", "b", "d"]


def test_a_layer_without_weights_draws_anew_for_another_shape() -> None:
    class Flat(layers.Layer):
        def call(self, x: Any) -> Any:
            return layers.Reshape((x.shape[1] * x.shape[2],))(x)

    flat, a, b = Flat(), Input((2, 3)), Input((4, 3))
    model = Model([a, b], [flat(a), flat(b)])
    first, second = model([np.ones((5, 2, 3)), np.ones((5, 4, 3))])
    assert (first.shape, second.shape) == ((5, 6), (5, 12))


def test_as_part_of_a_subclass() -> None:
    class Net(Model):
        def __init__(self) -> None:
            super().__init__()
            self.blocks = [Block(2), Block(3)]
            self.pool = layers.GlobalAveragePooling2D()

        def call(self, x: Any, training: bool = False) -> Any:
            for block in self.blocks:
                x = block(x, training=training)
            return self.pool(x)

    net = Net()
    net.compile("sgd", "mse")
    x = images()
    before = net.evaluate(x, np.zeros((3, 3)), verbose=0)
    for _ in range(5):
        net.train_on_batch(x, np.zeros((3, 3)))
    assert net.evaluate(x, np.zeros((3, 3)), verbose=0) < before
    assert net.layers == [*net.blocks, net.pool]


class Affine(layers.Layer):
    """relu(2 x g + b - x) W, with weights of its own and an activation by its name."""

    def build(self, input_shape: Any) -> None:
        self.gain = self.add_weight(name="gain", shape=(input_shape[-1],), initializer="normal")
        self.shift = self.add_weight(name="shift", shape=(1, *input_shape[1:]), initializer="normal")
        self.matrix = self.add_weight(name="matrix", shape=(input_shape[-1], 2), initializer="normal")
        self.activation = activations.get("tanh")

    def call(self, x: Any) -> Any:
        return self.activation(2 * x * self.gain + self.shift - x) @ self.matrix - self.matrix


def test_weights_of_its_own(double: None) -> None:  # noqa: F811
    layer, x = Affine(name="affine"), np.random.default_rng(0).standard_normal((4, 2, 2))
    check_layer(layer, x, training=False)
    assert [variable.path for variable in layer.weights] == ["affine/gain", "affine/shift", "affine/matrix"]
    gain, shift, matrix = layer.get_weights()
    np.testing.assert_allclose(layer(x), np.tanh(2 * x * gain + shift - x) @ matrix - matrix, rtol=1e-12)
    model = Sequential([Input((2, 2)), layer])
    assert (len(model.trainable_weights), model.count_params()) == (3, 2 + 4 + 4)


def test_a_variable_that_does_not_fit_is_refused() -> None:
    layer = Affine()
    layer.build((None, 2, 2))
    for act in (lambda: Input((3,)) * layer.gain, lambda: layer.shift - Input((2,)), lambda: Input((2,)) + layer.shift):
        with pytest.raises(ShapeError, match="expected axes of the same lengths or of length 1"):
            act()
    with pytest.raises(ShapeError, match=r"expected a matrix with a row for each value"):
        Input((3,)) @ layer.matrix
    x = Input((2,))
    with pytest.raises(ConfigError, match="is used in a model by itself, which no file holds"):
        Model(x, x * layer.gain).get_config()


class Calculates(layers.Layer):
    def call(self, x: Any) -> Any:
        return np.exp(x)


class MakesAnew(layers.Layer):
    def call(self, x: Any) -> Any:
        return layers.Dense(1, name="anew")(x)


class Nothing(layers.Layer):
    def call(self, x: Any) -> Any:
        self.seen = x


def test_what_cannot_be_drawn_is_refused() -> None:
    x = np.ones((1, 2))
    with pytest.raises(ConfigError, match=r"Calculates.call does something that is no layer's"):
        Calculates()(x)
    with pytest.raises(ConfigError, match=r'MakesAnew.call makes the layer "anew" anew each time'):
        MakesAnew()(x)
    with pytest.raises(ConfigError, match=r"Nothing.call returned a NoneType; expected the output of a layer"):
        Nothing()(x)
    with pytest.raises(ConfigError, match=r"Own writes call, which nobody asks for: its base has a forward"):
        type("Own", (layers.Dense,), {"call": lambda self, x: x})
    block = Block(2)
    block(Input((4, 4, 2)))
    with pytest.raises(ShapeError, match="was built for the shape"):
        block(Input((4, 4, 3)))


def test_an_activation_in_call_is_not_taken_for_the_last() -> None:
    class Head(layers.Layer):
        def __init__(self, activation: Any) -> None:
            super().__init__()
            self.dense = layers.Dense(2)
            self.activation = activation

        def call(self, x: Any) -> Any:
            return self.dense(layers.Activation(self.activation)(x))

    for activation in ("softmax", activations.softmax):
        model = Sequential([Input((3,)), Head(activation)])
        model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
        x, y = np.ones((4, 3)), np.array([0, 1, 1, 0])
        z = model.predict(x, verbose=0)
        expected = (np.log(np.exp(z).sum(1)) - z[np.arange(4), y]).mean()
        assert model.train_on_batch(x, y) == pytest.approx(expected, rel=1e-5)
