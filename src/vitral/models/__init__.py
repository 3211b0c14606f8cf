"""Models: layers put together so that they can be trained, used and saved."""

from pathlib import Path
from typing import Any

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


def save_model(model: Model, filepath: str | Path, overwrite: bool = True) -> None:
    """Write the model to a `.keras` file, as `model.save` does."""
    model.save(filepath, overwrite)


__all__ = ["Model", "Sequential", "load_model", "save_model"]
