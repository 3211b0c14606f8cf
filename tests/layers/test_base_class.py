"""What every layer takes and tells beside its formula."""

import re
from typing import Any

import numpy as np
import pytest

from vitral import Input, InputSpec, Model, Sequential, config, initializers, layers, losses, optimizers
from vitral.errors import ConfigError, ShapeError
from vitral.optimizers.schedules import LearningRateSchedule


class Scale(layers.Layer):
    def build(self, input_shape: Any) -> None:
        self.factor = self.add_weight((input_shape[-1],), "ones", "float32", name="factor", constraint="non_neg")
        self.shift = self.add_variable(shape=(), initializer="zeros", trainable=False, regularizer="l2")

    def forward(self, x: Any, training: bool = False) -> Any:
        return x * self.factor.value + self.shift.value, x

    def backward(self, dy: Any, cache: Any) -> Any:
        return dy * self.factor.value


def test_weights_are_made_as_in_keras() -> None:
    layer = Scale(name="s")
    layer.build((None, 3))
    assert [(v.path, v.shape, v.trainable) for v in layer.weights] == [
        ("s/factor", (3,), True),
        ("s/variable", (), False),
    ]
    np.testing.assert_array_equal(layer.factor.constraint(np.array([-1.0, 1.0])), [0.0, 1.0])  # type: ignore[misc]
    assert layer.shift.regularizer is not None
    assert layer.shift.regularizer(np.array(3.0)) == pytest.approx(0.09)
    with pytest.raises(ConfigError, match="s/half: dtype is 'float16'"):
        layer.add_weight((1,), dtype="float16", name="half")


def test_variables_go_out_and_come_back() -> None:
    one, other = layers.Dense(2), layers.Dense(2)
    one.build((None, 3))
    other.build((None, 3))
    store: dict[str, np.ndarray] = {}
    one.save_own_variables(store)
    assert {key: value.shape for key, value in store.items()} == {"0": (3, 2), "1": (2,)}
    other.load_own_variables(store)
    np.testing.assert_array_equal(other.kernel.value, one.kernel.value)
    with pytest.raises(ConfigError, match="has 2 variables; received 1"):
        other.load_own_variables({"0": store["0"]})


def test_the_type_is_that_of_the_settings() -> None:
    assert layers.Dense(2, dtype="float32").dtype == "float32"
    policy = {"class_name": "DTypePolicy", "config": {"name": "float32"}}
    assert layers.Dense(2, dtype=policy, autocast=False).dtype == losses.MeanSquaredError().dtype == "float32"
    with pytest.raises(ConfigError, match="dtype is 'mixed_float16'; Vitral has dtype='float32' only"):
        layers.Dense(2, dtype="mixed_float16")
    config.set_floatx("float64")
    try:
        dense = layers.Dense(2, dtype="float64")
        dense.build((None, 1))
    finally:
        config.set_floatx("float32")
    assert dense.dtype == Sequential([Input((1,)), dense]).layers[0].dtype == "float64"


def test_inputs_may_have_a_batch_size_and_a_type() -> None:
    x = Input((3,), 8, "int32", name="x")
    assert (x.shape, x.dtype) == ((None, 3), "int32")
    assert x.layer.get_config() == {"batch_shape": (8, 3), "dtype": "int32", "name": "x"}
    copied = layers.InputLayer.from_config(x.layer.get_config())
    assert copied.get_config() == x.layer.get_config()
    model = Model(x, layers.Dense(1, kernel_initializer="ones")(x))
    np.testing.assert_array_equal(model.predict(np.array([[1, 2, 3]]), verbose=0), [[6.0]])
    assert Input(batch_shape=(4, 2)).layer.batch_size == 4
    with pytest.raises(ConfigError, match="dtype is 'string'; expected one of float32, float64, bool"):
        Input((3,), dtype="string")
    for shape in ((-1,), ("28", 28), (2.5,)):
        with pytest.raises(ConfigError, match=rf"shape is {re.escape(repr(shape))}; expected whole numbers from 0 on"):
            Input(shape)
    with pytest.raises(ConfigError, match="batch_size is 0"):
        Input((3,), batch_size=0)
    for argument in ("sparse", "ragged", "optional"):
        with pytest.raises(ConfigError, match=f"Input: {argument} is True"):
            Input((3,), **{argument: True})  # type: ignore[arg-type]


# the words and the cases are those of keras.InputSpec 3.15
FITS = [
    ({"ndim": 2}, (None, 3), None),
    ({"ndim": 2}, (None, 3, 3), "expected ndim=2, found ndim=3"),
    ({"min_ndim": 3}, (None, 3), "expected min_ndim=3, found ndim=2"),
    ({"max_ndim": 2}, (None, 3, 3), "expected max_ndim=2, found ndim=3"),
    ({"axes": {-1: 3}}, (None, 3), None),
    ({"axes": {-1: 3}}, (None, 4), "expected axis -1 to have the size 3, found 4"),
    ({"axes": {1: None}}, (None, 4), None),
    ({"shape": (None, None, 3)}, (None, 7, 3), None),
    ({"shape": (None, 5, 3)}, (None, 7, 3), r"expected shape=\(None, 5, 3\), found shape=\(None, 7, 3\)"),
    ({"shape": (None, 5, 1), "allow_last_axis_squeeze": True}, (None, 5), None),
    ({"shape": (None, 5), "allow_last_axis_squeeze": True}, (None, 5, 1), None),
    ({"dtype": "int32"}, (None, 5), "expected dtype=int32, found dtype=float32"),
]


@pytest.mark.parametrize(("arguments", "shape", "problem"), FITS)
def test_what_a_layer_takes(arguments: dict[str, Any], shape: tuple[int | None, ...], problem: str | None) -> None:
    layer = layers.Identity()
    assert layer.input_spec is None
    layer.input_spec = InputSpec(**arguments)
    if problem is None:
        layer.build(shape)
        return
    with pytest.raises(ShapeError, match=problem):
        layer.build(shape)
    with pytest.raises(ShapeError, match=problem):
        layer(Input(shape[1:]))


def test_specs_of_several_inputs_and_wrong_ones() -> None:
    layer = layers.Add()
    layer.input_spec = [InputSpec(ndim=2), None]
    layer.build([(None, 3), (None, 3)])
    layer.input_spec = [InputSpec(ndim=2)]
    with pytest.raises(ShapeError, match="expects 1 inputs and received 2"):
        layer.build([(None, 3), (None, 3)])
    assert InputSpec.from_config(InputSpec(shape=(None, 3)).get_config()).shape == (None, 3)
    with pytest.raises(ConfigError, match="axis 2 is too many; expected an axis below 2"):
        InputSpec(ndim=2, axes={2: 1})
    with pytest.raises(ConfigError, match="with whole numbers as keys"):
        InputSpec(axes={"a": 1})  # type: ignore[dict-item]


def test_copies_from_configurations() -> None:
    first = initializers.RandomNormal(stddev=0.3, seed=4)
    np.testing.assert_array_equal(first.clone()((3,)), initializers.RandomNormal(stddev=0.3, seed=4)((3,)))

    class Half(LearningRateSchedule):
        def __call__(self, step: int) -> float:
            return 0.5

    class Double(layers.Identity):
        pass

    saved = optimizers.SGD(Half()).get_config()
    assert optimizers.SGD.from_config(saved, custom_objects={"Half": Half}).learning_rate == 0.5
    model = Sequential([Input((2,)), Double()])
    copy = Sequential.from_config(model.get_config(), custom_objects={"Double": Double})
    x = Input((2,))
    graph = Model(x, Double()(x))
    again = type(graph).from_config(graph.get_config(), custom_objects={"Double": Double})
    assert [type(layer) for layer in (copy.layers[0], again.layers[1])] == [Double, Double]
