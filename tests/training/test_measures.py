"""Loss and metrics of given predictions, worked out by hand."""

from typing import Any

import numpy as np
import pytest

from vitral import Input, Model, Sequential, layers, regularizers
from vitral.errors import ConfigError, DataError, ModelFileError

Y = np.array([[0.0], [1.0]])
P = np.array([[1.0], [3.0]])


@pytest.fixture
def model() -> Sequential:
    made = Sequential(
        [Input((2,)), layers.Dense(1, kernel_initializer="ones", kernel_regularizer=regularizers.L2(0.5))]
    )
    made.compile("sgd", "mse", metrics=["mae"])
    return made


def test_the_loss_of_predictions(model: Sequential) -> None:
    # (1 + 4) / 2, and 0.5 * 2 for the weights
    assert model.compute_loss(y=Y, y_pred=P) == pytest.approx(3.5)
    assert model.compute_loss(None, Y, P, np.array([2.0, 0.0]), training=False) == pytest.approx(2.0)
    with pytest.raises(DataError, match="y is missing"):
        model.compute_loss(y_pred=P)
    with pytest.raises(ConfigError, match="y_pred has 0 arrays; expected one for each output: 1"):
        model.compute_loss(y=Y)


def test_the_metrics_of_predictions(model: Sequential) -> None:
    assert model.compute_metrics(None, Y, P) == pytest.approx({"loss": 0.0, "mae": 1.5})
    assert model.compute_metrics(None, Y[:1], P[:1])["mae"] == pytest.approx(4 / 3)
    model.reset_metrics()
    model.evaluate(np.zeros((2, 2)), Y, verbose=0)  # predictions of 0
    assert model.get_metrics_result() == {"loss": 0.0, "mae": 0.0}


def test_several_outputs() -> None:
    x = Input((2,))
    model = Model(x, {"a": layers.Dense(1)(x), "b": layers.Dense(1)(x)})
    model.compile("sgd", {"a": "mse", "b": "mae"}, loss_weights={"a": 1.0, "b": 10.0})
    assert model.compute_loss(y={"a": Y, "b": Y}, y_pred={"a": P, "b": P}) == pytest.approx(2.5 + 10 * 1.5)


def test_a_subclass_that_writes_what_nobody_asks_is_refused() -> None:
    with pytest.raises(ConfigError, match="Own writes compute_loss, which a training does not ask"):

        class Own(Model):
            def compute_loss(self, *arguments: Any, **options: Any) -> float:
                return 0.0


def test_compile_takes_what_changes_nothing_and_refuses_what_would(model: Sequential) -> None:
    model.compile("sgd", "mse", run_eagerly=True, jit_compile=False, auto_scale_loss=False, steps_per_execution=1)
    with pytest.raises(ConfigError, match="steps_per_execution is 8; Vitral has steps_per_execution=1 only"):
        model.compile("sgd", "mse", steps_per_execution=8)


def test_a_model_is_compiled_as_another_was(model: Sequential) -> None:
    other = Sequential([Input((2,)), layers.Dense(1)])
    other.compile_from_config(model.get_compile_config())
    assert other.get_compile_config() == model.get_compile_config()
    with pytest.raises(ModelFileError, match="unknown loss"):
        other.compile_from_config({**model.get_compile_config(), "loss": "nonsense"})


@pytest.mark.parametrize("name", ["train_step", "test_step", "predict_step"])
def test_a_step_of_ones_own_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=f"Own writes {name}, whose gradients nobody would write"):
        type("Own", (Model,), {name: lambda self, data: {}})
