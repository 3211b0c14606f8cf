"""Brings pixels to a range that suits training: 0 to 1, or mean 0 and deviation 1."""

from typing import Self

import numpy as np

from vitral import config
from vitral.errors import ConfigError, DataError, ShapeError
from vitral.typing import Array

_CHUNK = 1024


def scale_unit(x: Array, max_value: float = 255.0) -> Array:
    """Divide pixels by `max_value`, so that 0..max_value becomes 0..1; gives the float type of the library.

    Raises DataError if a pixel is not finite or not between 0 and `max_value`, and if the pixels are floats
    that lie between 0 and 1 already: scaling twice is a mistake that trains, badly, without a word.

    >>> scale_unit(np.array([0, 51, 255], dtype=np.uint8))
    array([0. , 0.2, 1. ], dtype=float32)
    """
    x = np.asarray(x)
    if not max_value > 0:
        raise ConfigError(f"max_value is {max_value!r}; expected a number above 0")
    if x.size == 0:
        raise DataError(f"nothing to scale: the array has shape {x.shape}")
    low, high = x.min(), x.max()
    if not (low >= 0 and high <= max_value):
        raise DataError(f"pixels from {low:g} to {high:g}; expected 0 to {max_value:g}")
    if x.dtype.kind == "f" and 0 < high <= 1 < max_value:
        raise DataError(f"pixels from {low:g} to {high:g} are scaled already; expected 0 to {max_value:g}")
    return np.divide(x, max_value, dtype=config.floatx())


class Standardizer:
    """z-score: subtract every pixel's mean and divide by its standard deviation, both of the training set.

    Fit it on the training set only; validation and test are transformed with the training set's numbers. A
    pixel that never varies in training (a black corner) has no deviation to divide by and tells nothing: it
    becomes 0 everywhere, also where another set has something there. `constant` marks those pixels.

    After `fit`: `mean`, `std` (population, as in scikit-learn's StandardScaler) and `constant`, each of the
    shape of one sample.

    >>> x = np.array([[0.0, 7.0], [2.0, 7.0]])
    >>> standardizer = Standardizer().fit(x)
    >>> standardizer.transform(np.array([[4.0, 9.0]]))
    array([[3., 0.]], dtype=float32)
    >>> standardizer.constant
    array([False,  True])
    """

    mean: Array
    std: Array
    constant: Array

    def fit(self, x: Array) -> Self:
        """Learn from the training set (n, ...); raises DataError for no samples or a value that is not finite."""
        x = np.asarray(x)
        if x.ndim < 2 or len(x) == 0:
            raise DataError(f"nothing to learn from: the array has shape {x.shape}; expected (samples, ...)")
        mean = x.mean(axis=0, dtype=np.float64)
        if not np.isfinite(mean).all():
            raise DataError("the training set has values that are not finite")
        squares = np.zeros_like(mean)
        # In pieces, as the deviations of a whole data set in float64 would take eight times its memory.
        for start in range(0, len(x), _CHUNK):
            squares += np.square(x[start : start + _CHUNK] - mean).sum(axis=0)
        self.mean = mean
        self.constant = x.min(axis=0) == x.max(axis=0)
        self.std = np.where(self.constant, 0.0, np.sqrt(squares / len(x)))
        return self

    def transform(self, x: Array) -> Array:
        """Standardize samples of the fitted shape; gives the float type of the library, 0 where `constant`."""
        if not hasattr(self, "mean"):
            raise ConfigError("this Standardizer has learned nothing yet; call fit with the training set first")
        x = np.asarray(x)
        if x.shape[1:] != self.mean.shape:
            raise ShapeError(f"samples of shape {x.shape[1:]}; expected {self.mean.shape}, as in fit")
        factor = np.where(self.constant, 0.0, 1.0 / np.where(self.constant, 1.0, self.std))
        result = np.empty(x.shape, dtype=config.floatx())
        for start in range(0, len(x), _CHUNK):
            piece = slice(start, start + _CHUNK)
            result[piece] = (x[piece] - self.mean) * factor
        return result

    def fit_transform(self, x: Array) -> Array:
        """Learn from the training set and standardize it."""
        return self.fit(x).transform(x)

    def get_state(self) -> dict[str, Array]:
        """What was learned, as arrays, for keeping it beside a model."""
        return {"mean": self.mean, "std": self.std, "constant": self.constant}

    @classmethod
    def from_state(cls, state: dict[str, Array]) -> Self:
        """A fitted Standardizer from what `get_state` gave."""
        standardizer = cls()
        standardizer.mean, standardizer.std = state["mean"], state["std"]
        standardizer.constant = state["constant"]
        return standardizer
