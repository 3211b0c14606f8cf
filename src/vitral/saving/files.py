"""Saving and loading whole models, and weights alone."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from vitral._files import atomic_write
from vitral.core.configurable import only_default
from vitral.core.custom_objects import custom_object_scope
from vitral.core.limits import variables_limited_to
from vitral.core.variable import Variable
from vitral.errors import ConfigError, ModelFileError
from vitral.models import Model
from vitral.models.description import describe
from vitral.saving import hdf5, legacy_h5
from vitral.saving.archive import read_archive, write_archive
from vitral.saving.h5 import find_weights, write_weights
from vitral.saving.keras_config import compile_from_config, model_from_config
from vitral.saving.legacy_writing import write_legacy
from vitral.typing import Array, Config

_LEGACY = (".h5", ".hdf5")
_SHUFFLE_SEED = "vitral_shuffle_seed"


def save_model(model: Model, filepath: str | Path, overwrite: bool = True, zipped: bool | None = None) -> None:
    """Write architecture, weights, optimizer and random streams to a `.keras` file, in one step.

    Keras 3 can load the file, a zip archive: `zipped` is True or None. Of a subclass of Model the file has the class's
    name and the arguments to make it with. A name that ends in `.h5` gets the format from before, which has no random
    streams and no subclasses. Raises ConfigError for another ending, for a model that is not built, for arguments that
    are no plain values, or if the file exists and `overwrite` is False; MissingExtraError without h5py.
    """
    only_default("zipped", zipped, (None, True), "save")
    is_legacy = Path(filepath).suffix in _LEGACY
    path = _checked(filepath, Path(filepath).suffix if is_legacy else ".keras", overwrite)
    if not model.built:
        raise ConfigError("a model that is not built has no weights to save: call model.build(shape) or fit first")
    if is_legacy:
        atomic_write(path, write_legacy(model))
        return
    config = {**describe(model), "build_config": {"input_shape": model.input_shape}}
    if model.compiled:
        config["compile_config"] = model.get_compile_config()
    extra = {} if model.shuffle_seed is None else {_SHUFFLE_SEED: model.shuffle_seed}
    write_archive(path, config, write_weights(model), extra)


def load_model(
    filepath: str | Path,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,  # noqa: A002
    safe_mode: bool = True,
) -> Model:
    """The model in a `.keras` file, or an older `.h5` file, of Vitral's or of Keras', compiled as it was.

    `custom_objects` maps names to the user's own classes, those of models too; `compile=False` leaves optimizer, loss
    and metrics out.
    Nothing in the file is executed: a Lambda layer is refused, or, with `safe_mode=False`, left to a class of that name
    in `custom_objects`. Raises ModelFileError, in one line, if the file is missing, damaged, of another format, or uses
    what Vitral does not have; all of that is named.
    """
    path = Path(filepath)
    with custom_object_scope(custom_objects):
        if path.suffix in _LEGACY:
            return _load_legacy(path, compile, safe_mode)
        archive = read_archive(path)
        with hdf5.reading(io.BytesIO(archive.weights), path) as file:
            described = (archive.config, archive.config.get("compile_config") if compile else None)
            model = _model(file, *described, safe_mode)
            _assign(find_weights(file, model))
    seed = archive.metadata.get(_SHUFFLE_SEED)
    if isinstance(seed, int):
        model.remember_shuffle_seed(seed)
    return model


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Model:
    """The model, with new weights and not compiled, that a text in JSON describes.

    Raises ModelFileError, in one line, if it is no such description or names what Vitral does not have.
    """
    try:
        config = json.loads(json_string)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"the text is not JSON ({error})") from None
    with custom_object_scope(custom_objects):
        return model_from_config(config)


def _load_legacy(path: Path, with_compile: bool, safe_mode: bool) -> Model:
    with hdf5.reading(path, path) as file:
        compile_config = legacy_h5.compile_config(file) if with_compile else None
        model = _model(file, legacy_h5.model_config(file), compile_config, safe_mode)
        found = legacy_h5.find_weights(file, model)
        if model.compiled:
            model.optimizer.build(model.trainable_weights)
            found += legacy_h5.find_optimizer_state(file, model.optimizer)
        _assign(found)
    return model


def _model(file: Any, config: Config, compile_config: Any, safe_mode: bool) -> Model:
    """The model that is described, with weights still to be read from the open file."""
    with variables_limited_to(hdf5.count_values(file)):
        model = model_from_config(config, safe_mode)
    if compile_config:
        compile_from_config(model, compile_config)
    if not model.built:
        raise ModelFileError("the model was saved before it was built, so it has no weights")
    return model


def save_weights(
    model: Model, filepath: str | Path, overwrite: bool = True, max_shard_size: float | None = None
) -> None:
    """Write the weights, and the optimizer's state if there is any, to a `.weights.h5` file in one step.

    It is one file of any size: raises ConfigError for a `max_shard_size`.
    """
    only_default("max_shard_size", max_shard_size, (None,), "save_weights")
    atomic_write(_checked(filepath, ".weights.h5", overwrite), write_weights(model))


def load_weights(model: Model, filepath: str | Path, skip_mismatch: bool = False) -> None:
    """Copy weights from a `.weights.h5`, a `.keras` or an older `.h5` file into a built model of the same architecture.

    With `skip_mismatch` a layer whose weights are missing or of another shape keeps its own, with a ModelWarning, and
    so does the optimizer. Raises ConfigError if the model is not built, ModelFileError if the file is damaged or
    another model's; the model is unchanged then.
    """
    if not model.built:
        raise ConfigError("load_weights needs a built model: add an Input layer or call model.build(shape)")
    path = Path(filepath)
    content: BinaryIO | Path = io.BytesIO(read_archive(path).weights) if path.suffix == ".keras" else path
    with hdf5.reading(content, path) as file:
        if not legacy_h5.is_legacy(file):
            found = find_weights(file, model, skip_mismatch)
        elif skip_mismatch:
            raise ModelFileError("is in the older format, which has no names to skip by; expected a .weights.h5 file")
        else:
            found = legacy_h5.find_weights(file, model)
    _assign(found)


def _assign(found: list[tuple[Variable, Array]]) -> None:
    """Copy the values in: only now that all are there, so that a file that does not fit changes nothing."""
    for variable, value in found:
        variable.assign(value)


def _checked(filepath: str | Path, ending: str, overwrite: bool) -> Path:
    path = Path(filepath)
    if not path.name.endswith(ending):
        raise ConfigError(f"the file is called {path.name!r}; expected a name that ends in {ending}")
    if not overwrite and path.exists():
        raise ConfigError(f"{path} exists; give overwrite=True to replace it")
    return path
