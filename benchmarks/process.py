"""Child processes as the session sees them: the workers, and short programs that measure one thing."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.peers import VITRAL, Library, Peer, thread_settings

ROOT = Path(__file__).parents[1]
PEERS_PYTHON = "VITRAL_BENCH_PYTHON"
"""Environment variable that names the interpreter with the peers; the running one unless set."""


class ChildFailedError(Exception):
    """A child process could not do its work; the text says why, in one line."""


def interpreter(library: Library) -> str:
    """The Python that runs a library."""
    return sys.executable if library is VITRAL else os.environ.get(PEERS_PYTHON) or sys.executable


def environment(threads: int, *more: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child: this process's, the number of threads, and what else is given."""
    settings = dict(os.environ) | thread_settings(threads)
    for some in more:
        settings |= some
    return settings


def ask(library: Library, module: str, question: Mapping[str, Any], threads: int) -> dict[str, Any]:
    """Run a module of ours with a question as JSON; what it answers. Raises ChildFailedError."""
    command = [interpreter(library), "-m", module, json.dumps(question)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(threads, library.environment), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ChildFailedError(_ending(done.returncode, done.stderr))
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


class Worker:
    """A peer that is ready to run a workload; use it in a `with` statement. Raises ChildFailedError at any time."""

    def __init__(self, peer: Peer, workload: str, *, threads: int, seconds: float, smoke: bool) -> None:
        order = {"peer": peer.name, "workload": workload, "threads": threads, "seconds": seconds, "smoke": smoke}
        self.peer = peer
        self._complaints = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115  closed with the worker
        self._process = subprocess.Popen(
            [interpreter(peer.library), "-m", "benchmarks.worker", json.dumps(order)],
            cwd=ROOT,
            env=environment(threads, peer.library.environment, peer.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
        )
        try:
            ready = self._read()
        except BaseException:
            self.close()
            raise
        self.parameters: int = ready["parameters"]
        self.way: str = ready["way"]
        self.steps: int = ready["steps"]
        self.peak_bytes: int | None = None

    def run(self) -> float:
        """Seconds a step, over one repetition."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise ChildFailedError(self._last_words()) from None
        answer = self._read()
        self.peak_bytes = answer["peak_bytes"]
        return float(answer["seconds"]) / self.steps

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._complaints.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise ChildFailedError(self._last_words())
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ChildFailedError(answer["error"])
        return answer

    def _last_words(self) -> str:
        code = self._process.wait()
        self._complaints.seek(0)
        return _ending(code, self._complaints.read())


def _ending(code: int, complaints: str) -> str:
    """Why a process ended: the last line it wrote, or else its exit code."""
    lines = [line.strip() for line in complaints.splitlines() if line.strip()]
    ending = f"signal {-code}" if code < 0 else f"exit code {code}"
    return f"ended with {ending}: {lines[-1][:200]}" if lines else f"ended with {ending}"
