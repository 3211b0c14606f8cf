"""What is saved comes back: in Vitral, and from files that Keras 3.15 wrote."""

import json
import re
import stat
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from vitral import Input, Sequential, callbacks, initializers, layers, losses, metrics, models, optimizers, saving
from vitral.errors import ConfigError, MissingExtraError, ModelFileError, ModelWarning
from vitral.regularizers import L2
from vitral.typing import Array, Cache, Config

DATA = Path(__file__).parent / "data"
X = np.cos(np.arange(12 * 36)).reshape(12, 6, 6, 1).astype("float32")
Y = np.arange(12) % 3


def trained() -> Sequential:
    model = Sequential(
        [
            Input((6, 6, 1)),
            layers.Conv2D(2, 3, activation="relu", name="first"),
            layers.Conv2D(3, 2, kernel_regularizer="l2"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.25),
            layers.Dense(3, activation="softmax", kernel_initializer=initializers.HeNormal()),
        ],
        name="of_ours",
    )
    model.compile(
        optimizers.Adam(optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)),
        losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy", metrics.SparseTopKCategoricalAccuracy(2)],
        weighted_metrics=["accuracy"],
    )
    model.fit(X, Y, batch_size=4, epochs=2, verbose=0)
    return model


def test_a_whole_model_comes_back(tmp_path: Path) -> None:
    model = trained()
    model.save(tmp_path / "m.keras")
    again = models.load_model(tmp_path / "m.keras")
    assert (again.name, [layer.name for layer in again.layers]) == (model.name, [layer.name for layer in model.layers])
    assert [v.value.tobytes() for v in again.variables] == [v.value.tobytes() for v in model.variables]
    optimizer = again.optimizer
    assert [v.value.tobytes() for v in optimizer.variables] == [v.value.tobytes() for v in model.optimizer.variables]
    assert optimizer.get_config() == model.optimizer.get_config()
    assert again.evaluate(X, Y, verbose=0, return_dict=True) == model.evaluate(X, Y, verbose=0, return_dict=True)
    assert again.get_compile_config() == model.get_compile_config()
    assert models.load_model(tmp_path / "m.keras", compile=False).compiled is False


def test_the_archive_has_kerass_layout(tmp_path: Path) -> None:
    trained().save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
        config = json.loads(archive.read("config.json"))
        archive.extract("model.weights.h5", tmp_path)
    assert (config["module"], config["class_name"], config["build_config"]) == (
        "keras",
        "Sequential",
        {"input_shape": [None, 6, 6, 1]},
    )
    assert [layer["class_name"] for layer in config["config"]["layers"]][:2] == ["InputLayer", "Conv2D"]
    assert config["compile_config"]["optimizer"]["class_name"] == "Adam"
    with h5py.File(tmp_path / "model.weights.h5") as file:
        names: list[str] = []
        file.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
        assert file["layers/conv2d/vars"].attrs["name"] == "first"
    weights = [f"layers/{layer}/vars/{i}" for layer in ("conv2d", "conv2d_1", "dense") for i in range(2)]
    weights += [f"layers/batch_normalization/vars/{i}" for i in range(4)]
    weights += ["layers/dropout/seed_generator/vars/0"]
    weights += [f"optimizer/vars/{i}" for i in range(1 + 2 * 8)]  # the scheduled rate is no variable
    assert sorted(names) == sorted(weights)


def test_a_model_that_keras_wrote() -> None:
    model = models.load_model(DATA / "keras_cnn.keras")
    assert model.name == "from_keras"
    assert model.evaluate(X, Y, verbose=0) == pytest.approx([1.1358074, 1 / 3], rel=1e-6)
    expected = [[0.30520156, 0.35604909, 0.33874935], [0.29689515, 0.40508032, 0.29802456]]
    np.testing.assert_allclose(model.predict(X[:2], verbose=0), expected, rtol=1e-6)
    assert (int(model.optimizer.iterations.value), model.optimizer.learning_rate) == (6, pytest.approx(0.01))
    model.fit(X, Y, verbose=0)


def test_keras_training_goes_on_as_keras_would() -> None:
    model = models.load_model(DATA / "keras_adam.keras")
    x = X.reshape(12, 36)
    assert model.evaluate(x, Y, verbose=0) == pytest.approx([1.1030202, 5 / 12], rel=1e-6)
    history = model.fit(x, Y, batch_size=4, epochs=3, verbose=0, shuffle=False).history
    np.testing.assert_allclose(history["loss"], [1.0380733, 0.9906555, 0.9762151], rtol=1e-5)
    np.testing.assert_allclose(history["accuracy"], [5 / 12, 7 / 12, 6 / 12])


@pytest.mark.parametrize("file", ["keras_adam.keras", "keras_adam.weights.h5"])
def test_weights_that_keras_wrote(file: str) -> None:
    model = Sequential([Input((36,)), layers.Dense(4, activation="tanh"), layers.Dense(3, activation="softmax")])
    model.load_weights(DATA / file)
    model.compile("adam", "sparse_categorical_crossentropy")
    assert model.evaluate(X.reshape(12, 36), Y, verbose=0) == pytest.approx(1.1030202, rel=1e-5)


def test_constraints_that_keras_wrote() -> None:
    model = models.load_model(DATA / "keras_constraint.keras")
    assert type(model.layers[-1].kernel_constraint).__name__ == "MaxNorm"


def test_weights_alone(tmp_path: Path) -> None:
    model = trained()
    model.save_weights(tmp_path / "w.weights.h5")
    other = trained()
    other.load_weights(tmp_path / "w.weights.h5")
    assert [w.tobytes() for w in other.get_weights()] == [w.tobytes() for w in model.get_weights()]
    states = [[v.value.tobytes() for v in m.optimizer.variables] for m in (model, other)]
    assert states[0] == states[1]


def test_a_model_in_a_model(tmp_path: Path) -> None:
    inside = Sequential([Input((6, 6, 1)), layers.Conv2D(2, 3), layers.Dropout(0.5), layers.Flatten()])
    model = Sequential([Input((6, 6, 1)), inside, layers.Dense(2)])
    model.save(tmp_path / "m.keras")
    again = models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


def test_an_optimizer_before_its_first_step(tmp_path: Path) -> None:
    model = Sequential([Input((2,)), layers.Dense(1)])
    model.compile(optimizers.Adam(0.25), "mse")
    model.save(tmp_path / "m.keras")
    again = models.load_model(tmp_path / "m.keras")
    assert (again.optimizer.learning_rate, again.optimizer.built) == (0.25, False)


def test_the_state_of_another_optimizer_is_left_out_with_a_warning(tmp_path: Path) -> None:
    model = Sequential([Input((2,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.train_on_batch([[1, 2]], [3])
    model.save_weights(tmp_path / "w.weights.h5")
    model.compile("sgd", "mse")
    with pytest.warns(ModelWarning, match='the file has 6 variables for it, "sgd.*" has 2'):
        model.load_weights(tmp_path / "w.weights.h5")


class Doubling(layers.Layer):
    """A layer of the user's."""

    def __init__(self, factor: float = 2.0, **options: Any) -> None:
        super().__init__(**options)
        self.factor = factor

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return self.factor * x, None

    def backward(self, dy: Array, cache: Cache) -> Array:
        return self.factor * dy

    def get_config(self) -> Config:
        return {**super().get_config(), "factor": self.factor}


class Halves(initializers.Initializer):
    """An initializer of the user's."""

    def __call__(self, shape: Any, dtype: str | None = None) -> Array:
        return np.full(shape, 0.5, dtype)


class Cubic(losses.Loss):
    """A loss of the user's."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        return (np.abs(y_pred - y_true) ** 3).mean(axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        error = y_pred - y_true
        return 3 * error * np.abs(error) / error.shape[-1]


def test_classes_of_the_users_own(tmp_path: Path) -> None:
    model = Sequential([Input((2,)), Doubling(3.0), layers.Dense(1, kernel_initializer=Halves())])
    model.compile("sgd", Cubic())
    model.save(tmp_path / "m.keras")
    with pytest.raises(ModelFileError, match="unknown layer 'Doubling'"):
        models.load_model(tmp_path / "m.keras")
    own = {"Doubling": Doubling, "Halves": Halves, "Cubic": Cubic}
    again = models.load_model(tmp_path / "m.keras", custom_objects=own)
    np.testing.assert_array_equal(again.predict([[1, 2]], verbose=0), [[4.5]])
    assert isinstance(again.loss_object, Cubic)


@saving.register_keras_serializable("course")
class Registered(Doubling):
    """A layer that is known by its registered name."""


def test_registered_classes_need_no_custom_objects(tmp_path: Path) -> None:
    model = Sequential([Input((2,)), Registered(3.0)])
    model.save(tmp_path / "m.keras")
    again = models.load_model(tmp_path / "m.keras")
    assert isinstance(again.layers[0], Registered)
    np.testing.assert_array_equal(again.predict([[1, 2]], verbose=0), [[3, 6]])


def test_arguments_may_be_numbers_and_arrays_of_numpy(tmp_path: Path) -> None:
    rate = optimizers.schedules.PiecewiseConstantDecay(np.array([1, 2]), np.array([0.25, 0.5, 1.0]))
    model = Sequential(
        [
            Input((2,)),
            layers.Dense(
                2, kernel_initializer=initializers.Constant(np.eye(2)), kernel_regularizer=L2(np.float32(0.5))
            ),
            layers.Rescaling(np.array([2.0, 4.0]), offset=np.float32(1)),
            layers.Dropout(np.float32(0.5)),
        ]
    )
    model.compile(optimizers.SGD(rate), "mse")
    model.save(tmp_path / "model.keras")
    again = models.load_model(tmp_path / "model.keras")
    assert again.predict([[1.0, 2.0]], verbose=0).tolist() == [[3.0, 9.0]]
    assert again.optimizer.learning_rate == 0.25


def test_checkpoints_of_a_real_training(tmp_path: Path) -> None:
    model = Sequential([Input((36,)), layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    pattern = str(tmp_path / "deep" / "{epoch:02d}-{loss:.0f}.keras")
    model.fit(X.reshape(12, 36), Y, epochs=2, verbose=0, callbacks=callbacks.ModelCheckpoint(pattern))
    written = sorted((tmp_path / "deep").iterdir())
    assert [path.name[:3] for path in written] == ["01-", "02-"]
    again = models.load_model(written[-1])
    assert again.evaluate(X.reshape(12, 36), Y, verbose=0) == model.evaluate(X.reshape(12, 36), Y, verbose=0)


def test_files_are_replaced_whole_and_readable(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    model = Sequential([Input((2,)), layers.Dense(1)])
    model.save(path)
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="exists; give overwrite=True"):
        model.save(path, overwrite=False)
    model.compile("sgd", "mse", metrics=[lambda y_true, y_pred: y_pred])
    model.optimizer.name = object()  # type: ignore[assignment]  # nothing that JSON can hold
    with pytest.raises(ConfigError, match="cannot be saved: get_config gave a object; expected plain values"):
        model.save(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["m.keras"]
    assert path.stat().st_mode & stat.S_IRGRP
    folder = tmp_path / "folder.keras"
    folder.mkdir()
    with pytest.raises(IsADirectoryError, match=re.escape(f"Is a directory: '{folder}'")):
        Sequential([Input((2,)), layers.Dense(1)]).save(folder)


@pytest.mark.parametrize(
    ("name", "save", "message"),
    [
        ("m.h6", "save", r"ends in \.keras"),
        ("m.h5", "save_weights", r"ends in \.weights\.h5"),
    ],
)
def test_other_endings_are_refused(name: str, save: str, message: str, tmp_path: Path) -> None:
    model = Sequential([Input((2,)), layers.Dense(1)])
    with pytest.raises(ConfigError, match=message):
        getattr(model, save)(tmp_path / name)


def test_models_without_weights_are_not_saved(tmp_path: Path) -> None:
    model = Sequential([layers.Dense(1)])
    with pytest.raises(ConfigError, match="not built"):
        model.save(tmp_path / "m.keras")
    with pytest.raises(ConfigError, match="needs a built model"):
        model.load_weights(DATA / "keras_adam.keras")


def test_without_h5py(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "h5py", None)
    model = Sequential([Input((2,)), layers.Dense(1)])
    with pytest.raises(MissingExtraError, match=r'saving a model needs h5py.*pip install "vitral\[lab\]"'):
        model.save(tmp_path / "m.keras")
    with pytest.raises(MissingExtraError, match="loading a model needs h5py"):
        models.load_model(DATA / "keras_adam.keras")


def test_a_file_is_one_zip_archive(tmp_path: Path) -> None:
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    model.save(tmp_path / "a.keras", zipped=True)
    models.load_model(tmp_path / "a.keras")
    for save in (models.save_model, saving.save_model):
        with pytest.raises(ConfigError, match="zipped is False; Vitral has zipped=True only"):
            save(model, tmp_path / "b.keras", zipped=False)
    with pytest.raises(ConfigError, match="max_shard_size is 1; Vitral has max_shard_size=None only"):
        model.save_weights(tmp_path / "b.weights.h5", max_shard_size=1)
    assert [path.name for path in tmp_path.iterdir()] == ["a.keras"]


def test_penalties_and_types_of_inputs_are_saved(tmp_path: Path) -> None:
    x = layers.Input((2,), batch_size=3, dtype="int32")
    model = models.Model(x, layers.Dense(1, activity_regularizer="l2")(layers.ActivityRegularization(0.1)(x)))
    model.save(tmp_path / "a.keras")
    again = models.load_model(tmp_path / "a.keras")
    assert again.get_config() == model.get_config() == models.clone_model(model).get_config()
    assert again.layers[0].get_config()["dtype"] == "int32"
    assert again.layers[0].get_config()["batch_shape"] == (3, 2)
    assert [layer.penalizes for layer in again.layers] == [False, True, True]
