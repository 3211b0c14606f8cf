"""A run of the benchmarks: Vitral and its peers in turn, workload by workload."""

import random
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from benchmarks import estimators
from benchmarks.arithmetic import flops, parameters
from benchmarks.footprint import import_times, sizes
from benchmarks.peers import PEERS, VITRAL, Peer, peer_by_name
from benchmarks.process import ChildFailedError, Worker, ask
from benchmarks.record import FIT_REPETITIONS, Footprint, LeftOut, Machine, Measured, Record, Row
from benchmarks.workloads import WORKLOADS, Workload, by_name, select
from vitral import ops
from vitral.errors import ConfigError, RunError
from vitral.lab.environment import available_cores, describe_environment

_SETTLE = 0.02
"""Pause before each repetition, in seconds: the threads of the one before stop spinning."""

Listener = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What to run; `of` checks it."""

    workloads: list[Workload]
    estimators: list[str]
    peers: list[Peer]
    repetitions: int
    smoke: bool
    threads: int
    command: str

    @property
    def seconds(self) -> float:
        """Length of a repetition."""
        return 0.05 if self.smoke else 0.3

    @classmethod
    def of(
        cls, workloads: str | None, peers: str | None, repetitions: int | None, smoke: bool, threads: int | None
    ) -> "Plan":
        """A plan from the command's options, None where one was not given; Vitral always takes part.

        Raises ConfigError for an unknown name, or for more threads than there are cores.
        """
        cores = available_cores()
        if threads is not None and threads > cores:
            raise ConfigError(f"--threads is {threads}; this process may use {cores} cores")
        every_workload = [*(one.name for one in WORKLOADS), *estimators.TITLES]
        every_peer = [one.name for one in PEERS]
        try:
            chosen = select(every_workload, workloads, "workload") if workloads is not None else every_workload
            others = select(every_peer, peers, "peer") if peers is not None else every_peer
        except ValueError as error:
            raise ConfigError(str(error)) from None
        given = {"workloads": workloads, "peers": peers, "repetitions": repetitions, "threads": threads}
        options = [text for name, value in given.items() if value is not None for text in (f"--{name}", str(value))]
        return cls(
            workloads=[by_name(name, smoke=smoke) for name in chosen if name not in estimators.TITLES],
            estimators=[name for name in chosen if name in estimators.TITLES and "sklearn" in others],
            peers=[peer for peer in PEERS if peer.library is VITRAL or peer.name in others],
            repetitions=repetitions or (2 if smoke else 15),
            smoke=smoke,
            threads=threads or cores,
            command=shlex.join(["vitral", "bench", *options, *(["--smoke"] if smoke else [])]),
        )

    def repetitions_of(self, workload: Workload) -> int:
        """Rounds on a workload."""
        return min(self.repetitions, FIT_REPETITIONS) if workload.kind == "fit" else self.repetitions


def run(plan: Plan, say: Listener) -> Iterator[Record]:
    """Carry the plan out; yields the record after the footprints, and again after each workload.

    `say` gets a line about what is going on. Raises RunError if a peer's network has another size than it should.
    """
    record = _circumstances(plan)
    say("import times and installed sizes")
    missing = _footprints(plan, record)
    for left_out in record.left_out:
        say(left_out.text())
    yield record
    for workload in plan.workloads:
        record.gemm_gflops = max(record.gemm_gflops, _gemm_peak(plan)[0])
        peers = [peer for peer in plan.peers if peer.library.name not in missing and peer.takes(workload)]
        measured, left_out_here = measure(workload, peers, plan, say)
        record.workloads.append(measured)
        record.left_out += left_out_here
        yield record
    for name in plan.estimators:
        say(f"{name}: {estimators.TITLES[name]}")
        rounds = 1 if plan.smoke else min(plan.repetitions, FIT_REPETITIONS)
        compared, left_out_here = estimators.compare(name, rounds, plan.threads, smoke=plan.smoke)
        record.estimators.append(compared)
        record.left_out += left_out_here
        yield record


def measure(workload: Workload, peers: list[Peer], plan: Plan, say: Listener) -> tuple[Measured, list[LeftOut]]:
    """All peers on a workload in rounds, each round in another order, one process at work at a time."""
    left_out: list[LeftOut] = []
    expected = parameters(workload.net)

    def leave_out(peer: Peer, error: ChildFailedError) -> None:
        left_out.append(LeftOut(peer.name, workload.name, str(error)))
        say(left_out[-1].text())

    with ExitStack() as stack:
        workers: dict[str, Worker] = {}
        for peer in peers:
            say(f"{workload.name}: {peer.name} gets ready")
            try:
                worker = Worker(peer, workload.name, threads=plan.threads, seconds=plan.seconds, smoke=plan.smoke)
            except ChildFailedError as error:
                leave_out(peer, error)
                continue
            workers[peer.name] = stack.enter_context(worker)
            if worker.parameters != expected:
                raise RunError(
                    f"{workload.name}: the network of {peer.name} has {worker.parameters:,} parameters; expected "
                    f"{expected:,}, so its times would be those of other work"
                )
        times: dict[str, list[float]] = {name: [] for name in workers}
        say(f"{workload.name}: measuring")
        for number in range(plan.repetitions_of(workload)):
            for name in random.Random(number).sample(sorted(times), len(times)):
                time.sleep(_SETTLE)
                try:
                    times[name].append(workers[name].run())
                except ChildFailedError as error:
                    del times[name]
                    leave_out(peer_by_name(name), error)
        rows = [
            Row(name, workers[name].way, workers[name].steps, found, workers[name].peak_bytes)
            for name, found in times.items()
        ]
    return (
        Measured(
            workload.name,
            workload.title,
            workload.kind,
            expected,
            workload.images_per_step,
            flops(workload),
            rows,
        ),
        left_out,
    )


def _circumstances(plan: Plan) -> Record:
    here = describe_environment(command=[], seed=0, data={})
    backends = [operation.backend for operation in ops.operations.values()]
    gflops, source = _gemm_peak(plan)
    return Record(
        started=datetime.now().astimezone().isoformat(timespec="seconds"),
        command=plan.command,
        machine=Machine(here.cpu, here.cores, here.memory_bytes, here.platform, here.python, here.numpy, here.blas),
        backends={backend: backends.count(backend) for backend in sorted(set(backends))},
        threads=plan.threads,
        repetitions=plan.repetitions,
        smoke=plan.smoke,
        seconds=plan.seconds,
        python_seconds=[],
        footprints=[],
        gemm_gflops=gflops,
        gemm_source=source,
    )


def _footprints(plan: Plan, record: Record) -> set[str]:
    """Measure the libraries of all peers; returns the names of those that cannot be imported."""
    libraries = list({peer.library.name: peer.library for peer in plan.peers}.values())
    times, failed = import_times(libraries, 1 if plan.smoke else 5, plan.threads)
    record.python_seconds = times.pop("")
    record.left_out = [LeftOut(name, None, reason) for name, reason in failed.items()]
    for library in libraries:
        if library.name not in failed:
            versions, size = sizes(library, plan.threads)
            found = Footprint(library.name, library.statement, versions, size, times[library.name])
            record.footprints.append(found)
    return set(failed)


def _gemm_peak(plan: Plan) -> tuple[float, str]:
    answer = ask(VITRAL, "benchmarks.peak", {"seconds": 0.1 if plan.smoke else 1.0}, plan.threads)
    return float(answer["gflops"]), str(answer["source"])
