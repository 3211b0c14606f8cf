"""The images of a recipe: read, split and counted, still as they are in the files."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vitral import datasets, preprocessing
from vitral.datasets import readers
from vitral.errors import ConfigError, DataError, RecipeError, VitralError
from vitral.lab.recipe import DataRecipe, Recipe
from vitral.lab.record import PerLanguage
from vitral.typing import Array


@dataclass(frozen=True)
class Images:
    """Images (n, h, w, c) as they were read, pixels 0 to `max_value`, and labels (n,) int64, in three parts."""

    name: str
    class_names: PerLanguage
    max_value: float
    x_train: Array
    y_train: Array
    x_validation: Array | None
    y_validation: Array | None
    x_test: Array
    y_test: Array

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels)."""
        height, width, channels = self.x_train.shape[1:]
        return height, width, channels

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names.en)

    def arrays(self) -> dict[str, Array]:
        """The parts whose digests are recorded."""
        return {"x_train": self.x_train, "y_train": self.y_train, "x_test": self.x_test, "y_test": self.y_test}


def known_image_shape(data: DataRecipe) -> tuple[int, int, int] | None:
    """Shape of the images where it is known without reading them; raises RecipeError for an unknown data set."""
    if data.dataset is None:
        return None
    try:
        height, width, *channels = datasets.get(data.dataset).input_shape
    except VitralError as error:
        raise RecipeError(f"[data] {error}") from error
    return height, width, channels[0] if channels else 1


def load_images(recipe: Recipe) -> Images:
    """Read and split the recipe's data; the split depends on the recipe's seed only.

    Raises DataError for a file that is not what it should be, RecipeError for a split that cannot be made.
    """
    data = recipe.data
    images = load_parts(data)
    images = _given(images, data) if data.split == "given" else _divided(images, data, recipe.seed)
    if not len(images.x_test):
        raise RecipeError("[data] there is no test set; give test_path, or split and test_size")
    return _with_validation(images, data)


def load_parts(data: DataRecipe) -> Images:
    """Read the training images, as many as `first` says, and the test images, as they come; raises DataError."""
    images = _read_named(data.dataset) if data.dataset is not None else _read_files(data)
    return replace(images, x_train=images.x_train[: data.first], y_train=images.y_train[: data.first])


def _read_named(name: str) -> Images:
    dataset = datasets.get(name)
    (x_train, y_train), (x_test, y_test) = dataset.load_data()
    return Images(
        name=dataset.name,
        class_names=PerLanguage(en=dataset.class_names("en"), es=dataset.class_names("es")),
        max_value=float(dataset.max_value),
        x_train=as_images(x_train),
        y_train=as_labels(y_train),
        x_validation=None,
        y_validation=None,
        x_test=as_images(x_test),
        y_test=as_labels(y_test),
    )


def _read_files(data: DataRecipe) -> Images:
    assert data.path is not None
    x_train, y_train, names = read_file(data.path, data)
    if data.test_path is not None:
        x_test, y_test, _ = read_file(data.test_path, data)
        if x_test.shape[1:] != x_train.shape[1:]:
            raise DataError(
                f"{data.test_path}: images of shape {x_test.shape[1:]}; those of {data.path} have {x_train.shape[1:]}"
            )
    else:
        x_test, y_test = x_train[:0], y_train[:0]
    count = int(max(y_train.max(initial=0), y_test.max(initial=0))) + 1
    class_names = data.class_names or PerLanguage(en=names or [], es=names or [])
    if not class_names.en:
        class_names = PerLanguage(*([str(label) for label in range(count)] for _ in range(2)))
    if len(class_names.en) < count or len(class_names.es) < count:
        raise DataError(f"{data.path}: label {count - 1}, but only {len(class_names.en)} class names")
    return Images(
        name=Path(data.path).name,
        class_names=class_names,
        max_value=float(data.reader.get("max_value", 255)),
        x_train=x_train,
        y_train=y_train,
        x_validation=None,
        y_validation=None,
        x_test=x_test,
        y_test=y_test,
    )


def read_file(path: str, data: DataRecipe) -> tuple[Array, Array, list[str] | None]:
    """Images (n, h, w, c), labels (n,) and class names, if it has any, of a user's file or folder."""
    try:
        x, y, names = readers.read_any(Path(path), format=data.format, **data.reader)
    except ConfigError as error:
        raise RecipeError(f"[data] {error}") from error
    return as_images(x), as_labels(y), list(names) if names else None


def as_images(x: Array) -> Array:
    """(n, h, w, c) of (n, h, w, c), (n, h, w), or rows of a square grey or RGB image; else (n, 1, columns, 1)."""
    if x.ndim == 2:
        columns = x.shape[1]
        side, color_side = math.isqrt(columns), math.isqrt(columns // 3)
        if side * side == columns:
            return x.reshape(-1, side, side, 1)
        if 3 * color_side * color_side == columns:
            return x.reshape(-1, color_side, color_side, 3)
        return x.reshape(-1, 1, columns, 1)
    return x[..., np.newaxis] if x.ndim == 3 else x


def as_labels(y: Array) -> Array:
    """Labels as (n,) int64."""
    return y.reshape(len(y)).astype(np.int64)


def _given(images: Images, data: DataRecipe) -> Images:
    """The split that the data set comes with, perhaps only the first so many of either part."""
    train = _count(data.train_size, len(images.x_train), "train_size")
    test = _count(data.test_size, len(images.x_test), "test_size")
    return replace(
        images,
        x_train=images.x_train[:train],
        y_train=images.y_train[:train],
        x_test=images.x_test[:test],
        y_test=images.y_test[:test],
    )


def _divided(images: Images, data: DataRecipe, seed: int) -> Images:
    """The training images alone, divided by the seed."""
    total = len(images.x_train)
    if data.test_size is None:
        raise RecipeError(f'[data] split = "{data.split}" needs a test_size')
    test = _count(data.test_size, total, "test_size")
    train = total - test if data.train_size is None else _count(data.train_size, total, "train_size")
    if train < 1 or test < 1 or train + test > total:
        raise RecipeError(f"[data] {train} training and {test} test images cannot be made of {total}")
    split = preprocessing.stratified_split if data.split == "stratified" else preprocessing.split
    parts = split(images.x_train, images.y_train, test_size=test, seed=seed)
    return replace(
        images,
        x_train=parts.x_train[:train],
        y_train=parts.y_train[:train],
        x_test=parts.x_test,
        y_test=parts.y_test,
    )


def _with_validation(images: Images, data: DataRecipe) -> Images:
    if data.validation == "none":
        return images
    if data.validation == "test":
        return replace(images, x_validation=images.x_test, y_validation=images.y_test)
    # Keras' validation_split: the last samples, whatever they are.
    kept = int(len(images.x_train) * (1.0 - data.validation))
    if not 0 < kept < len(images.x_train):
        raise RecipeError(f"[data] validation = {data.validation} leaves {kept} of {len(images.x_train)} to train")
    return replace(
        images,
        x_train=images.x_train[:kept],
        y_train=images.y_train[:kept],
        x_validation=images.x_train[kept:],
        y_validation=images.y_train[kept:],
    )


def _count(size: int | float | None, total: int, key: str) -> int:
    """A number of images from a count or a fraction; all of them if no size is given."""
    if size is None:
        return total
    count = round(size * total) if isinstance(size, float) else size
    if not 1 <= count <= total:
        raise RecipeError(f"[data] {key} = {size}; expected 1 to {total}, or a fraction of it")
    return count
