"""`import vitral as keras`: the names, how quickly they come, and an ordinary script."""

import inspect
import re
import subprocess
import sys
from importlib.metadata import version

import numpy as np
import pytest

import vitral as keras
from vitral import datasets, layers, models


@pytest.mark.parametrize("name", keras.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(keras, name) is not None
    assert name in dir(keras)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'vitral' has no attribute 'Sequentiel'"):
        _ = keras.Sequentiel


@pytest.mark.parametrize("layer", [layers.Layer, layers.Identity, layers.Add])
def test_the_signature_of_a_layer_names_its_arguments(layer: type[layers.Layer]) -> None:
    assert {"name", "trainable"} <= inspect.signature(layer).parameters.keys()


def test_the_version_is_text_and_a_function() -> None:
    assert keras.version() == keras.__version__ == version("vitral")


def test_importing_loads_nothing_that_is_not_needed() -> None:
    code = "import sys, vitral; print(sorted(m for m in sys.modules if m.split('.')[0] in ('numpy', 'h5py', 'vitral')))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "['vitral']"


def test_an_ordinary_keras_script(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 32, 32, 3), np.uint8)
    labels = (np.arange(40) % 10).reshape(40, 1).astype(np.uint8)
    monkeypatch.setattr(datasets.cifar10, "load_data", lambda: ((images, labels), (images[:20], labels[:20])))

    # The network of the report L5, in the usual style.
    (train_images, train_labels), (test_images, test_labels) = datasets.cifar10.load_data()
    train_images, test_images = train_images / 255.0, test_images / 255.0
    model = models.Sequential()
    model.add(layers.Conv2D(32, (3, 3), activation="relu", input_shape=(32, 32, 3)))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Conv2D(64, (3, 3), activation="relu"))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Conv2D(64, (3, 3), activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(60, activation="relu"))
    model.add(layers.Dense(20, activation="sigmoid"))
    model.summary()
    model.compile(
        optimizer="adam",
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    with pytest.warns(keras.errors.ModelWarning, match="from_logits=True"):
        history = model.fit(train_images, train_labels, epochs=2, validation_data=(test_images, test_labels))
    test_loss, test_acc = model.evaluate(test_images, test_labels, verbose=2)
    probabilities = model.predict(test_images)

    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert history.history["val_accuracy"][-1] == pytest.approx(test_acc)
    assert history.history["val_loss"][-1] == pytest.approx(test_loss)
    assert probabilities.shape == (20, 20)
    text = capsys.readouterr().out
    assert " Total params: 119,040 (465.00 KB)" in text
    number = r"\d\.\d{4}(?:e-\d\d|e\+00)?"  # Keras writes 0 as 0.0000e+00
    line = (
        rf"2/2 - \d+s - \d+m?s/step - accuracy: {number} - loss: {number} - val_accuracy: {number} - val_loss: {number}"
    )
    assert len(re.findall(line, text)) == 2
    assert text.count("Epoch ") == 2
