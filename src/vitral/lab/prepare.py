"""From images as they are in the files to what the network reads, the same way in training and in predictions."""

import math
from collections.abc import Sequence

import numpy as np

from vitral import config, preprocessing
from vitral.lab.data import Images
from vitral.lab.folder import RunFolder
from vitral.lab.recipe import DataRecipe
from vitral.lab.record import Preparation
from vitral.typing import Array

_FILE = "preparation.npz"


class InputPreparation:
    """Scaling and shape of the inputs; z-scores are those of the training images, and of no others."""

    def __init__(self, record: Preparation, standardizer: preprocessing.Standardizer | None = None) -> None:
        self.record = record
        self._standardizer = standardizer

    @classmethod
    def fit(cls, data: DataRecipe, images: Images) -> "InputPreparation":
        """What a recipe asks for, fitted on the training images."""
        bright, content = describe_strokes(images.x_train)
        record = Preparation(
            scale=data.scale,
            divisor=images.max_value if data.scale == "unit" else 1.0,
            flatten=data.flatten,
            image_shape=list(images.image_shape),
            input_shape=list(input_shape(data, images.image_shape)),
            bright_on_dark=bright,
            content_size=list(content),
        )
        if data.scale != "zscore":
            return cls(record)
        return cls(record, preprocessing.Standardizer().fit(images.x_train))

    @classmethod
    def of_run(cls, folder: RunFolder) -> "InputPreparation":
        """The preparation that a run stored; raises RunError."""
        record = folder.summary().preparation
        if record.scale != "zscore":
            return cls(record)
        return cls(record, preprocessing.Standardizer.from_state(folder.arrays(_FILE)))

    def store(self, folder: RunFolder) -> None:
        """Write the arrays of the z-score, if there are any; the rest is in the summary."""
        if self._standardizer is not None:
            folder.write_arrays(_FILE, self._standardizer.get_state())

    def __call__(self, x: Array) -> Array:
        """Network inputs of images (n, h, w, c) in the units of the training images."""
        if self._standardizer is not None:
            prepared = self._standardizer.transform(x)
        elif self.record.scale == "unit":
            prepared = np.divide(x, self.record.divisor, dtype=config.floatx())
        else:
            prepared = x.astype(config.floatx())
        return prepared.reshape(len(x), *self.record.input_shape)


def input_shape(data: DataRecipe, image_shape: Sequence[int]) -> tuple[int, ...]:
    """Shape of one sample as the network reads it."""
    return (math.prod(image_shape),) if data.flatten else tuple(image_shape)


def targets(data: DataRecipe, labels: Array, classes: int) -> Array:
    """Labels as the loss wants them: (n,), or (n, classes) one-hot."""
    return preprocessing.to_categorical(labels, classes) if data.one_hot else labels


def describe_strokes(x: Array) -> tuple[bool, tuple[int, int]]:
    """Whether grey images are bright on a dark ground, and the largest (height, width) that the strokes take.

    MNIST's digits take 20 x 20 of 28 x 28 pixels; photographs take everything.
    """
    height, width, channels = x.shape[1:]
    sample = x[:1000].astype(np.float32)
    if channels != 1:
        return False, (height, width)
    edge = np.concatenate([sample[:, [0, -1]].ravel(), sample[:, :, [0, -1]].ravel()])
    bright = bool(edge.mean() < sample.mean())
    if not bright:
        return False, (height, width)
    lit = sample[..., 0] > 0
    return True, (_extent(np.asarray(lit.any(axis=2))), _extent(np.asarray(lit.any(axis=1))))


def _extent(lit: Array) -> int:
    """The longest distance from the first to the last lit entry of any row of (n, length)."""
    length = lit.shape[1]
    first, last = lit.argmax(axis=1), length - 1 - lit[:, ::-1].argmax(axis=1)
    return int(np.where(lit.any(axis=1), last - first + 1, 1).max(initial=1))
