"""Models: layers put together so that they can be trained, used and saved."""

from pathlib import Path
from typing import Any

from vitral.models.cloning import clone_model
from vitral.models.model import Model
from vitral.models.sequential import Sequential


def load_model(
    filepath: str | Path,
    custom_objects: dict[str, Any] | None = None,
    compile: bool = True,  # noqa: A002
    safe_mode: bool = True,
) -> Any:
    """The model in a `.keras` file; see `vitral.saving.load_model`."""
    from vitral.saving import load_model as load

    return load(filepath, custom_objects, compile, safe_mode)


def model_from_json(json_string: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """The model, with new weights and not compiled, that `model.to_json` of Vitral or Keras 3 described."""
    from vitral.saving import model_from_json as make

    return make(json_string, custom_objects)


def save_model(model: Model, filepath: str | Path, overwrite: bool = True, zipped: bool | None = None) -> None:
    """Write the model to a `.keras` file, as `model.save` does."""
    model.save(filepath, overwrite, zipped)


__all__ = ["Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model"]
