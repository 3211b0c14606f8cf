"""Opens a user's file, packed by gzip or not."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from vitral.errors import DataError

_GZIP_MAGIC = b"\x1f\x8b"


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked; DataError if it cannot be opened or its gzip data is damaged."""
    try:
        with path.open("rb") as stream:
            packed = stream.read(2) == _GZIP_MAGIC
            stream.seek(0)
            if not packed:
                yield stream
                return
            with gzip.GzipFile(fileobj=stream) as content:
                try:
                    yield content  # type: ignore[misc]
                except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                    raise DataError(
                        f"{path}, byte {stream.tell()}: the gzip data is damaged or cut off: {error}"
                    ) from error
    except OSError as error:
        raise open_error(path, error) from error


def open_error(path: Path, error: OSError) -> DataError:
    """A file that cannot be opened, in one line."""
    return DataError(f"{path}: {error.strerror or error}")
