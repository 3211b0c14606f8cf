"""Pictures in folders, read while a model learns from them."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from vitral import ops
from vitral.config import floatx
from vitral.core.rng import generator
from vitral.training import PyDataset
from vitral.typing import Array
from vitral.utils.pictures import read_picture

MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
"""Pillow's names of Keras' color modes."""


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
        self._mode = MODES[color_mode]
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
