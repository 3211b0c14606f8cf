"""Telling what the user gave as x."""

import warnings
from collections.abc import Mapping
from itertools import count
from typing import Any

import numpy as np

from vitral.config import max_steps_per_epoch
from vitral.errors import ConfigError, ModelWarning
from vitral.training.columns import Columns, Layout
from vitral.training.data import SINGLE, Data, whole_number
from vitral.training.feeds import ArrayFeed, Feed, IndexedFeed, StreamFeed, length_of
from vitral.training.py_dataset import PyDataset


class EndlessDataset:
    """The batches of a PyDataset without an end, one after the other."""

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset
        self._numbers = count()
        self.on_epoch_begin, self.on_epoch_end = dataset.on_epoch_begin, dataset.on_epoch_end

    def __iter__(self) -> "EndlessDataset":
        return self

    def __next__(self) -> Any:
        return self._dataset[next(self._numbers)]


def open_feed(
    x: Any,
    y: Any = None,
    weight: Any = None,
    *,
    batch_size: int | None = None,
    class_weight: Mapping[int, float] | None = None,
    layout: Layout = SINGLE,
    steps: int | None = None,
    epochs: int = 1,
    steps_name: str = "steps",
) -> Feed:
    """The feed for what the user gave as x: an array, an object with `__getitem__`, or something to iterate over.

    Raises ConfigError where y, weights or the like do not go with it, or if it is none of these.
    """
    wanted = None if steps is None else whole_number(steps, steps_name, 1)

    def collect(x: Any, y: Any = None, weight: Any = None) -> Data:
        return Data.of(x, y, weight, layout).with_class_weight(class_weight)

    if is_array(x) or (layout.inputs is not None and isinstance(x, Mapping)):
        arrays = ArrayFeed(collect(x, y, weight), batch_size, wanted)
        most = limited(arrays.steps, max_steps_per_epoch(), steps_name)
        return arrays if most == arrays.steps else ArrayFeed(arrays.data, arrays.reader.batch_size, most)
    if isinstance(x, PyDataset) and x.num_batches is None:
        x = EndlessDataset(x)
    indexed = isinstance(x, PyDataset) or (hasattr(x, "__getitem__") and hasattr(x, "__len__"))
    if not (indexed or hasattr(x, "__iter__")) or isinstance(x, (str, bytes, Mapping)):
        raise ConfigError(
            f"x is a {type(x).__name__}; expected a NumPy array, a list, a generator or a data set such as a PyDataset"
        )
    for name, value in (("y", y), ("sample_weight", weight)):
        if value is not None:
            raise ConfigError(f"{name} is given beside a {type(x).__name__}, which must give it with every batch")
    if batch_size is not None:
        message = f"batch_size={batch_size} has no effect: a {type(x).__name__} gives whole batches"
        warnings.warn(message, ModelWarning, stacklevel=4)
    if indexed:
        batches = IndexedFeed(x, collect, wanted)
        most = limited(batches.steps, max_steps_per_epoch(), steps_name)
        return batches if most == batches.steps else IndexedFeed(x, collect, most)
    known = length_of(x) if wanted is None else wanted
    most = limited(known, max_steps_per_epoch(), steps_name)
    wanted = wanted if most == known else most
    return StreamFeed(x, collect, wanted, None if wanted is None else wanted * epochs)


def limited(number: int | None, most: int | None, name: str) -> int | None:
    """The number, None if nobody knows it, or the limit that the settings have, if that is lower, with a warning."""
    if most is None or (number is not None and number <= most):
        return number
    warnings.warn(f"Limiting {name} to {most}", UserWarning, stacklevel=4)
    return most


def is_array(x: Any) -> bool:
    """Whether x is all the samples at once, rather than something that gives them batch by batch."""
    return isinstance(x, (np.ndarray, list, tuple, Columns)) or hasattr(x, "__array__")


def open_validation(data: Any, batch_size: int | None, steps: int | None, times: int, layout: Layout = SINGLE) -> Feed:
    """The feed for `validation_data`, which will be used that many times."""
    parts = tuple(data) if isinstance(data, (tuple, list)) else (data,)
    if is_array(data) and (not isinstance(data, (tuple, list)) or len(parts) not in (2, 3)):
        raise ConfigError(
            f"validation_data is a {type(data).__name__}; expected (x, y), (x, y, sample_weight) or something that "
            "gives batches"
        )
    feed = open_feed(
        *parts, batch_size=batch_size, steps=steps, epochs=times, steps_name="validation_steps", layout=layout
    )
    if isinstance(feed, StreamFeed) and feed.only_once and steps is None and times > 1:
        raise ConfigError(
            f"validation_data is a {type(data).__name__}, which a first validation would use up: give validation_steps"
        )
    return feed


def split_arrays(x: Any, y: Any, weight: Any, fraction: float, layout: Layout = SINGLE) -> tuple[Data, Data]:
    """The samples for training and those held out; raises ConfigError unless they are arrays."""
    if not is_array(x) and not (layout.inputs is not None and isinstance(x, Mapping)):
        raise ConfigError(f"validation_split needs arrays and received a {type(x).__name__}: give validation_data")
    return Data.of(x, y, weight, layout).split(fraction)
