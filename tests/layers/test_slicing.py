"""Parts of symbolic tensors."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vitral import Input, Model, layers, models
from vitral.errors import ConfigError, ShapeError

X = np.arange(40.0).reshape(2, 5, 4)


@pytest.mark.parametrize(
    "key",
    [
        np.s_[:, 0],
        np.s_[:, -1],
        np.s_[:, 1:, ::2],
        np.s_[:, ::-1, 1],
        np.s_[..., 3],
        np.s_[:, None, 2],
        np.s_[:, 2, ..., None],
        np.s_[:],
        np.s_[:, 4:1:-2],
    ],
)
def test_the_part_is_numpys(key: Any) -> None:
    x = Input((5, 4))
    y = x[key]
    model = Model(x, y)
    np.testing.assert_array_equal(model(X), X[key])
    assert y.shape == (None, *X[key].shape[1:])
    again = Model.from_config(json.loads(json.dumps(model.get_config())))
    np.testing.assert_array_equal(again(X), X[key])
    np.testing.assert_array_equal(models.clone_model(model)(X), X[key])


def test_axes_of_unknown_length() -> None:
    x = Input((None, 4))
    assert (x[:, 0].shape, x[:, 1:].shape, x[:, :, 1:].shape) == ((None, 4), (None, None, 4), (None, None, 3))
    np.testing.assert_array_equal(Model(x, x[:, -1])(X), X[:, -1])


def test_files_have_it_as_keras_writes_it(tmp_path: Path) -> None:
    """The description is that of Keras 3.15.1, but for the tensor's name."""
    pytest.importorskip("h5py")
    x = Input((5, 4), name="x")
    model = Model(x, x[..., 1:, 0])
    described = model.get_config()["layers"][1]
    assert described["inbound_nodes"][0]["args"][1] == [
        {"class_name": "__ellipsis__", "config": {}},
        {"class_name": "__slice__", "config": {"start": 1, "stop": None, "step": None}},
        0,
    ]
    name = model.layers[1].name
    rest = {key: value for key, value in described.items() if key != "inbound_nodes"}
    assert rest == {
        "module": "keras.src.ops.numpy",
        "class_name": "GetItem",
        "config": {"name": name},
        "registered_name": "GetItem",
        "name": name,
    }
    model.save(tmp_path / "m.keras")
    np.testing.assert_array_equal(models.load_model(tmp_path / "m.keras")(X), X[..., 1:, 0])


def test_what_is_no_part_is_refused() -> None:
    x = Input((5, 4))
    for key in (0, np.s_[1:], np.s_[0, :], None):
        with pytest.raises(ConfigError, match="which cuts the batch"):
            x[key]
    for key in (np.s_[:, "a"], np.s_[:, 1.5], np.s_[:, np.array([0, 1])], np.s_[:, True], np.s_[:, ::0]):
        with pytest.raises(ConfigError, match="expected whole numbers, slices"):
            x[key]
    with pytest.raises(ConfigError, match=r"expected one '...' at most"):
        x[..., 0, ...]
    with pytest.raises(ShapeError, match=r"takes number 5 of an axis of length 5"):
        x[:, 5]
    with pytest.raises(ShapeError, match=r"takes a part along 4 axes; the input has 3"):
        x[:, 0, 0, 0]


def test_activations_are_layers_on_symbolic_tensors() -> None:
    from vitral import activations

    x, data = Input((4,)), np.array([[-1.0, 0.0, 1.0, 2.0]])
    for activation in (activations.relu, activations.softmax, activations.get("gelu")):
        y = activation(x)
        assert isinstance(y.layer, layers.Activation)
        np.testing.assert_allclose(Model(x, y)(data), activation(data), rtol=1e-6)
    with pytest.raises(ConfigError, match=r"relu received \['max_value'\] beside a symbolic tensor"):
        activations.relu(x, max_value=6.0)
