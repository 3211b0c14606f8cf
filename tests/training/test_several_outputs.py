"""A model of two inputs and two outputs, with a layer used twice, beside Keras 3.15 (PyTorch backend, double precision;
its metrics are single)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.conftest import fill
from vitral import Input, Model, layers, metrics, optimizers
from vitral.core.tree import flatten
from vitral.errors import ConfigError, DataError, ModelWarning, ShapeError
from vitral.models import load_model
from vitral.typing import Array

CE = "sparse_categorical_crossentropy"
XA, XB = np.cos(np.arange(6 * 4)).reshape(6, 4), np.sin(np.arange(6 * 3)).reshape(6, 3)
YC, YR = np.arange(6) % 3, np.linspace(-1, 1, 6).reshape(6, 1)
LISTS: dict[str, Any] = {
    "loss": [CE, "mse"],
    "loss_weights": [1.0, 0.5],
    "metrics": [["accuracy"], ["mae"]],
    "weighted_metrics": [None, ["mse"]],
}
NAMES: dict[str, Any] = {
    "loss": {"reg": "mse", "cls": CE},
    "loss_weights": {"reg": 0.5},
    "metrics": {"cls": ["accuracy"], "reg": "mae"},
    "weighted_metrics": {"reg": "mse"},
}


@pytest.fixture
def model(double: None) -> Model:
    a, b = Input((4,), name="a"), Input((3,), name="b")
    h = layers.Dense(5, activation="relu", name="ha")(a)
    shared = layers.Dense(5, activation="tanh", name="shared")
    h = layers.Add(name="res")([h, shared(h)])
    z = shared(layers.Dense(5, name="hb")(b))
    y1 = layers.Dense(3, activation="softmax", name="cls")(layers.Concatenate(name="cat")([h, b]))
    y2 = layers.Dense(1, name="reg")(layers.multiply([h, z]))
    model = Model([a, b], [y1, y2], name="two")
    fill(model)
    return model


def test_predictions_of_all_outputs(model: Model) -> None:
    first, second = model.predict([XA[:2], XB[:2]], verbose=0)
    expected = [
        [0.27388547222814097, 0.34892157502767335, 0.37719295274418574],
        [0.17341604046554032, 0.3518048774442794, 0.4747790820901802],
    ]
    np.testing.assert_allclose(first, expected, rtol=1e-7)
    np.testing.assert_allclose(second, [[0.75877893740509], [0.5237258004603191]], rtol=1e-7)
    for y, same in zip(model.predict_on_batch({"b": XB, "a": XA}), model([XA, XB]), strict=True):
        np.testing.assert_allclose(y, same)


@pytest.mark.parametrize("arguments", [LISTS, NAMES])
def test_one_step(model: Model, arguments: dict[str, Any]) -> None:
    model.compile(optimizers.SGD(0.1), **arguments)
    result = model.train_on_batch([XA, XB], [YC, YR])
    names = ["loss", "cls_loss", "reg_loss", "cls_accuracy", "reg_mae", "reg_mse"]
    assert model.metrics_names == names
    np.testing.assert_allclose(
        result, [1.62467241, 1.10919988, 1.03094494, 0.16666667, 0.88134384, 1.03094494], rtol=1e-7
    )
    bias, shared = model.get_weights()[1], model.get_weights()[2]
    np.testing.assert_allclose(bias, [0.39863331, -0.00172591, -0.43561378, -0.45656863, -0.06583034], atol=1e-8)
    np.testing.assert_allclose(shared[0], [0.36908638, 0.48038593, 0.12289028, -0.33954237, -0.49596476], atol=1e-8)
    sums = [6.514263185399512, 1.358371969635956, 7.919871690924023, 1.8183662195184642, 4.539159191961201]
    sums += [1.649635583131193, 7.785993639635639, 0.9535739374278607, 1.357443628581369, 0.42532163481269075]
    np.testing.assert_allclose([np.abs(w).sum() for w in model.get_weights()], sums, rtol=1e-7)
    logs = model.train_on_batch({"a": XA, "b": XB}, {"reg": YR, "cls": YC}, return_dict=True)
    expected = {
        "cls_accuracy": 0.16666667,
        "cls_loss": 1.04698288,
        "loss": 1.47704887,
        "reg_loss": 0.86013198,
        "reg_mae": 0.82804316,
        "reg_mse": 0.86013198,
    }
    assert list(logs) == list(expected)
    assert logs == pytest.approx(expected, rel=1e-7)


def test_fit_and_evaluate(model: Model) -> None:
    model.compile(optimizers.SGD(0.1), **LISTS)
    for _ in range(2):
        model.train_on_batch([XA, XB], [YC, YR])
    history = model.fit([XA, XB], [YC, YR], 4, 2, shuffle=False, verbose=0, validation_split=0.34).history
    expected = {
        "cls_accuracy": [0.33333334, 0.66666669],
        "cls_loss": [1.00363779, 0.92471504],
        "loss": [1.5547719, 1.22651327],
        "reg_loss": [1.1022681, 0.60359645],
        "reg_mae": [1.00261605, 0.72418159],
        "reg_mse": [1.1022681, 0.60359645],
        "val_cls_accuracy": [0.33333334, 0.33333334],
        "val_cls_loss": [0.98900753, 0.98845124],
        "val_loss": [1.32250607, 1.45442021],
        "val_reg_loss": [0.66699713, 0.93193793],
        "val_reg_mae": [0.7732389, 0.92911094],
        "val_reg_mse": [0.66699713, 0.93193793],
    }
    assert list(history) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-6, err_msg=name)
    result = model.evaluate([XA, XB], [YC, YR], verbose=0)
    np.testing.assert_allclose(result, [1.24434984, 0.92447108, 0.63975757, 0.5, 0.7259922, 0.63975757], rtol=1e-6)
    again = model.evaluate({"a": XA, "b": XB}, {"cls": YC, "reg": YR}, verbose=0, return_dict=True)
    assert again == pytest.approx(dict(zip(model.metrics_names, result, strict=True)))


def test_one_loss_for_all_outputs(model: Model) -> None:
    model.compile("sgd", "mse")
    logs = model.train_on_batch([XA, XB], [np.eye(3)[YC], YR], return_dict=True)
    assert logs == pytest.approx({"cls_loss": 0.22873062, "loss": 1.25967562, "reg_loss": 1.03094494})


def test_an_output_without_a_loss(model: Model) -> None:
    model.compile("sgd", [None, "mse"], metrics=["mae", "mse"])
    before = model.get_weights()
    with pytest.warns(ModelWarning, match="no gradient for cls/kernel, cls/bias"):
        logs = model.train_on_batch([XA, XB], [np.eye(3)[YC], YR], return_dict=True)
    assert logs == pytest.approx({"cls_mae": 0.4426947, "loss": 1.03094494, "reg_mse": 1.03094494})
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    kept = [variable.path.split("/")[0] for variable, is_new in zip(model.weights, changed, strict=True) if not is_new]
    assert kept == ["cls", "cls"]
    model.compile("sgd", [None, "mse"])
    assert model.test_on_batch([XA, XB], {"reg": YR}) == pytest.approx(model.test_on_batch([XA, XB], [None, YR]))


def test_weights_of_samples_for_each_output(model: Model) -> None:
    # Weighted means of the losses of single samples, over the number of samples.
    model.compile("sgd", [CE, "mse"], weighted_metrics=[None, ["mse"]])
    wc, wr = np.linspace(0, 2, 6), np.arange(6.0)
    p, r = model.predict([XA, XB], verbose=0)
    cross_entropies, squares = -np.log(p[np.arange(6), YC]), (r - YR)[:, 0] ** 2
    for given, c, s in (([wc, wr], wc, wr), ({"reg": wr}, np.ones(6), wr), (wc, wc, wc)):
        logs = model.test_on_batch([XA, XB], [YC, YR], sample_weight=given, return_dict=True)
        expected = {"cls_loss": (c * cross_entropies).mean(), "reg_loss": (s * squares).mean()}
        expected |= {"loss": sum(expected.values()), "reg_mse": (s * squares).sum() / s.sum()}
        assert logs == pytest.approx(expected)


def test_batches_from_a_generator(model: Model) -> None:
    def batches() -> Iterator[tuple[Any, ...]]:
        for rows in (slice(0, 4), slice(4, 6)):
            yield {"a": XA[rows], "b": XB[rows]}, (YC[rows], YR[rows])

    model.compile(optimizers.SGD(0.1), **LISTS)
    weights = model.get_weights()
    from_generator = model.fit(batches(), verbose=0).history
    model.set_weights(weights)
    model.compile(optimizers.SGD(0.1), **LISTS)
    assert model.fit([XA, XB], [YC, YR], 4, shuffle=False, verbose=0).history == from_generator
    for y, same in zip(model.predict(batches(), verbose=0), model([XA, XB]), strict=True):
        np.testing.assert_allclose(y, same)


def test_shuffling_keeps_inputs_and_labels_together() -> None:
    a, b = Input((1,), name="a"), Input((1,), name="b")
    model = Model([a, b], [layers.subtract([a, b]), layers.add([a, b])])
    model.compile("sgd", "mse", metrics=[["mse"], ["mse"]])
    x, z = np.arange(50.0).reshape(50, 1), np.sin(np.arange(50.0)).reshape(50, 1)
    with pytest.warns(ModelWarning, match="no trainable weights"):
        history = model.fit([x, z], [x - z, x + z], 7, verbose=0).history
    assert history["loss"][0] < 1e-10


def test_outputs_in_a_dictionary_are_named_by_its_keys() -> None:
    x = Input((2,), name="x")
    model = Model(x, {"u": layers.Dense(1, name="du")(x), "a": layers.Dense(2, name="da")(x)})
    assert model.output_names == ["da", "du"]  # as in Keras: by the sorted keys
    model.compile("sgd", {"u": "mse", "a": "mae"}, metrics={"u": ["mae"], "a": ["mse"]})
    data = np.ones((3, 2))
    assert {name: y.shape for name, y in model.predict(data, verbose=0).items()} == {"u": (3, 1), "a": (3, 2)}
    history = model.fit(data, {"u": np.ones((3, 1)), "a": data}, verbose=0).history
    assert list(history) == ["a_loss", "a_mse", "loss", "u_loss", "u_mae"]


def test_a_metric_keeps_its_name_in_front_of_which_the_logs_put_the_outputs(model: Model, tmp_path: Path) -> None:
    # As in Keras: reg_error in the logs, whether the model was just compiled, compiled again or loaded.
    error = metrics.MeanSquaredError(name="error")
    for _ in range(2):
        model.compile("sgd", [CE, "mse"], metrics={"reg": [error]})
        logs = model.train_on_batch([XA, XB], [YC, YR], return_dict=True)
        assert sorted(logs) == ["cls_loss", "loss", "reg_error", "reg_loss"]
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    assert again.train_on_batch([XA, XB], [YC, YR], return_dict=True).keys() == logs.keys()
    assert error.name == "error"
    assert [metric.name for metric in again.metrics][-1] == "error"


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (
            lambda m: m.compile("sgd", ["mse"]),
            ConfigError,
            r"loss is \['mse'\]; expected one for each output: cls, reg",
        ),
        (
            lambda m: m.compile("sgd", {"reg": "mse"}),
            ConfigError,
            "loss is given for reg; expected all of the outputs cls, reg",
        ),
        (lambda m: m.compile("sgd", "mse", loss_weights=["a", 1]), ConfigError, "loss_weights holds 'a'"),
        (lambda m: m.compile("sgd", "mse", loss_weights=[1.0]), ConfigError, "expected one for each output"),
        (
            lambda m: m.compile("sgd", "mse", metrics=["mae"]),
            ConfigError,
            r"metrics is \['mae'\]; expected one for each",
        ),
        (lambda m: m.fit(XA, [YC, YR]), ConfigError, "x is a ndarray; expected a list of 2 or a dictionary: a, b"),
        (lambda m: m.fit([XA], [YC, YR]), ConfigError, "x is a list of 1; expected a list of 2"),
        (lambda m: m.fit({"a": XA}, [YC, YR]), ConfigError, "x is given for a; expected a, b"),
        (lambda m: m.fit([XA, XB], YC), ConfigError, "y is a ndarray; expected a list of 2 or a dictionary: cls, reg"),
        (lambda m: m.fit([XA, XB], {"cls": YC, "rag": YR}), ConfigError, "y is given for cls, rag; expected cls, reg"),
        (lambda m: m.fit([XA, XB], [YC, None]), DataError, "y is missing: the loss mean_squared_error"),
        (lambda m: m.fit([XA, XB[:5]], [YC, YR]), DataError, "x of 'a' has 6, x of 'b' has 5"),
        (lambda m: m.fit([XB, XA], [YC, YR]), ShapeError, r'shape \(6, 3\) for the input "a"; expected \(None, 4\)'),
        (lambda m: m.fit([XA, XB], [YC, YR], class_weight={0: 2.0}), ConfigError, "for models with one output"),
        (lambda m: m.fit([XA, XB], [YC + 1, YR]), DataError, "classes 0 to 2"),
    ],
)
def test_what_does_not_fit(model: Model, act: Callable[[Model], object], error: type[Exception], message: str) -> None:
    model.compile("sgd", [CE, "mse"])
    with pytest.raises(error, match=message) as caught:
        act(model)
    assert "\n" not in str(caught.value)


def test_a_last_layer_whose_activation_another_needs_is_not_taken_apart(double: None) -> None:
    # The loss of raw scores is taken from the probabilities that the other output is made of.
    x = Input((2,), name="x")
    p = layers.Dense(2, activation="softmax", name="p")(x)
    model = Model(x, [p, layers.Dense(1, name="d")(p)])
    fill(model)
    model.compile(optimizers.SGD(1.0), [CE, "mse"])
    data: Array = np.array([[1.0, 2.0]])
    before = model.get_weights()
    a = model([data])[0][0]
    w = before[2][:, 0]
    d = a @ w + before[3][0]
    # dz = (a - y) + 2 (d - 3) (w - a w) a, and the kernel's gradient is x dz.
    dz = (a - [1, 0]) + 2 * (d - 3) * (w - a @ w) * a
    model.train_on_batch(data, [np.array([0]), np.array([[3.0]])])
    np.testing.assert_allclose(before[0] - model.get_weights()[0], np.outer(data[0], dz), rtol=1e-9)


@pytest.mark.parametrize(
    "structure",
    [
        lambda a, b, c: [a, [b, c]],
        lambda a, b, c: {"x": a, "y": [b, c]},
        lambda a, b, c: ([a], {"z": c, "y": b}),
    ],
)
def test_inputs_may_lie_in_lists_in_lists(structure: Callable[..., Any], tmp_path: Path) -> None:
    tensors = [Input((2,), name=name) for name in "abc"]
    model = Model(structure(*tensors), layers.Concatenate()(tensors))
    arrays = [np.full((3, 2), value) for value in (1.0, 2.0, 3.0)]
    expected = np.repeat([[1.0, 2.0, 3.0]], 2, axis=1)
    given = structure(*arrays)
    np.testing.assert_array_equal(model(given), np.repeat(expected, 3, axis=0))
    for x in (given, arrays, dict(zip("abc", arrays, strict=True))):
        np.testing.assert_array_equal(model.predict(x, verbose=0)[:1], expected)
    model.save(tmp_path / "nested.keras")
    np.testing.assert_array_equal(load_model(tmp_path / "nested.keras").predict(given, verbose=0)[:1], expected)
    outer = Model(structure(*tensors), layers.Dense(1, kernel_initializer="ones")(model(structure(*tensors))))
    outer.compile("sgd", "mse")
    assert outer.evaluate(given, np.zeros(3), verbose=0) == 144
    y, cache = model.forward(given)
    dx = flatten(model.backward(np.ones_like(y), cache))
    assert [part.shape for part in dx] == [(3, 2)] * 3


def test_outputs_may_lie_in_lists_in_dictionaries() -> None:
    x = Input((1,))
    model = Model(x, {"same": x, "more": [2 * x, x + 1]})
    predicted = model.predict(np.array([[3.0]]), verbose=0)
    assert {name: np.asarray(part).ravel().tolist() for name, part in predicted.items()} == {
        "same": [3.0],
        "more": [6.0, 4.0],
    }
