"""Objects as plain values, and the user's own among them."""

from typing import Any

import numpy as np
import pytest

from vitral import Input, Sequential, initializers, layers, losses, metrics, models, optimizers, regularizers, saving
from vitral.errors import ConfigError, ModelFileError
from vitral.typing import Array, Cache

CLIPPED = {"module": "keras.layers", "class_name": "Conv1D", "config": {"name": "row"}, "registered_name": None}


class Halving(layers.Layer):
    """A layer of the user's."""

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return x / 2, None

    def backward(self, dy: Array, cache: Cache) -> Array:
        return dy / 2


@pytest.mark.parametrize(
    "instance",
    [
        layers.Conv2D(3, (1, 2), kernel_regularizer=regularizers.L2(0.5), kernel_initializer=initializers.HeNormal(3)),
        optimizers.SGD(optimizers.schedules.CosineDecay(0.5, 10), momentum=0.25),
        losses.MeanSquaredError(reduction="sum"),
        metrics.MeanSquaredError(name="error"),
        optimizers.schedules.ExponentialDecay(0.5, 3, 0.5),
        initializers.Constant(2.0),
        regularizers.L1L2(0.5, 0.25),
    ],
)
def test_every_kind_of_object_comes_back(instance: Any) -> None:
    again = saving.deserialize_keras_object(saving.serialize_keras_object(instance))
    assert type(again) is type(instance)
    assert again.get_config() == instance.get_config()


def test_lists_dictionaries_and_arrays_come_back() -> None:
    config = saving.serialize_keras_object({"a": (np.float32(0.5), None), "b": np.arange(3)})
    assert config["a"] == [0.5, None]
    again = saving.deserialize_keras_object(config)
    np.testing.assert_array_equal(again["b"], [0, 1, 2])
    assert again["b"].dtype == np.int64


def test_a_model_comes_back() -> None:
    model = Sequential([Input((3,)), layers.Dense(2, name="last")], name="small")
    again = saving.deserialize_keras_object(saving.serialize_keras_object(model))
    assert (again.name, again.output_shape, again.layers[0].name) == ("small", (None, 2), "last")


def test_what_keras_calls_its_own() -> None:
    """The descriptions are those of keras.saving.serialize_keras_object, Keras 3.15.1."""
    config = {
        "module": "keras.losses",
        "class_name": "CategoricalCrossentropy",
        "config": {
            "name": "categorical_crossentropy",
            "reduction": "sum",
            "from_logits": True,
            "label_smoothing": 0.25,
            "axis": -1,
        },
        "registered_name": None,
    }
    loss = saving.deserialize_keras_object(config)
    assert (type(loss), loss.reduction, loss.label_smoothing) == (losses.CategoricalCrossentropy, "sum", 0.25)


def double(y_true: Array, y_pred: Array) -> Array:
    return 2 * y_pred


def test_functions_go_by_their_names() -> None:
    config = saving.serialize_keras_object(double)
    assert (config["class_name"], config["config"]) == ("function", "double")
    assert saving.deserialize_keras_object(config, {"double": double}) is double
    with pytest.raises(ConfigError, match="unknown function 'double'; give it in custom_objects"):
        saving.deserialize_keras_object(config)
    with pytest.raises(ConfigError, match="cannot be described"):
        saving.serialize_keras_object(lambda x: x)


def test_a_scope_ends_with_its_block() -> None:
    config = saving.serialize_keras_object(Halving(name="half"))
    with saving.custom_object_scope({"Halving": Halving}):
        with saving.custom_object_scope({}):
            assert isinstance(saving.deserialize_keras_object(config), Halving)
        assert saving.get_registered_object("Halving") is Halving
    assert saving.get_registered_object("Halving") is None
    with pytest.raises(ConfigError, match="unknown class 'Halving'"):
        saving.deserialize_keras_object(config)


def test_a_scope_serves_a_whole_file(tmp_path: Any) -> None:
    Sequential([Input((2,)), Halving()]).save(tmp_path / "m.keras")
    with saving.custom_object_scope({"Halving": Halving}):
        again = models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict([[2.0, 4.0]], verbose=0), [[1, 2]])


def test_registered_objects_can_be_listed() -> None:
    saving.register_keras_serializable("listed", "half")(Halving)
    try:
        assert saving.get_registered_name(Halving) == "listed>half"
        assert saving.get_custom_objects()["listed>half"] is Halving
        assert saving.serialize_keras_object(Halving())["registered_name"] == "listed>half"
    finally:
        del saving.get_custom_objects()["listed>half"]
    assert saving.get_registered_name(Halving) == "Halving"


def test_code_is_never_run() -> None:
    described = {"class_name": "__lambda__", "config": {"value": {"class_name": "__bytes__", "config": {}}}}
    for safe_mode in (True, False):
        with pytest.raises(ConfigError, match="holds code, which Vitral does not run"):
            saving.deserialize_keras_object(described, safe_mode=safe_mode)


def test_unknown_classes_and_arguments() -> None:
    with pytest.raises(ConfigError, match="unknown layer 'Conv1D'"):
        saving.deserialize_keras_object(CLIPPED)
    with pytest.raises(ConfigError, match="unknown class 'Nothing'"):
        saving.deserialize_keras_object({"module": "mine", "class_name": "Nothing", "config": {}})
    with pytest.raises(ConfigError, match="unknown argument of deserialize_keras_object 'safe'"):
        saving.deserialize_keras_object(CLIPPED, safe=False)
    assert issubclass(ModelFileError, ValueError)
