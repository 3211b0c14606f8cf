"""What a data set is: its description, its class names, the files it is kept in and where they come from."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from vitral.datasets.progress import Progress
from vitral.errors import ConfigError, DataError
from vitral.typing import Array

Split: TypeAlias = tuple[tuple[Array, Array], tuple[Array, Array]]
"""(x_train, y_train), (x_test, y_test), as Keras returns it."""

Language: TypeAlias = Literal["en", "es"]


@dataclass(frozen=True)
class DataFile:
    """One file of a data set as it lies in the cache: uncompressed, of known size and digest."""

    name: str
    size: int
    md5: str

    def check(self, content: bytes, origin: str) -> None:
        """Raise DataError unless `content` is exactly this file's content."""
        if len(content) != self.size:
            raise DataError(f"{origin}: {self.name} has {len(content)} bytes; expected {self.size}")
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if digest != self.md5:
            raise DataError(f"{origin}: {self.name} has MD5 {digest}; expected {self.md5}")


@dataclass(frozen=True)
class Desk:
    """Where a source may work: a folder that outlives an interruption, and a voice."""

    folder: Path
    progress: Progress


class Source(Protocol):
    """A place that may have the files."""

    @property
    def name(self) -> str:
        """What to call the place in a message."""

    def read(self, files: Sequence[DataFile], desk: Desk) -> Iterator[tuple[str, bytes]]:
        """Give (file name, uncompressed content) one by one; DataError says why the rest cannot be had."""


class AbsentError(DataError):
    """This place was never set up for the data set, which is no surprise and no fault."""


def no_sources() -> list[Source]:
    """For a data set that comes with a package."""
    return []


@dataclass(frozen=True)
class Dataset:
    """A named data set.

    `input_shape` is the shape of one image; pixels are whole numbers from 0 to `max_value`;
    `load_data()` returns NumPy arrays with Keras' shapes and types.

    >>> from vitral import datasets
    >>> cifar10 = datasets.get("cifar10")
    >>> cifar10.input_shape, cifar10.max_value, cifar10.class_names("es")[4]
    ((32, 32, 3), 255, 'venado')
    """

    name: str
    title: str
    description: str
    citation: str
    license: str
    input_shape: tuple[int, ...]
    train_size: int
    test_size: int
    names_en: tuple[str, ...]
    names_es: tuple[str, ...]
    load: Callable[[], Split] = field(repr=False)
    max_value: int = 255
    files: tuple[DataFile, ...] = field(default=(), repr=False)
    sources: Callable[[], list[Source]] = field(default=no_sources, repr=False)

    @property
    def num_classes(self) -> int:
        """How many classes the labels count, 0 to num_classes - 1."""
        return len(self.names_en)

    def class_names(self, lang: str = "en") -> list[str]:
        """The names of the classes in label order, in English ("en") or Spanish ("es").

        Raises ConfigError for another language.
        """
        if lang not in ("en", "es"):
            raise ConfigError(f"class names in {lang!r}; expected 'en' or 'es'")
        return list(self.names_en if lang == "en" else self.names_es)

    def load_data(self) -> Split:
        """(x_train, y_train), (x_test, y_test); fetched first if the cache does not hold it."""
        return self.load()
