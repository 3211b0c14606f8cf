"""A process in which one peer runs one workload: `python -m benchmarks.worker '{"peer": ..., ...}'`.

It gets ready, writes a line of JSON, and then waits. For every line it reads it runs its steps and writes how long they
took; when its input ends, so does it.
"""

import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.peers import peer_by_name
from benchmarks.peers.task import Way
from benchmarks.workloads import by_name

_STATUS = Path("/proc/self/status")


def main() -> None:
    """Serve until standard input ends."""
    order = json.loads(sys.argv[1])
    # Libraries write what they like to standard output: keep the channel for ourselves.
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(**facts: Any) -> None:
        channel.write(json.dumps(facts) + "\n")
        channel.flush()

    try:
        keep_to_cores(order["threads"])
        peer, workload = peer_by_name(order["peer"]), by_name(order["workload"], smoke=order["smoke"])
        task = import_module(f"benchmarks.peers.{peer.adapter}").prepare(workload, **peer.options)
        seconds = 0.0 if workload.kind == "fit" else order["seconds"]
        paces = {name: pace(way, seconds) for name, way in task.ways.items()}
        quickest = min(paces, key=paces.__getitem__)
        steps = max(1, round(seconds / paces[quickest])) if seconds else 1
        answer(parameters=task.parameters, way=quickest, steps=steps)
        for _ in sys.stdin:
            answer(seconds=timed(task.ways[quickest], steps), peak_bytes=peak_memory())
    except Exception as error:
        answer(error=one_line(error))
        raise


def keep_to_cores(threads: int) -> None:
    """Let this process, and whatever thread pools it will make, use that many cores only."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def pace(way: Way, seconds: float) -> float:
    """Seconds a step, once warm; measured over at least that many seconds, or after one step if 0."""
    taken, steps = timed(way, 1), 1
    if not seconds:
        return taken
    taken = timed(way, 1)
    while taken < seconds:
        steps = min(8 * steps, int(steps * 1.2 * seconds / taken) + 1)
        taken = timed(way, steps)
    return taken / steps


def timed(way: Way, steps: int) -> float:
    """Seconds for that many steps."""
    start = time.perf_counter()
    way(steps)
    return time.perf_counter() - start


def peak_memory() -> int | None:
    """The largest resident size of this process in bytes; None where the system does not say.

    Not from getrusage, which may count the parent's size before this program was started in its place.
    """
    if not _STATUS.exists():
        return None
    (line,) = (line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def one_line(error: Exception) -> str:
    """What went wrong, in one line of at most 200 characters, with the class unless the text says enough."""
    text = " ".join(str(error).split())
    if not isinstance(error, ImportError):
        text = f"{type(error).__name__}: {text}"
    return text if len(text) <= 200 else f"{text[:197]}..."


if __name__ == "__main__":
    main()
