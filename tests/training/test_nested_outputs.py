"""Labels, losses and metrics nested like the outputs; all numbers are those of Keras 3.15.1 for the same model."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from vitral import Input, Model, layers
from vitral.core.tree import map_structure
from vitral.errors import ConfigError

X = np.arange(12.0).reshape(4, 3) / 10
Y = {"kinds": [np.zeros((4, 1)), np.ones((4, 2))], "size": np.full((4, 1), 2.0)}


def network() -> Model:
    x = Input((3,))

    def out(name: str, units: int) -> Any:
        return layers.Dense(units, name=name, kernel_initializer="ones")(x)

    return Model(x, {"kinds": [out("a", 1), out("b", 2)], "size": out("c", 1)})


def compiled(**options: Any) -> Model:
    model = network()
    model.compile("sgd", **options)
    return model


def test_one_loss_for_all() -> None:
    history = compiled(loss="mse").fit(X, Y, validation_data=(X, Y), verbose=0).history
    expected = {"kinds/a_loss": 3.735, "kinds/b_loss": 1.435, "loss": 6.305, "size_loss": 1.135}
    expected |= {"val_kinds/a_loss": 3.44413, "val_kinds/b_loss": 1.39778, "val_loss": 5.9694, "val_size_loss": 1.12749}
    assert {name: values[0] for name, values in history.items()} == pytest.approx(expected, rel=1e-5)


def test_losses_weights_and_metrics_of_their_own() -> None:
    model = compiled(
        loss={"kinds": ["mse", "mae"], "size": "mse"},
        loss_weights={"kinds": [1.0, 2.0], "size": 0.5},
        metrics={"kinds": [["mae"], ["mse"]], "size": ["mae"]},
    )
    assert model.test_on_batch(X, Y, return_dict=True) == pytest.approx(
        {
            "a_mae": 1.65,
            "b_mse": 1.435,
            "c_mae": 0.9,
            "kinds/a_loss": 3.735,
            "kinds/b_loss": 1.0,
            "size_loss": 1.135,
            "loss": 3.735 + 2 * 1.0 + 0.5 * 1.135,
        },
        rel=1e-5,
    )


def test_weights_of_samples_generators_and_lists() -> None:
    weights = {"kinds": [np.ones(4), np.full(4, 2.0)], "size": np.ones(4)}
    assert compiled(loss="mse").test_on_batch(X, Y, weights)[0] == pytest.approx(7.74)

    def batches() -> Iterator[Any]:
        for rows in (slice(2), slice(2, 4)):
            yield X[rows], map_structure(lambda array, rows=rows: array[rows], Y)

    model = compiled(loss="mse")
    assert model.evaluate(batches(), verbose=0)[0] == pytest.approx(6.305)
    assert model.evaluate(X, [*Y["kinds"], Y["size"]], verbose=0)[0] == pytest.approx(6.305)


def test_labels_that_do_not_fit_are_refused() -> None:
    model = compiled(loss="mse")
    with pytest.raises(ConfigError, match=r"y is given for kinds; expected kinds/a, kinds/b, size"):
        model.fit(X, {"kinds": Y["kinds"]}, verbose=0)
    with pytest.raises(ConfigError, match=r"loss is given for a, b, c; expected all of the outputs kinds/a"):
        compiled(loss={"a": "mse", "b": "mae", "c": "mse"})
