"""Files that appear whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when the block ends without an error.

    Readers see the old file or the new one, never half of one; after an error the old file is untouched. An error of
    the system, such as a full disk, names `path`.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     target = Path(folder) / "a.txt"
    ...     with atomic_path(target) as temporary:
    ...         _ = temporary.write_text("whole")
    ...     print(target.read_text(), len(list(Path(folder).iterdir())))
    whole 1
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _errors_name(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def _errors_name(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # A write to a full disk names no file at all, and the temporary file means nothing to the user.
        is_ours = error.filename is None or Path(error.filename).name.startswith(f".{path.name}.")
        if error.errno is None or not is_ours:
            raise
        raise OSError(error.errno, os.strerror(error.errno), str(path)) from error


def atomic_write(path: Path, content: str | bytes) -> None:
    """Write text (UTF-8) or bytes to `path` in one step."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)


def _umask() -> int:
    # mkstemp makes private files; a run folder should have the permissions that the user's shell gives.
    mask = os.umask(0)
    os.umask(mask)
    return mask
