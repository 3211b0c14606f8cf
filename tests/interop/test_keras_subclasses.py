"""The same subclass of Model in Keras and here: files go both ways."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vitral

keras = pytest.importorskip("keras")

X = np.random.default_rng(1).normal(size=(6, 4)).astype("float32")


def blocks_of(library: Any) -> Any:
    """The class, with one of the two libraries."""
    layers = library.layers

    class Blocks(library.Model):  # type: ignore[misc]
        def __init__(self, width: int, depth: int = 2, **options: Any) -> None:
            super().__init__(**options)
            self.steps = [layers.Dense(width, activation="tanh") for _ in range(depth)]
            self.ends = {"a": [layers.BatchNormalization()], "b": layers.Dense(3)}
            self._inside = library.Sequential([layers.Dense(3, activation="softmax")])

        def call(self, inputs: Any) -> Any:
            x = inputs
            for step in self.steps:
                x = step(x)
            return self._inside(self.ends["b"](self.ends["a"][0](x)))

        def get_config(self) -> Any:
            return {**super().get_config(), "width": self.steps[0].units, "depth": len(self.steps)}

    return Blocks


@pytest.mark.parametrize(("ours", "theirs"), [(vitral, keras), (keras, vitral)], ids=["to Keras", "from Keras"])
def test_files_of_subclasses(ours: Any, theirs: Any, tmp_path: Path) -> None:
    model = blocks_of(ours)(5, name="blocks")
    model.compile("adam", "mse")
    model.fit(X, np.zeros((6, 3)), epochs=2, verbose=0)
    model.save(tmp_path / "m.keras")
    again = theirs.saving.load_model(tmp_path / "m.keras", custom_objects={"Blocks": blocks_of(theirs)})
    assert again.name == "blocks"
    np.testing.assert_allclose(again.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5, atol=1e-6)
    assert int(again.optimizer.iterations.numpy()) == 2
    model.save_weights(tmp_path / "m.weights.h5")
    fresh = blocks_of(theirs)(5)
    fresh(X)
    fresh.load_weights(tmp_path / "m.weights.h5")
    np.testing.assert_allclose(fresh.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5, atol=1e-6)
