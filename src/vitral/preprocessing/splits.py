"""Divides a data set into a training and a test part."""

from typing import NamedTuple

import numpy as np

from vitral._sampling import random_indices, stratified_indices
from vitral.errors import ConfigError, DataError, ShapeError
from vitral.typing import Array


class Parts(NamedTuple):
    """The two parts, and where each of their samples stood: x_train is x[train_index]."""

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array
    train_index: Array
    test_index: Array


def split(x: Array, y: Array, *, test_size: float, seed: int = 0) -> Parts:
    """Shuffle and divide; `test_size` is a share between 0 and 1, or a whole number of samples.

    The same seed gives the same parts on every machine. Raises ConfigError if a part would be empty.

    >>> parts = split(np.arange(10), np.arange(10), test_size=0.3, seed=1)
    >>> len(parts.x_train), len(parts.x_test)
    (7, 3)
    """
    count = _test_count(x, y, test_size)
    return _parts(x, y, *random_indices(len(x), count, seed))


def stratified_split(x: Array, y: Array, *, test_size: float, seed: int = 0) -> Parts:
    """Like `split`, and every class has the same share of both parts, to within one sample.

    `y` holds class numbers (n,) or (n, 1). Raises DataError if a class would be absent from a part.
    """
    count = _test_count(x, y, test_size)
    labels = np.asarray(y)
    if labels.size != len(labels):
        raise ShapeError(f"labels of shape {labels.shape}; expected class numbers (n,) or (n, 1)")
    return _parts(x, y, *stratified_indices(labels.reshape(-1), count, seed))


def _test_count(x: Array, y: Array, test_size: float) -> int:
    """How many samples go into test; a share is rounded to the nearest number."""
    samples = len(x)
    if samples != len(y):
        raise DataError(f"{samples} images but {len(y)} labels")
    count = test_size if isinstance(test_size, int | np.integer) else round(test_size * samples)
    if not 0 < count < samples or (isinstance(test_size, float) and test_size >= 1):
        raise ConfigError(
            f"test_size is {test_size} of {samples} samples; expected a share between 0 and 1 or a whole number "
            "that leaves samples in both parts"
        )
    return int(count)


def _parts(x: Array, y: Array, train: Array, test: Array) -> Parts:
    return Parts(x[train], y[train], x[test], y[test], train, test)
