"""Pictures in folders, read while a model learns from them."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vitral import ops
from vitral.config import floatx
from vitral.core.rng import generator, next_seed
from vitral.errors import ConfigError, DataError
from vitral.preprocessing import to_categorical
from vitral.training import PyDataset
from vitral.typing import Array
from vitral.utils.pictures import read_picture

_ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
_INTERPOLATIONS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")


class ImageFolder(PyDataset):
    """Batches of pictures, read and brought to one size when asked for; `image_dataset_from_directory` makes them.

    Gives (images, labels), or images alone, in a new order in every epoch if they are shuffled: in a training, known
    from the model's `shuffle_seed` and the number of the epoch alone, so that it can be taken up in another process.
    `class_names` and `file_paths` are those of the folder; `workers` may be raised to read with several threads.
    """

    def __init__(
        self,
        file_paths: Sequence[str],
        labels: Array | None,
        class_names: list[str] | None,
        *,
        batch_size: int | None,
        color_mode: str,
        image_size: tuple[int, int],
        interpolation: str,
        aspect_ratio: str,
        order_seed: int | None,
    ) -> None:
        super().__init__()
        self.file_paths = list(file_paths)
        self.labels = labels
        self.class_names = class_names
        self.batch_size = batch_size
        self.image_size = image_size
        self._mode = _MODES[color_mode]
        self._interpolation = interpolation
        self._aspect_ratio = aspect_ratio
        self._order_seed = order_seed
        self._epoch = 0
        self._order = np.arange(len(self.file_paths))
        # What the order of a training is counted from: `file_paths` are in another one for every `order_seed`.
        self._by_name = np.argsort(self.file_paths)
        self.choose_order(0, order_seed)

    def choose_order(self, epoch: int, seed: int | None) -> None:
        if self._order_seed is not None:
            stream = generator(self._order_seed if seed is None else seed, epoch)
            self._order = self._by_name[stream.permutation(len(self._by_name))]

    def __len__(self) -> int:
        return -(-len(self.file_paths) // (self.batch_size or 1))

    def __getitem__(self, index: int) -> Any:
        if not -len(self) <= index < len(self):
            raise IndexError(f"batch {index} of {len(self)}")
        index %= len(self)
        if self.batch_size is None:
            rows = self._order[index]
            images = self._image(self.file_paths[rows])
        else:
            rows = self._order[index * self.batch_size :][: self.batch_size]
            images = np.stack([self._image(self.file_paths[row]) for row in rows])
        return images if self.labels is None else (images, self.labels[rows])

    def __iter__(self) -> Iterator[Any]:
        self.choose_order(self._epoch, self._order_seed)
        self._epoch += 1
        yield from super().__iter__()

    def _image(self, path: str) -> Array:
        picture = read_picture(path)
        pixels = np.asarray(picture if picture.mode == self._mode else picture.convert(self._mode), floatx())
        pixels = np.atleast_3d(pixels)
        if pixels.shape[:2] == self.image_size:
            return pixels
        if self._aspect_ratio == "crop":
            pixels = _cropped(pixels, self.image_size)
        inner = _inner_size(pixels.shape, self.image_size) if self._aspect_ratio == "pad" else self.image_size
        resized: Array = ops.resize2d(pixels[np.newaxis], size=inner, interpolation=self._interpolation)[0][0]
        if inner == self.image_size:
            return resized
        padded = np.zeros((*self.image_size, resized.shape[2]), resized.dtype)
        top, left = ((whole - part) // 2 for whole, part in zip(self.image_size, inner, strict=True))
        padded[top : top + inner[0], left : left + inner[1]] = resized
        return padded


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
    _check_choice("color_mode", color_mode, tuple(_MODES))
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
    paths, numbers, names = _index(Path(directory), labels, class_names, follow_links)
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
                f"{directory}: no images" + (f" for {part}" if part else f"; expected {', '.join(_ENDINGS)}")
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


def _index(
    directory: Path, labels: Any, class_names: Sequence[str] | None, follow_links: bool
) -> tuple[list[str], Array, list[str] | None]:
    """Paths, class numbers and class names, in alphabetical order."""
    if not directory.is_dir():
        raise DataError(f"{directory}: there is no such folder")
    if labels != "inferred" or class_names is not None:
        _check_labels(labels, class_names)
    if labels != "inferred":
        paths = _pictures(directory, follow_links)
        if labels is None:
            return paths, np.zeros(len(paths), np.int32), None
        if len(labels) != len(paths):
            raise ConfigError(f"labels has {len(labels)} entries, but there are {len(paths)} files in {directory}")
        return paths, np.array(labels, np.int32), [str(label) for label in sorted(set(labels))]
    found = sorted(entry.name for entry in directory.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    names = found if class_names is None else list(class_names)
    if missing := sorted(set(names) - set(found)):
        raise ConfigError(f"class_names holds {missing}, but {directory} has the folders {found}")
    members = [_pictures(directory / name, follow_links) for name in names]
    numbers = np.repeat(np.arange(len(names), dtype=np.int32), [len(paths) for paths in members])
    return [path for paths in members for path in paths], numbers, names


def _pictures(folder: Path, follow_links: bool) -> list[str]:
    walk = sorted(os.walk(folder, followlinks=follow_links))
    return [
        str(Path(root, file)) for root, _, files in walk for file in sorted(files) if file.lower().endswith(_ENDINGS)
    ]


def _check_labels(labels: Any, class_names: Sequence[str] | None) -> None:
    if labels not in ("inferred", None) and not isinstance(labels, (list, tuple)):
        raise ConfigError(f"labels is {labels!r}; expected 'inferred', None or a list of whole numbers")
    if labels != "inferred" and class_names is not None:
        raise ConfigError("class_names goes with labels='inferred' only, as it names the folders of the classes")


def _check_choice(argument: str, value: Any, choices: Sequence[str | None]) -> None:
    if value not in choices:
        raise ConfigError(f"{argument} is {value!r}; expected one of {', '.join(map(repr, choices))}")


def _check_split(validation_split: float | None, subset: str | None, shuffle: bool, seed: int | None) -> None:
    if validation_split and not 0 < validation_split < 1:
        raise ConfigError(f"validation_split is {validation_split}; expected a number between 0 and 1")
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


def _cropped(pixels: Array, size: tuple[int, int]) -> Array:
    """The largest part in the middle whose sides have the proportion of `size`."""
    height, width = pixels.shape[:2]
    rows = max(min(height, width * size[0] // size[1]), 1)
    columns = max(min(width, height * size[1] // size[0]), 1)
    top, left = (height - rows) // 2, (width - columns) // 2
    return pixels[top : top + rows, left : left + columns]


def _inner_size(shape: Sequence[int], size: tuple[int, int]) -> tuple[int, int]:
    """The largest size with the picture's proportion that fits into `size`."""
    scale = max(shape[0] / size[0], shape[1] / size[1])
    return max(int(shape[0] / scale), 1), max(int(shape[1] / scale), 1)


def _silent(text: str) -> int:
    return len(text)
