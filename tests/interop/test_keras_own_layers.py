"""Layers of one's own whose `call` is made of layers: the same class under both, and their files in both directions."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vitral

keras = pytest.importorskip("keras")

X = np.cos(np.arange(4 * 72)).reshape(4, 6, 6, 2).astype("float32")
Y = np.array([0, 1, 1, 0])


def network(library: Any) -> tuple[Any, dict[str, Any]]:
    """A graph with a block that is used in a block, and the classes by which a file is read."""
    layers = library.layers

    class Block(layers.Layer):  # type: ignore[name-defined, misc]
        def __init__(self, filters: int, **options: Any) -> None:
            super().__init__(**options)
            self.filters = filters
            self.convs: list[Any] = []
            self.norms: list[Any] = []
            for _ in range(2):
                self.convs.append(layers.Conv2D(filters, 3, padding="same", use_bias=False))
                self.norms.append(layers.BatchNormalization())
            self._relu = layers.ReLU()
            self.shortcut: Any = None

        def build(self, input_shape: Any) -> None:
            if input_shape[-1] != self.filters:
                self.shortcut = layers.Conv2D(self.filters, 1)
            super().build(input_shape)

        def call(self, x: Any, training: bool = False) -> Any:
            h = x
            for conv, norm in zip(self.convs, self.norms, strict=True):
                h = self._relu(norm(conv(h), training=training))
            return h + (x if self.shortcut is None else self.shortcut(x))

        def get_config(self) -> Any:
            return {**super().get_config(), "filters": self.filters}

    class Stage(layers.Layer):  # type: ignore[name-defined, misc]
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.blocks = {"wide": Block(4), "narrow": Block(4)}
            self.head = library.Sequential([layers.GlobalAveragePooling2D(), layers.Dense(3, activation="tanh")])

        def call(self, x: Any, scale: Any) -> Any:
            return layers.multiply([self.head(self.blocks["narrow"](self.blocks["wide"](x))), scale])

    image, extra = library.Input((6, 6, 2), name="image"), library.Input((3,), name="extra")
    h = Stage()(Block(2)(image), layers.Dense(3)(extra))
    model = library.Model([image, extra], layers.Dense(2, activation="softmax")(h))
    model.compile(library.optimizers.SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy")
    return model, {"Block": Block, "Stage": Stage}


def steps(model: Any, count: int) -> list[float]:
    return [float(np.ravel(model.train_on_batch([X, X[:, 0, :3, 0]], Y))[0]) for _ in range(count)]


def test_weights_and_steps_are_those_of_keras() -> None:
    (ours, _), (theirs, _) = network(vitral), network(keras)
    assert [w.shape for w in ours.get_weights()] == [w.shape for w in theirs.get_weights()]
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(steps(ours, 4), steps(theirs, 4), rtol=1e-5)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    names = [[v.path.split("/")[-1] for v in model.trainable_weights] for model in (ours, theirs)]
    assert names[0] == names[1]


# Keras does not take an optimizer's state from a file of weights before a first step.
@pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer:UserWarning")
@pytest.mark.parametrize("way", ["there", "back"])
def test_files_go_both_ways(tmp_path: Path, way: str) -> None:
    writer, reader = (vitral, keras) if way == "there" else (keras, vitral)
    model, _ = network(writer)
    steps(model, 2)
    model.save(tmp_path / "m.keras")
    model.save_weights(tmp_path / "m.weights.h5")
    other, classes = network(reader)
    again = reader.models.load_model(tmp_path / "m.keras", custom_objects=classes)
    other.load_weights(tmp_path / "m.weights.h5")
    expected = model.predict([X, X[:, 0, :3, 0]], verbose=0)
    for read in (again, other):
        np.testing.assert_allclose(read.predict([X, X[:, 0, :3, 0]], verbose=0), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(steps(again, 2), steps(model, 2), rtol=1e-5)
