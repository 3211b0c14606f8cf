"""Pictures in class folders, against Keras 3.15.1 on TensorFlow, called with the same folder and arguments."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vitral import Sequential, callbacks, layers, losses, utils
from vitral.errors import ConfigError, DataError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Seven pictures of a_dog and five of b_cat, 6 to 12 rows of 9 pixels, filled by a formula."""
    number = 0
    for name, count in (("b_cat", 5), ("a_dog", 7)):
        (tmp_path / name).mkdir()
        for i in range(count):
            values = np.arange((6 + i) * 9 * 3) * (7 + number) % 256
            Image.fromarray(values.astype(np.uint8).reshape(6 + i, 9, 3)).save(tmp_path / name / f"{i}.png")
            number += 1
    (tmp_path / "a_dog" / "notes.txt").write_text("no picture")
    (tmp_path / ".hidden").mkdir()
    return tmp_path


def dataset(folder: Path, **options: Any) -> Any:
    return utils.image_dataset_from_directory(folder, **{"image_size": (4, 5), "verbose": False, **options})


def test_a_seed_holds_out_the_same_pictures_as_in_keras(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train, held_out = dataset(folder, seed=5, validation_split=0.3, subset="both", verbose=True)
    assert capsys.readouterr().out == (
        "Found 12 files belonging to 2 classes.\nUsing 9 files for training.\nUsing 3 files for validation.\n"
    )
    names = [str(Path(path).relative_to(folder)) for path in train.file_paths]
    assert names == [
        *("b_cat/0.png", "a_dog/5.png", "a_dog/2.png", "b_cat/2.png", "b_cat/4.png"),
        *("a_dog/4.png", "b_cat/1.png", "a_dog/1.png", "a_dog/0.png"),
    ]
    names = [str(Path(path).relative_to(folder)) for path in held_out.file_paths]
    assert names == ["b_cat/3.png", "a_dog/6.png", "a_dog/3.png"]
    assert held_out.labels.tolist() == [1, 0, 0]
    alone = dataset(folder, seed=5, validation_split=0.3, subset="validation")
    assert alone.file_paths == held_out.file_paths


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [125.4, 71.0, 116.2, 51.225, 130.6]),
        ({"interpolation": "nearest"}, [129.2, 24.0, 194.0, 0.0, 98.0]),
        ({"interpolation": "bicubic"}, [125.6456, 59.0, 109.7621, 38.1888, 132.9138]),
        ({"interpolation": "lanczos3"}, [124.968, 62.1041, 99.7501, 28.2147, 132.9081]),
        ({"crop_to_aspect_ratio": True}, [125.3578, 71.0, 105.45, 47.325, 143.95]),
        ({"pad_to_aspect_ratio": True}, [94.3778, 58.0, 0.0, 78.9333, 111.25]),
        ({"color_mode": "rgba"}, [157.8, 71.0, 255.0, 51.225, 130.6]),
    ],
)
def test_pixels_are_those_of_keras(folder: Path, options: dict[str, Any], expected: list[float]) -> None:
    x, y = dataset(folder, shuffle=False, batch_size=3, **options)[0]
    assert (x.shape, x.dtype, y.tolist()) == ((3, 4, 5, 4 if options.get("color_mode") else 3), np.float32, [0, 0, 0])
    got = [x.mean(), x[0, 1, 2, 0], x[2, 3, 4, -1], x[1, 0, 0, 0], x[2, 2, 0, 0]]
    # TensorFlow takes the weights of bicubic from a table of 1024 places.
    np.testing.assert_allclose(got, expected, atol=0.05 if options.get("interpolation") == "bicubic" else 2e-3)


def test_grey_pixels_are_those_of_keras_to_a_rounding(folder: Path) -> None:
    x, _ = dataset(folder, shuffle=False, batch_size=3, color_mode="grayscale")[0]
    got = [x.mean(), x[0, 1, 2, 0], x[2, 3, 4, -1], x[1, 0, 0, 0], x[2, 2, 0, 0]]
    np.testing.assert_allclose(got, [124.96, 80.0, 99.2, 61.225, 132.9], atol=1)


def test_labels_in_every_form(folder: Path) -> None:
    def last_two(**options: Any) -> Any:
        return dataset(folder, shuffle=False, batch_size=8, **options)[0][1][-2:]

    assert last_two().dtype == np.int32
    assert last_two().tolist() == [0, 1]
    assert last_two(label_mode="binary").tolist() == [[0.0], [1.0]]
    assert last_two(label_mode="categorical").tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert last_two(class_names=["b_cat", "a_dog"]).tolist() == [1, 1]
    assert last_two(labels=list(range(12))).tolist() == [6, 7]
    assert dataset(folder, labels=None)[0].shape == (12, 4, 5, 3)
    images = dataset(folder, label_mode=None, batch_size=None)
    assert (len(images), images[0].shape) == (12, (4, 5, 3))


def test_every_epoch_has_its_own_order(folder: Path) -> None:
    data = dataset(folder, seed=1, batch_size=4)
    epochs = [np.concatenate([y for _, y in data]).tolist() for _ in range(3)]
    assert [len(y) for _, y in data] == [4, 4, 4]
    assert all(sum(labels) == 5 for labels in epochs)
    assert len({tuple(labels) for labels in epochs}) > 1
    again = dataset(folder, seed=1, batch_size=4)
    assert [np.concatenate([y for _, y in again]).tolist() for _ in range(3)] == epochs


def test_a_model_learns_from_a_folder(folder: Path) -> None:
    train, held_out = dataset(folder, seed=5, validation_split=0.3, subset="both", batch_size=2)
    train.workers = 2
    model = Sequential([layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(2, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(train, validation_data=held_out, epochs=2, verbose=0).history
    assert len(history["val_accuracy"]) == 2
    assert model.predict(held_out, verbose=0).shape == (3, 2)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"label_mode": "one_hot"}, ConfigError, "label_mode is 'one_hot'; expected one of 'int'"),
        ({"color_mode": "grey"}, ConfigError, "color_mode is 'grey'; expected one of 'grayscale'"),
        ({"interpolation": "area"}, ConfigError, "interpolation is 'area'; expected one of 'bilinear'"),
        ({"data_format": "channels_first"}, ConfigError, "data_format is 'channels_first'"),
        ({"format": "grain"}, ConfigError, "format is 'grain'"),
        ({"image_size": (4,)}, ConfigError, r"image_size is \(4,\); expected \(height, width\)"),
        ({"validation_split": 0.2}, ConfigError, "subset is None; expected both"),
        ({"validation_split": 1.2, "subset": "both"}, ConfigError, "validation_split is 1.2"),
        ({"validation_split": 0.2, "subset": "both"}, ConfigError, "needs a seed"),
        ({"validation_split": 0.01, "subset": "both", "seed": 1}, DataError, "no images for validation"),
        ({"class_names": ["a_dog", "c_cow"]}, ConfigError, r"class_names holds \['c_cow'\], but .* 'b_cat'"),
        ({"labels": [1, 2]}, ConfigError, "labels has 2 entries, but there are 12 files"),
        ({"labels": "all"}, ConfigError, "labels is 'all'"),
        ({"labels": None, "class_names": ["a_dog"]}, ConfigError, "goes with labels='inferred' only"),
        ({"label_mode": "binary", "class_names": ["a_dog"]}, ConfigError, "needs two classes"),
        ({"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, ConfigError, "expected one of them"),
    ],
)
def test_what_cannot_work_is_named(folder: Path, options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        dataset(folder, **options)
    assert "\n" not in str(caught.value)


def test_a_damaged_picture_is_named_while_learning(folder: Path) -> None:
    (folder / "b_cat" / "broken.png").write_bytes(b"not a picture")
    model = Sequential([layers.Flatten(), layers.Dense(2, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(DataError, match=r"broken\.png: it cannot be read"):
        model.fit(dataset(folder), verbose=0)
    with pytest.raises(DataError, match="there is no such folder"):
        dataset(folder / "none")


class _Stops(callbacks.Callback):
    """Raises in the second batch of the second epoch."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if (self.epoch, batch) == (1, 1):
            raise KeyboardInterrupt


@pytest.mark.parametrize("save_freq", ["epoch", 2])
def test_a_training_taken_up_in_the_middle_sees_the_pictures_in_the_same_order(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, save_freq: Any
) -> None:
    """In a new process the folder is opened anew, and without a seed it is listed in another order."""
    backup = tmp_path_factory.mktemp("backup")

    def train(seed: int, *listeners: callbacks.Callback) -> Any:
        utils.set_random_seed(4)
        model = Sequential([layers.Input((4, 5, 3)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(2)])
        model.compile("adam", losses.SparseCategoricalCrossentropy(from_logits=True))
        model.shuffle_seed = 8
        utils.set_random_seed(seed)
        history = model.fit(
            dataset(folder, batch_size=2),
            validation_data=dataset(folder, batch_size=5, shuffle=False),
            epochs=3,
            verbose=0,
            callbacks=listeners,
        ).history
        return [weight.tobytes() for weight in model.get_weights()], history

    weights, history = train(1)
    with pytest.raises(KeyboardInterrupt):
        train(2, callbacks.BackupAndRestore(backup, save_freq), _Stops())
    resumed, its_history = train(3, callbacks.BackupAndRestore(backup, save_freq))
    assert resumed == weights
    assert its_history == {name: values[1:] for name, values in history.items()}


def test_steps_per_epoch_takes_every_picture_once_in_a_turn(folder: Path) -> None:
    seen: list[float] = []

    class Notes(layers.Layer):
        def forward(self, x: Any, training: bool = False) -> Any:
            seen.extend(x[:, 0, 0, 0].tolist() * training)
            return x, None

        def backward(self, dy: Any, cache: Any) -> Any:
            return dy

    data = dataset(folder, batch_size=4)
    model = Sequential([layers.Input((4, 5, 3)), Notes(), layers.Flatten(), layers.Dense(2)])
    model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(data, steps_per_epoch=1, epochs=3, verbose=0)
    everything = np.concatenate([x[:, 0, 0, 0] for x, _ in data]).tolist()
    assert len(everything) == 12
    assert sorted(seen) == sorted(everything)


def test_a_seed_decides_the_order_outside_of_training_too(folder: Path) -> None:
    model = Sequential([layers.Input((4, 5, 3)), layers.Flatten()])
    first, same, other = (model.predict(dataset(folder, seed=seed), verbose=0) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()
    np.testing.assert_array_equal(np.sort(first, axis=0), np.sort(other, axis=0))
