"""Weights in safetensors files, which hold arrays by name and nothing that could run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vitral._files import atomic_write
from vitral.errors import ConfigError, MissingExtraError, ModelFileError
from vitral.models import Model
from vitral.saving.names import named_weights
from vitral.typing import Array

_NUMBERS = ("F64", "F32", "F16", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL")


def save_safetensors(model: Model, filepath: str | Path, overwrite: bool = True) -> None:
    """Write the weights of a built model, by "layer/weight", to a `.safetensors` file in one step.

    The optimizer and the random streams are left out. Raises ConfigError for another ending, for a model that is not
    built, or if the file exists and `overwrite` is False; MissingExtraError without the package safetensors.
    """
    path = Path(filepath)
    if path.suffix != ".safetensors":
        raise ConfigError(f"the file is called {path.name!r}; expected a name that ends in .safetensors")
    if not overwrite and path.exists():
        raise ConfigError(f"{path} exists; give overwrite=True to replace it")
    numpy_format = _package().numpy
    arrays = {name: np.ascontiguousarray(variable.value) for name, variable in named_weights(model).items()}
    atomic_write(path, numpy_format.save(arrays, {"format": "np", "library": "vitral"}))


def load_safetensors(model: Model, filepath: str | Path) -> None:
    """Copy the weights of a `.safetensors` file into a built model whose weights have the same names and shapes.

    Raises ModelFileError, in one line, if the file is damaged or is another model's: every weight that is missing, left
    over or of another shape is named. The model is unchanged then.
    """
    path = Path(filepath)
    weights = named_weights(model)
    arrays = read_safetensors(path, {name: variable.shape for name, variable in weights.items()})
    for name, variable in weights.items():
        variable.assign(arrays[name])


def read_safetensors(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Array]:
    """The arrays of a file that must have these names and shapes, which are compared before anything is read."""
    package = _package()
    try:
        with package.safe_open(str(path), framework="np") as file:
            found = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118  not a dictionary
            problems = list(_problems({name: _declared(part) for name, part in found.items()}, shapes))
            if problems:
                raise ModelFileError(f"{path}: {'; '.join(problems)}")
            return {name: np.asarray(file.get_tensor(name)) for name in shapes}
    except FileNotFoundError:
        raise ModelFileError(f"{path}: there is no such file") from None
    except (package.SafetensorError, OSError) as error:
        raise ModelFileError(f"{path}: not a safetensors file, or a damaged one ({error})") from None


def _declared(part: Any) -> tuple[str, tuple[int, ...]]:
    return part.get_dtype(), tuple(part.get_shape())


def _problems(found: Mapping[str, tuple[str, tuple[int, ...]]], shapes: Mapping[str, tuple[int, ...]]) -> list[str]:
    missing = [name for name in shapes if name not in found]
    left = [name for name in found if name not in shapes]
    problems = [
        f"{name} has shape {found[name][1]} in the file; the model's has {shape}"
        for name, shape in shapes.items()
        if name in found and found[name][1] != shape
    ]
    problems += [
        f"{name} holds values of the type {dtype}; expected one of {', '.join(_NUMBERS)}"
        for name, (dtype, _) in found.items()
        if name in shapes and dtype not in _NUMBERS
    ]
    if missing:
        problems.append(f"has no {', '.join(missing)}")
    if left:
        problems.append(f"has {', '.join(left)}, which the model does not have")
    return problems


def _package() -> Any:
    try:
        import safetensors
        import safetensors.numpy
    except ImportError:
        raise MissingExtraError("safetensors", needed_for="a .safetensors file", extra="safetensors") from None
    return safetensors
