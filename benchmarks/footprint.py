"""How long a library takes to import, and how much it takes on the disk."""

import subprocess
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.peers import VITRAL, Library
from benchmarks.process import ROOT, ask, environment, interpreter


def import_times(
    libraries: Sequence[Library], repetitions: int, threads: int
) -> tuple[dict[str, list[float]], dict[str, str]]:
    """Seconds of whole processes that import each library, in turn, and "" for one that does nothing.

    Second, why a library could not be imported, for those that could not. The first import of each is not counted: it
    reads from the disk and compiles.
    """
    times: dict[str, list[float]] = {"": []}
    failed: dict[str, str] = {}
    for library in libraries:
        reason = _complaint(library, threads)
        if reason is None:
            times[library.name] = []
        else:
            failed[library.name] = reason
    nothing = Library("", (), "pass", VITRAL.environment)
    for _ in range(repetitions):
        for library in (nothing, *libraries):
            if library.name in times:
                start = time.perf_counter()
                subprocess.run(_command(library), check=True, capture_output=True, **_place(library, threads))
                times[library.name].append(time.perf_counter() - start)
    return times, failed


def sizes(library: Library, threads: int) -> tuple[dict[str, str], int]:
    """Versions of a library's packages, and bytes on the disk with all that they need."""
    answer = ask(library, "benchmarks.installed", {"imports": library.imports}, threads)
    return answer["versions"], answer["size_bytes"]


def _complaint(library: Library, threads: int) -> str | None:
    """Why a library cannot be imported; None if it can."""
    done = subprocess.run(_command(library), capture_output=True, text=True, check=False, **_place(library, threads))
    if not done.returncode:
        return None
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()] or [f"exit code {done.returncode}"]
    reason: str = lines[-1].removeprefix("ModuleNotFoundError: ")
    return reason[:200]


def _command(library: Library) -> list[str]:
    return [interpreter(library), "-c", library.statement]


def _place(library: Library, threads: int) -> dict[str, Any]:
    # Python keeps what it has compiled unless it is told not to; an installed library comes compiled.
    settings = {**environment(threads, library.environment), "PYTHONDONTWRITEBYTECODE": ""}
    return {"cwd": ROOT, "env": settings}
