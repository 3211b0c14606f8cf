"""Saving and loading whole models, and weights alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitral._files import atomic_write
from vitral.errors import ConfigError, ModelFileError
from vitral.models import Model, Sequential
from vitral.saving.archive import read_archive, write_archive
from vitral.saving.h5 import read_weights, write_weights
from vitral.saving.keras_config import compile_from_config, model_from_config

_SHUFFLE_SEED = "vitral_shuffle_seed"


def save_model(model: Model, filepath: str | Path, overwrite: bool = True) -> None:
    """Write architecture, weights, optimizer and random streams to a `.keras` file, in one step.

    Keras 3 can load the file. Raises ConfigError for another ending, for a model that is not built, or if the file
    exists and `overwrite` is False; MissingExtraError without h5py.
    """
    path = _checked(filepath, ".keras", overwrite)
    if not isinstance(model, Sequential):
        raise ConfigError(f"save_model received a {type(model).__name__}; expected a Sequential model")
    if not model.built:
        raise ConfigError("a model that is not built has no weights to save: call model.build(shape) or fit first")
    config: dict[str, Any] = {
        "module": "keras",
        "class_name": "Sequential",
        "config": model.get_config(),
        "registered_name": None,
        "build_config": {"input_shape": list(model.input_shape)},
    }
    if model.compiled:
        config["compile_config"] = model.get_compile_config()
    extra = {} if model.shuffle_seed is None else {_SHUFFLE_SEED: model.shuffle_seed}
    write_archive(path, config, write_weights(model), extra)


def load_model(
    filepath: str | Path,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,  # noqa: A002
) -> Model:
    """The model in a `.keras` file that Vitral or Keras 3 wrote, compiled as it was unless `compile=False`.

    `custom_objects` maps names to the user's own classes. Nothing in the file is executed. Raises ModelFileError, in
    one line, if the file is missing, damaged, no `.keras` file, or uses what Vitral does not have.
    """
    path = Path(filepath)
    archive = read_archive(path)
    custom = custom_objects or {}
    model = model_from_config(archive.config, custom, path)
    compile_config = archive.config.get("compile_config")
    if compile and compile_config:
        compile_from_config(model, compile_config, custom, path)
    if not model.built:
        raise ModelFileError(f"{path}: the model was saved before it was built, so it has no weights")
    read_weights(model, archive.weights, path)
    seed = archive.metadata.get(_SHUFFLE_SEED)
    if isinstance(seed, int):
        model.remember_shuffle_seed(seed)
    return model


def save_weights(model: Model, filepath: str | Path, overwrite: bool = True) -> None:
    """Write the weights, and the optimizer's state if there is any, to a `.weights.h5` file in one step."""
    atomic_write(_checked(filepath, ".weights.h5", overwrite), write_weights(model))


def load_weights(model: Model, filepath: str | Path) -> None:
    """Copy weights from a `.weights.h5` or a `.keras` file into a built model of the same architecture.

    Raises ConfigError if the model is not built, ModelFileError if the file is damaged or another model's; the model is
    unchanged then.
    """
    if not model.built:
        raise ConfigError("load_weights needs a built model: add an Input layer or call model.build(shape)")
    path = Path(filepath)
    if path.suffix == ".keras":
        content = read_archive(path).weights
    else:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelFileError(f"{path}: cannot be read ({error.strerror})") from None
    read_weights(model, content, path)


def _checked(filepath: str | Path, ending: str, overwrite: bool) -> Path:
    path = Path(filepath)
    if not path.name.endswith(ending):
        raise ConfigError(f"the file is called {path.name!r}; expected a name that ends in {ending}")
    if not overwrite and path.exists():
        raise ConfigError(f"{path} exists; give overwrite=True to replace it")
    return path
