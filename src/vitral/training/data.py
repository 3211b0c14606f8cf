"""The arrays of a training, checked once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import floor
from typing import Any

import numpy as np

from vitral.config import floatx
from vitral.core.arrays import as_numbers
from vitral.core.configurable import is_number
from vitral.errors import ConfigError, DataError
from vitral.training.columns import Columns, Layout, arrays_of
from vitral.typing import Array

SINGLE = Layout()


@dataclass(frozen=True)
class Data:
    """Samples, their labels and their weights; `y` and `weight` may be missing."""

    x: Any
    y: Any = None
    weight: Any = None

    @classmethod
    def of(cls, x: Any, y: Any = None, weight: Any = None, layout: Layout = SINGLE) -> "Data":
        """Arrays from what the user gave: arrays, memory maps or lists, none of them copied if it is an array.

        Raises DataError for zero samples, unequal numbers of samples, text, or labels that are not finite;
        ConfigError for things that are no array.
        """
        data = cls(
            _columns(layout.x(x), layout.inputs, "x"),
            _columns(layout.y(y), layout.outputs, "y"),
            _columns(layout.weight(weight), layout.outputs, "sample_weight", floatx()),
        )
        labels = dict(_named(data.y, layout.outputs, "y"))
        weights = dict(_named(data.weight, layout.outputs, "sample_weight"))
        counts = {name: len(a) for name, a in (dict(_named(data.x, layout.inputs, "x")) | labels | weights).items()}
        if len(set(counts.values())) > 1:
            raise DataError(
                "the arrays have different numbers of samples: "
                + ", ".join(f"{name} has {count}" for name, count in counts.items())
            )
        if len(data) == 0:
            raise DataError(f"x has no samples: its shape is {arrays_of(data.x)[0].shape}")
        for name, array in (labels | weights).items():
            _check_finite(array, name)
        return data

    def __len__(self) -> int:
        return len(self.x)

    def split(self, fraction: float) -> "tuple[Data, Data]":
        """The first samples for training and the last `fraction` of them for validation, as Keras does.

        Raises ConfigError unless 0 < fraction < 1, DataError if one part would be empty.
        """
        if not (is_number(fraction) and 0.0 < fraction < 1.0):
            raise ConfigError(f"validation_split is {fraction!r}; expected a number between 0 and 1")
        at = floor(len(self) * (1.0 - fraction))
        if at in (0, len(self)):
            raise DataError(f"validation_split={fraction} of {len(self)} samples leaves one part without any")
        return self._part(slice(None, at)), self._part(slice(at, None))

    def _part(self, rows: slice) -> "Data":
        return Data(
            self.x[rows],
            None if self.y is None else self.y[rows],
            None if self.weight is None else self.weight[rows],
        )

    def with_class_weight(self, class_weight: Mapping[int, float] | None) -> "Data":
        """The same samples, weighted by their classes; a class that is not named weighs 1.

        Raises ConfigError if it maps anything but class numbers to finite weights, if there are sample weights already,
        or no labels.
        """
        if class_weight is None:
            return self
        _check_class_weight(class_weight)
        if self.weight is not None:
            raise ConfigError("class_weight and sample_weight cannot both be given: multiply them into sample_weight")
        if self.y is None:
            raise ConfigError("class_weight needs labels: y is missing")
        if isinstance(self.y, Columns):
            raise ConfigError("class_weight is for models with one output: give sample_weight for each of several")
        classes = class_indices(self.y)
        weight = np.ones(len(classes), floatx())
        for label, value in class_weight.items():
            weight[classes == label] = value
        return Data(self.x, self.y, weight)


def _titles(names: Any, what: str) -> list[str]:
    """How errors call the arrays of one argument."""
    return [what] if names is None or len(names) == 1 else [f"{what} of {name!r}" for name in names]


def _named(part: Any, names: Any, what: str) -> Iterator[tuple[str, Array]]:
    """The arrays of one argument that are there, and how errors call them."""
    if part is not None:
        for title, array in zip(_titles(names, what), arrays_of(part), strict=True):
            if array is not None:
                yield title, array


def _columns(given: Any, names: Any, what: str, dtype: str | None = None) -> Any:
    """The array, or the columns of a model that has several of them; None stays None."""
    if given is None:
        return None
    titles = _titles(names, what)
    if len(titles) == 1:
        return _typed(given, what, dtype)
    if what == "x" and any(part is None for part in given):
        raise ConfigError(f"x is missing for some of the inputs {', '.join(names)}")
    return Columns([_typed(part, title, dtype) for part, title in zip(given, titles, strict=True)])


def _typed(given: Any, title: str, dtype: str | None) -> Array | None:
    if given is None:
        return None
    array = as_array(given, title)
    return array if dtype is None else array.astype(dtype)


def _check_class_weight(class_weight: Any) -> None:
    if not isinstance(class_weight, Mapping):
        raise ConfigError(f"class_weight is {class_weight!r}; expected a dictionary such as {{0: 1.0, 1: 2.5}}")
    for label, weight in class_weight.items():
        if not isinstance(label, (int, np.integer)):
            raise ConfigError(f"class_weight names the class {label!r}; expected a whole number")
        if not (is_number(weight) and np.isfinite(weight)):
            raise ConfigError(f"class_weight gives class {label} the weight {weight!r}; expected a finite number")


def class_indices(y: Array) -> Array:
    """Whole-number classes (n,) from classes (n,) or (n, 1), or from one-hot rows (n, classes).

    >>> class_indices(np.array([[0, 1], [1, 0]])).tolist(), class_indices(np.array([[3], [2]])).tolist()
    ([1, 0], [3, 2])
    """
    if y.ndim > 1:
        y = y.argmax(axis=-1) if y.shape[-1] != 1 else y[..., 0]
    return np.round(y).astype(np.int64)


def as_array(value: Any, name: str) -> Array:
    """The value as an array of numbers with at least one axis; the very same memory if it is one already."""
    if not isinstance(value, np.ndarray) and not isinstance(value, (list, tuple)) and not hasattr(value, "__array__"):
        raise ConfigError(f"{name} is a {type(value).__name__}; expected a NumPy array or a list")
    array = as_numbers(value, name)
    if array.ndim == 0:
        raise DataError(f"{name} is the single value {array}; expected one entry for each sample")
    return array


def whole_number(value: Any, name: str, least: int) -> int:
    """The value as an int; raises ConfigError unless it is a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ConfigError(f"{name} is {value!r}; expected a whole number from {least} on")
    return int(value)


def _check_finite(array: Array, name: str) -> None:
    if array.dtype.kind == "f":
        finite = np.isfinite(array)
        if not finite.all():
            row = int(np.flatnonzero(~finite.reshape(len(array), -1).all(axis=1))[0])
            raise DataError(f"{name} holds a value that is not finite, first in sample {row}")
