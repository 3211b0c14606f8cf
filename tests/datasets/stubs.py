"""Sources and a data set made of a few bytes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import md5
from typing import TypeVar

from vitral.datasets.base import DataFile, Dataset, Desk, Split
from vitral.errors import DataError

Result = TypeVar("Result")


def data_file(name: str, content: bytes) -> DataFile:
    return DataFile(name, len(content), md5(content).hexdigest())


CONTENT = {"images": b"abcdefgh" * 1000, "labels": b"0123456789"}
FILES = tuple(data_file(name, content) for name, content in CONTENT.items())


@dataclass
class StubSource:
    """Gives `content`, then raises `error`; counts how often it was asked."""

    name: str
    content: dict[str, bytes]
    error: Exception | None = None
    asked: int = 0

    def read(self, files: Sequence[DataFile], desk: Desk) -> Iterator[tuple[str, bytes]]:
        self.asked += 1
        for file in files:
            if file.name in self.content:
                yield file.name, self.content[file.name]
        if self.error:
            raise self.error


def dataset(*sources: StubSource) -> Dataset:
    def load() -> Split:
        raise NotImplementedError

    return Dataset(
        name="stub",
        title="Stub",
        description="",
        citation="",
        license="",
        input_shape=(2, 2),
        train_size=1,
        test_size=1,
        names_en=("a",),
        names_es=("a",),
        load=load,
        files=FILES,
        sources=lambda: list(sources),
    )


def attempt(call: Callable[[], Result]) -> Result | DataError:
    """What a call gives, or how it was refused; any other error is a failure of the test."""
    try:
        return call()
    except DataError as error:
        return error
