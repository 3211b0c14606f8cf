"""A folder of pictures as a data set, with the arguments of Keras."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vitral.core.configurable import is_number
from vitral.core.rng import next_seed
from vitral.errors import ConfigError, DataError
from vitral.preprocessing import to_categorical
from vitral.typing import Array
from vitral.utils.folder_index import ENDINGS, index_folder
from vitral.utils.image_folder import MODES, ImageFolder

_INTERPOLATIONS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")


def image_dataset_from_directory(
    directory: str | Path,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: tuple[int, int] | int = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: str | None = None,
    format: str = "tf",  # noqa: A002  Keras' name
    verbose: bool = True,
) -> Any:
    """Batches of the pictures in a folder with one folder of pictures for each class, for `fit` or a loop.

    Images are floats of 0 to 255 of shape (batch, height, width, channels) with 1, 3 or 4 channels for a `color_mode`
    of "grayscale", "rgb" or "rgba"; labels follow `label_mode`: "int" (batch,), "binary" (batch, 1), "categorical"
    (batch, classes), None for images alone. Classes are numbered in the order of their names, or in that of
    `class_names`; `labels` may be a list in the order of the paths instead, or None. Pictures are BMP, GIF, JPEG and
    PNG; other files are passed over.

    With `validation_split`, `subset` is "training", "validation" or "both", which gives a list of two; the same `seed`
    holds out the same pictures as in Keras. `interpolation` is bilinear, nearest, bicubic, lanczos3 or lanczos5;
    `crop_to_aspect_ratio` cuts off what sticks out, `pad_to_aspect_ratio` leaves black bars. With `verbose` the numbers
    of files are written to standard output. `format` may only be Keras' default.

    Raises ConfigError for values that cannot work, DataError if there are no pictures and, when it is read, for a
    damaged one; MissingExtraError without Pillow.
    """
    size = (image_size, image_size) if isinstance(image_size, int) else tuple(image_size)
    _check_choice("label_mode", label_mode, ("int", "binary", "categorical", None))
    _check_choice("color_mode", color_mode, tuple(MODES))
    _check_choice("interpolation", interpolation, _INTERPOLATIONS)
    _check_choice("subset", subset, ("training", "validation", "both", None))
    _check_choice("data_format", data_format, ("channels_last", None))
    _check_choice("format", format, ("tf",))
    if len(size) != 2 or not all(isinstance(side, int) and side > 0 for side in size):
        raise ConfigError(f"image_size is {image_size!r}; expected (height, width)")
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ConfigError("crop_to_aspect_ratio and pad_to_aspect_ratio are both given; expected one of them")
    _check_split(validation_split, subset, shuffle, seed)
    if label_mode is None:
        labels = None

    say = sys.stdout.write if verbose else _silent
    paths, numbers, names = index_folder(Path(directory), labels, class_names, follow_links)
    say(f"Found {len(paths)} files" + ("" if names is None else f" belonging to {len(names)} classes") + ".\n")
    if label_mode == "binary" and names is not None and len(names) != 2:
        raise ConfigError(f"label_mode='binary' needs two classes; {directory} has {names}")
    seed = next_seed() if seed is None else seed
    if shuffle:
        # NumPy's old generator, which never changes: with it a seed holds out the same pictures as in Keras.
        order = np.random.RandomState(seed).permutation(len(paths))
        paths = [paths[row] for row in order]
        numbers = numbers[order]
    encoded = None if names is None else _encoded(numbers, str(label_mode), len(names))

    held_out = int(len(paths) * validation_split) if validation_split else 0
    parts = {
        None: slice(None),
        "training": slice(len(paths) - held_out),
        "validation": slice(len(paths) - held_out, None),
    }
    made = []
    for part in ("training", "validation") if subset == "both" else (subset,):
        rows = parts[part]
        if part is not None:
            say(f"Using {len(paths[rows])} files for {part}.\n")
        if not paths[rows]:
            raise DataError(
                f"{directory}: no images" + (f" for {part}" if part else f"; expected {', '.join(ENDINGS)}")
            )
        made.append(
            ImageFolder(
                paths[rows],
                None if encoded is None else encoded[rows],
                names,
                batch_size=batch_size,
                color_mode=color_mode,
                image_size=size,
                interpolation=interpolation,
                aspect_ratio="crop" if crop_to_aspect_ratio else "pad" if pad_to_aspect_ratio else "free",
                order_seed=seed if shuffle and (subset != "both" or part == "training") else None,
            )
        )
    return made if subset == "both" else made[0]


def _check_choice(argument: str, value: Any, choices: Sequence[str | None]) -> None:
    if value not in choices:
        raise ConfigError(f"{argument} is {value!r}; expected one of {', '.join(map(repr, choices))}")


def _check_split(validation_split: float | None, subset: str | None, shuffle: bool, seed: int | None) -> None:
    if validation_split and not (is_number(validation_split) and 0 < validation_split < 1):
        raise ConfigError(f"validation_split is {validation_split!r}; expected a number between 0 and 1")
    if bool(validation_split) != bool(subset):
        raise ConfigError(
            f"validation_split is {validation_split} and subset is {subset!r}; expected both of them or none"
        )
    if validation_split and shuffle and seed is None:
        raise ConfigError("validation_split of shuffled files needs a seed, so that the two parts share no file")


def _encoded(numbers: Array, label_mode: str, classes: int) -> Array:
    if label_mode == "categorical":
        return to_categorical(numbers, classes).astype(np.float32)
    return numbers.astype(np.float32)[:, np.newaxis] if label_mode == "binary" else numbers


def _silent(text: str) -> int:
    return len(text)
