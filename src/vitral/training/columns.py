"""Several arrays with one entry a sample: the inputs, labels or weights of a model that has more than one of them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from vitral.core.tree import along
from vitral.errors import ConfigError
from vitral.typing import Array


class Columns:
    """Arrays that are counted and cut as one; those that are not needed are None.

    >>> both = Columns([np.arange(3), np.ones((3, 2))])
    >>> len(both), both[1:].shapes
    (3, [(2,), (2, 2)])
    """

    def __init__(self, arrays: Sequence[Array | None]) -> None:
        self.arrays = list(arrays)

    @property
    def shapes(self) -> list[tuple[int, ...] | None]:
        """The arrays' shapes."""
        return [None if array is None else array.shape for array in self.arrays]

    def __len__(self) -> int:
        return next((len(array) for array in self.arrays if array is not None), 0)

    def __getitem__(self, rows: Any) -> "Columns":
        return Columns([None if array is None else array[rows] for array in self.arrays])


def arrays_of(value: Any) -> list[Any]:
    """The arrays in columns, or the single thing there is."""
    return value.arrays if isinstance(value, Columns) else [value]


class Layout(NamedTuple):
    """Names of a model's inputs and outputs, by which arrays may be given; None for a single one without a name.

    A single array needs no name; of several there is a list in the order of the names, or a dictionary. `nested` is the
    structure of the inputs if lists or dictionaries lie in each other there, `nested_outputs` that of the outputs;
    arrays may be given so as well.
    """

    inputs: Sequence[str] | None = None
    outputs: Sequence[str] | None = None
    nested: Any = None
    nested_outputs: Any = None

    def x(self, given: Any) -> Any:
        """The inputs' arrays in order, in a list if there are several; raises ConfigError for other names or another
        number. A dictionary may hold more than is needed, as in Keras."""
        things = None if self.nested is None else along(self.nested, given)
        return _in_order(given, self.inputs, "x") if things is None else things

    def y(self, given: Any) -> Any:
        """The same for labels; those of some outputs may be left out of a dictionary, or None."""
        return _in_order(self.for_outputs(given), self.outputs, "y")

    def weight(self, given: Any) -> Any:
        """The same for weights; a single array weighs the samples for all outputs."""
        given = self.for_outputs(given)
        several = self.outputs is not None and len(self.outputs) > 1
        if several and given is not None and not isinstance(given, (list, tuple, Mapping, Columns)):
            return [given] * len(self.outputs or ())
        return _in_order(given, self.outputs, "sample_weight")

    def for_outputs(self, given: Any) -> Any:
        """A list with what is given for each output, if that is nested like the outputs; else what is given."""
        things = None if self.nested_outputs is None else along(self.nested_outputs, given)
        return given if things is None else things


def _in_order(given: Any, names: Sequence[str] | None, what: str) -> Any:
    if isinstance(given, Columns):
        return given.arrays
    if names is None or given is None:
        return given
    if isinstance(given, Mapping):
        wrong = [name for name in given if name not in names] if what != "x" else []
        if wrong or not any(name in given for name in names) or (what == "x" and not set(names) <= set(given)):
            raise ConfigError(f"{what} is given for {', '.join(map(str, given))}; expected {', '.join(names)}")
        return [given.get(name) for name in names] if len(names) > 1 else given[names[0]]
    if len(names) == 1:
        alone = isinstance(given, (list, tuple)) and len(given) == 1 and isinstance(given[0], np.ndarray)
        return given[0] if alone else given
    if not isinstance(given, (list, tuple)) or len(given) != len(names):
        received = f"a list of {len(given)}" if isinstance(given, (list, tuple)) else f"a {type(given).__name__}"
        raise ConfigError(f"{what} is {received}; expected a list of {len(names)} or a dictionary: {', '.join(names)}")
    return list(given)
