"""Functional models as Keras 3.15 describes, copies and draws them."""

import json
from typing import Any

import numpy as np
import pytest

from tests.training.conftest import fill
from vitral import Input, Model, Sequential, layers, models
from vitral.errors import ConfigError, ModelFileError

SUMMARY = """\
Model: "two"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)                  ┃ Output Shape              ┃         Param # ┃ Connected to               ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━┩
│ a (InputLayer)                │ (None, 4)                 │               0 │ -                          │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ ha (Dense)                    │ (None, 5)                 │              25 │ a[0][0]                    │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ b (InputLayer)                │ (None, 3)                 │               0 │ -                          │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ shared (Dense)                │ (None, 5)                 │              30 │ ha[0][0], hb[0][0]         │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ hb (Dense)                    │ (None, 5)                 │              20 │ b[0][0]                    │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ res (Add)                     │ (None, 5)                 │               0 │ ha[0][0], shared[0][0]     │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ cat (Concatenate)             │ (None, 8)                 │               0 │ res[0][0], b[0][0]         │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ multiply (Multiply)           │ (None, 5)                 │               0 │ res[0][0], shared[1][0]    │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ cls (Dense)                   │ (None, 3)                 │              27 │ cat[0][0]                  │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ reg (Dense)                   │ (None, 1)                 │               6 │ multiply[0][0]             │
└───────────────────────────────┴───────────────────────────┴─────────────────┴────────────────────────────┘
 Total params: 108 (432.00 B)
 Trainable params: 108 (432.00 B)
 Non-trainable params: 0 (0.00 B)
"""


def two_by_two() -> Model:
    a, b = Input((4,), name="a"), Input((3,), name="b")
    h = layers.Dense(5, activation="relu", name="ha")(a)
    shared = layers.Dense(5, activation="tanh", name="shared")
    h = layers.Add(name="res")([h, shared(h)])
    z = shared(layers.Dense(5, name="hb")(b))
    y1 = layers.Dense(3, activation="softmax", name="cls")(layers.Concatenate(name="cat")([h, b]))
    y2 = layers.Dense(1, name="reg")(layers.Multiply(name="multiply")([h, z]))
    return Model([a, b], [y1, y2], name="two")


def tensor(shape: list[int | None], *history: object) -> dict[str, object]:
    config = {"shape": shape, "dtype": "float32", "keras_history": list(history)}
    return {"class_name": "__keras_tensor__", "config": config}


def test_the_description_is_kerass() -> None:
    config = two_by_two().get_config()
    assert config["name"] == "two"
    assert (config["input_layers"], config["output_layers"]) == (
        [["a", 0, 0], ["b", 0, 0]],
        [["cls", 0, 0], ["reg", 0, 0]],
    )
    calls = {layer["name"]: layer["inbound_nodes"] for layer in config["layers"]}
    assert list(calls) == ["a", "ha", "b", "shared", "hb", "res", "cat", "multiply", "cls", "reg"]
    assert calls["a"] == []
    assert calls["shared"] == [
        {"args": [tensor([None, 5], "ha", 0, 0)], "kwargs": {}},
        {"args": [tensor([None, 5], "hb", 0, 0)], "kwargs": {}},
    ]
    assert calls["multiply"] == [
        {"args": [[tensor([None, 5], "res", 0, 0), tensor([None, 5], "shared", 1, 0)]], "kwargs": {}}
    ]
    assert config["layers"][5]["module"] == "keras.layers"
    assert json.dumps(json.loads(json.dumps(config))) == json.dumps(config)


def test_models_in_models_and_training_of_one_call() -> None:
    i, k = Input((4,), name="x"), Input((4,), name="k")
    inner = Model(i, layers.Dense(2, name="d")(i), name="inner")
    h = layers.Dense(3, name="t")(inner(k, training=False))
    model = Model(k, [h, inner(layers.Dense(4, name="q")(k))], name="o2")
    config = model.get_config()
    described = config["layers"][1]
    assert (described["module"], described["class_name"], described["registered_name"]) == (
        *("keras.src.models.functional", "Functional"),
        "Functional",
    )
    assert described["inbound_nodes"][0]["kwargs"] == {"training": False}
    # As in Keras: a graph counts a call of its own before the first, but only among inputs and outputs.
    assert config["output_layers"] == [["t", 0, 0], ["inner", 2, 0]]
    assert config["layers"][3]["inbound_nodes"] == [{"args": [tensor([None, 2], "inner", 0, 0)], "kwargs": {}}]
    again = models.model_from_json(model.to_json())
    assert again.to_json() == model.to_json()
    again.set_weights(model.get_weights())
    for y, same in zip(again(np.ones((1, 4))), model(np.ones((1, 4))), strict=True):
        np.testing.assert_array_equal(y, same)


def test_calls_of_a_layer_at_different_depths_are_made_in_order() -> None:
    # A(B(A(B(x)))), which cannot be made layer by layer.
    a, b, x = layers.Dense(2, name="A"), layers.Dense(2, name="B"), Input((2,), name="x")
    model = Model({"x": x}, {"y": a(b(a(b(x))))})
    again = type(model).from_config(model.get_config())
    again.set_weights(model.get_weights())
    x_value = np.array([[1.0, 2.0]])
    np.testing.assert_array_equal(again({"x": x_value})["y"], model({"x": x_value})["y"])
    assert again.get_config() == model.get_config()


def test_a_part_of_a_model_is_described_by_its_own_calls() -> None:
    x = Input((3,), name="x")
    shared = layers.Dense(3, name="shared")
    model = Model(x, shared(layers.ReLU(name="r")(shared(x))), name="whole")
    part = Model(model.get_layer("r").output, model.output)
    (call,) = part.get_config()["layers"][1]["inbound_nodes"]
    assert call["args"][0]["config"]["keras_history"][1:] == [0, 0]
    assert type(part).from_config(part.get_config()).output_shape == (None, 3)


def test_a_clone_has_new_weights() -> None:
    model = two_by_two()
    clone = models.clone_model(model)
    assert clone.get_config() == model.get_config()
    assert all(a is not b for a, b in zip(clone.weights, model.weights, strict=True))
    wider = models.clone_model(
        Sequential([Input((2,)), layers.Dense(2, name="d")]), clone_function=lambda layer: layers.Dense(7)
    )
    assert wider.output_shape == (None, 7)
    x = Input((4,), name="new")
    assert models.clone_model(Sequential([Input((4,)), layers.Dense(2)]), input_tensors=x).input is x


def test_the_table_is_kerass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    texts: list[str] = []
    two_by_two().summary(print_fn=texts.append)
    assert texts == [SUMMARY]


def test_the_table_of_a_graph_without_branches_has_three_columns() -> None:
    x = Input((4,), name="x")
    texts: list[str] = []
    Model(x, layers.Dense(2, name="d")(x)).summary(line_length=88, print_fn=texts.append)
    assert "Connected to" not in texts[0]
    assert "│ x (InputLayer)                       │ (None, 4)                   │               0 │" in texts[0]


def test_operators() -> None:
    x, y = Input((2,), name="x"), Input((2,), name="y")
    model = Model([x, y], (x + y) * (x - y))
    assert model([np.array([[5.0, 2.0]]), np.array([[3.0, 1.0]])]).tolist() == [[16.0, 3.0]]
    with pytest.raises(TypeError, match="unsupported operand"):
        _ = x + "1"


def test_an_operator_that_keras_wrote() -> None:
    model = two_by_two()
    config = model.get_config()
    config["layers"][5] |= {"module": "keras.src.ops.numpy", "config": {"name": "res"}}
    (call,) = config["layers"][5]["inbound_nodes"]
    call["args"] = call["args"][0]
    again = type(model).from_config(config)
    fill(model)
    fill(again)
    xs = [np.ones((1, 4)), np.ones((1, 3))]
    np.testing.assert_array_equal(again(xs)[0], model(xs)[0])


def test_the_older_form_of_calls() -> None:
    model = two_by_two()
    config = model.get_config()
    for layer in config["layers"]:
        layer["inbound_nodes"] = [
            [[*place["config"]["keras_history"], {}] for place in np.ravel(call["args"])]
            for call in layer["inbound_nodes"]
        ]
    assert type(model).from_config(config).get_config() == model.get_config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "the text is not JSON"),
        ('{"class_name": "Functional", "config": {"layers": []}}', "does not describe a model"),
        ('{"class_name": "Other", "config": {}}', "a model of the kind 'Other'"),
    ],
)
def test_texts_that_describe_no_model(text: str, message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        models.model_from_json(text)


def test_a_call_that_waits_for_ever() -> None:
    config = two_by_two().get_config()
    config["layers"][-1]["inbound_nodes"][0]["args"] = [tensor([None, 1], "reg", 0, 0)]
    with pytest.raises(ConfigError, match='the call of "reg" waits for a result that never comes'):
        type(two_by_two()).from_config(config)
    config["layers"][-1]["inbound_nodes"][0]["args"] = [tensor([None, 1], "nobody", 0, 0)]
    with pytest.raises(ConfigError, match='called on "nobody", which is not in the model'):
        type(two_by_two()).from_config(config)


def test_model_itself_makes_a_graph_of_a_configuration() -> None:
    model = two_by_two()
    again: Any = Model.from_config(model.get_config())
    assert type(again) is type(model)
    assert again.get_config() == model.get_config()
