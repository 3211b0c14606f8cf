"""Subclasses of Model: with passes of their own, and with Keras' `call` made of layers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.gradients.check import check_layer
from tests.training.conftest import double  # noqa: F401  a fixture
from vitral import Input, Model, Sequential, layers, optimizers
from vitral.errors import ConfigError, ShapeError
from vitral.typing import Array, Cache


class Twice(Model):
    """y = w (w x), written out: the same layer goes forward twice and back twice."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(1, use_bias=False)

    def build(self, input_shape: Any) -> None:
        self.dense.build(input_shape)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        h, first = self.dense.forward(x, training)
        y, second = self.dense.forward(h, training)
        return y, (first, second)

    def backward(self, dy: Array, cache: Cache) -> Array:
        first, second = cache
        return self.dense.backward(self.dense.backward(dy, second), first)


class Residual(Model):
    """In Keras' style, with layers in a list and a branch that only training takes."""

    def __init__(self) -> None:
        super().__init__(name="residual")
        self.blocks = [layers.Dense(4, activation="tanh") for _ in range(2)]
        self.noise = layers.Dropout(0.5, seed=1)
        self.top = layers.Dense(2, activation="softmax")

    def call(self, inputs: Any, training: bool = False) -> Any:
        x = inputs
        for block in self.blocks:
            x = layers.add([x, block(x)])
        if training:
            x = self.noise(x)
        return self.top(x)


def test_a_model_with_passes_of_its_own_trains() -> None:
    # At w = 2, x = 1: loss (4 - 3)^2, derivative 2 (4 - 3) 2 w = 8, so w = 2 - 0.125 * 8 = 1; then (1 - 3)^2.
    model = Twice()
    model.compile(optimizers.SGD(0.125), "mse")
    model.build((None, 1))
    model.set_weights([np.array([[2.0]])])
    assert model.train_on_batch([[1.0]], [[3.0]]) == pytest.approx(1.0)
    assert model.get_weights()[0].item() == pytest.approx(1.0)
    model.compile(optimizers.SGD(0.05), "mse")
    history = model.fit(np.ones((4, 1)), np.full((4, 1), 3.0), epochs=30, verbose=0).history
    assert history["loss"][0] == pytest.approx(4.0)
    assert model.predict(np.ones((1, 1)), verbose=0).item() == pytest.approx(3.0, abs=1e-3)
    assert [layer.name for layer in model.layers] == [model.dense.name]


def test_gradients_of_both_styles(double: None) -> None:  # noqa: F811
    check_layer(Twice(), np.array([[0.5], [-1.0]]), training=True)
    for training in (True, False):
        check_layer(Residual(), np.random.default_rng(0).standard_normal((3, 4)), training)
    # As a layer of a larger model.
    inside, x = Residual(), Input((4,))
    check_layer(Model(x, layers.Dense(1)(inside(layers.Dense(4)(x)))), np.ones((2, 4)) / 3, training=False)
    check_layer(Sequential([Input((4,)), Residual(), layers.Dense(1)]), np.ones((2, 4)) / 3, training=True)


def test_call_is_the_graph_that_it_draws() -> None:
    model, x = Residual(), np.random.default_rng(1).standard_normal((5, 4)).astype(np.float32)
    assert model(x).shape == (5, 2)
    assert [type(layer).__name__ for layer in model.layers] == ["Dense", "Dense", "Dropout", "Dense"]
    assert (model.count_params(), model.output_shape) == (20 + 20 + 10, (None, 2))
    h = x + np.tanh(x @ model.blocks[0].kernel.value)
    h = h + np.tanh(h @ model.blocks[1].kernel.value)
    z = h @ model.top.kernel.value
    np.testing.assert_allclose(model(x), np.exp(z) / np.exp(z).sum(1, keepdims=True), rtol=1e-5)
    assert not np.array_equal(model(x, training=True), model(x))  # only training leaves values out


def test_call_trains_and_evaluates() -> None:
    model = Residual()
    model.noise.rate = 0.0
    model.compile(optimizers.Adam(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    x = np.random.default_rng(2).standard_normal((40, 4))
    y = (x[:, 0] > 0).astype(int)
    history = model.fit(x, y, epochs=15, verbose=0, validation_data=(x, y)).history
    assert history["val_accuracy"][-1] > 0.9
    assert model.evaluate(x, y, verbose=0)[1] == history["val_accuracy"][-1]
    texts: list[str] = []
    model.summary(line_length=88, print_fn=texts.append)
    assert "dropout" in texts[0]
    assert " Total params: " in texts[0]


def test_frozen_layers_and_kept_weights(tmp_path: Path) -> None:
    model, again = Residual(), Residual()
    model.blocks[0].trainable = False
    x = np.ones((2, 4))
    before = model(x)
    again(x)
    assert len(model.trainable_weights) == 4
    model.save_weights(tmp_path / "model.weights.h5")
    again.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_array_equal(again(x), before)


class Makes(Model):
    def call(self, inputs: Any) -> Any:
        return layers.Dense(1, name="anew")(inputs)


class Calculates(Model):
    def call(self, inputs: Any) -> Any:
        return inputs**2


class GivesNumber(Model):
    def call(self, inputs: Any) -> Any:
        return [inputs, 1]


class TwoByTwo(Model):
    """Two inputs in, a list or a dictionary, and two outputs."""

    def __init__(self, named: bool = False) -> None:
        super().__init__()
        self.named = named
        self.left = layers.Dense(3, name="left")
        self.right = layers.Dense(3, name="right")
        self.top = layers.Dense(1, name="top")

    def call(self, inputs: Any) -> Any:
        a, b = (inputs["a"], inputs["b"]) if self.named else inputs
        both = layers.add([self.left(a), self.right(b)])
        return {"sum": both, "top": self.top(both)} if self.named else [both, self.top(both)]


A, B = np.random.default_rng(3).standard_normal((2, 5, 2)).astype(np.float32)


def test_several_inputs_and_outputs() -> None:
    model: Any = TwoByTwo()
    both, top = model([A, B])
    kernels = [layer.kernel.value for layer in (model.left, model.right, model.top)]
    np.testing.assert_allclose(both, A @ kernels[0] + B @ kernels[1], rtol=1e-5)
    np.testing.assert_allclose(top, both @ kernels[2], rtol=1e-5)
    assert model.output_names == [model.outputs[0].layer.name, "top"]
    model.compile(optimizers.SGD(0.1), ["mse", "mae"], loss_weights=[1.0, 0.5])
    values = model.fit([A, B], [np.zeros((5, 3)), np.zeros((5, 1))], epochs=1, batch_size=5, verbose=0).history
    expected = (both**2).mean() + 0.5 * np.abs(top).mean()
    assert values["loss"][0] == pytest.approx(expected, rel=1e-5)
    again, _ = model.predict([A, B], verbose=0)
    assert not np.array_equal(again, both)
    check_layer_of_two()


def check_layer_of_two() -> None:
    """As a layer of a larger graph, the subclass is the graph that its call draws."""
    inside, (x, y) = TwoByTwo(), (Input((2,)), Input((2,)))
    both, top = inside([x, y])
    outer = Model([x, y], layers.concatenate([both, top]))
    np.testing.assert_array_equal(outer([A, B]), np.concatenate(inside([A, B]), axis=1))
    dx = outer.backward(np.ones((5, 4), np.float32), outer.forward([A, B])[1])
    slope = (1 + inside.top.kernel.value[:, 0]) @ inside.left.kernel.value.T
    np.testing.assert_allclose(dx[0], np.broadcast_to(slope, A.shape), rtol=1e-5)


def test_inputs_and_outputs_by_name() -> None:
    model: Any = TwoByTwo(named=True)
    model.build({"a": (None, 2), "b": (None, 2)})
    model.compile("sgd", {"sum": "mse", "top": "mse"})
    labels = {"sum": np.zeros((5, 3)), "top": np.zeros((5, 1))}
    model.fit({"a": A, "b": B}, labels, verbose=0)
    assert {name: y.shape for name, y in model.predict({"a": A, "b": B}, verbose=0).items()} == {
        "sum": (5, 3),
        "top": (5, 1),
    }
    late = TwoByTwo()
    late.compile("sgd", "mse")
    with pytest.raises(ConfigError, match=r"TwoByTwo\.call gives 2 outputs, which were not known when the model was"):
        late([A, B])


class Mixes(Model):
    """Mixes images, and the labels with them."""

    def __init__(self) -> None:
        super().__init__()
        self.mix, self.flat = layers.MixUp(seed=1), layers.Flatten()

    def call(self, inputs: Any) -> Any:
        return self.flat(self.mix(inputs))


def test_labels_are_mixed_with_the_images() -> None:
    model, images = Mixes(), np.eye(4, dtype=np.float32).reshape(4, 2, 2, 1)
    model.build((None, 2, 2, 1))
    y, caches = model.run(images, True, [True])
    assert not np.array_equal(y[0], np.eye(4))
    np.testing.assert_allclose(model.run_targets(np.eye(4, dtype=np.float32), caches), y[0], rtol=1e-6)


class Hands(Model):
    def __init__(self) -> None:
        x = Input((1,))
        super().__init__(inputs=x, outputs=x)


class Nothing(Model):
    pass


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda: Makes()(np.ones((1, 2))), ConfigError, 'Makes.call makes the layer "anew" anew each time'),
        (lambda: Calculates()(np.ones((1, 2))), ConfigError, "Calculates.call does something that is no layer's"),
        (
            lambda: GivesNumber()(np.ones((1, 2))),
            ConfigError,
            "GivesNumber.call returned a int; expected the output of a layer, or several",
        ),
        (lambda: Nothing()(np.ones((1, 2))), ConfigError, "Nothing has neither call, made of layers, nor forward"),
        (lambda: Hands(), ConfigError, r"Hands gives inputs and outputs to super\(\).__init__\(\)"),
        (lambda: Twice()([Input((4,)), Input((4,))]), ShapeError, "expected one input"),
    ],
)
def test_what_a_subclass_cannot_be(act: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        act()
    assert "\n" not in str(caught.value)
