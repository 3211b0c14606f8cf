"""What a run of the benchmarks leaves: every raw time, and the circumstances."""

from pathlib import Path

import msgspec

FIT_REPETITIONS = 3
"""Rounds of a whole fit, at most: it is long enough by itself."""


class Row(msgspec.Struct):
    """A peer on a workload."""

    peer: str
    way: str
    """The call that was measured, the quickest of the peer's."""
    steps: int
    """Steps in a repetition."""
    times: list[float]
    """Seconds a step, one for each round."""
    peak_bytes: int | None
    """The largest resident size of the peer's process, library and data included."""


class Measured(msgspec.Struct):
    """A workload and all who ran it, in interleaved rounds."""

    name: str
    title: str
    kind: str
    parameters: int
    images_per_step: int
    flops_per_step: int
    rows: list[Row]

    def row(self, peer: str) -> Row | None:
        """The row of a peer; None if it has none."""
        return next((row for row in self.rows if row.peer == peer), None)


class Estimator(msgspec.Struct):
    """A library's MLPClassifier on a data set: a training with each seed."""

    library: str
    seconds: list[float]
    accuracies: list[float]


class Estimators(msgspec.Struct):
    """A data set, and the estimators that were trained on it in turn."""

    name: str
    title: str
    rows: list[Estimator]


class Footprint(msgspec.Struct):
    """A library as it lies on the disk and is imported."""

    library: str
    statement: str
    versions: dict[str, str]
    size_bytes: int
    import_seconds: list[float]
    """Of whole processes that execute the statement."""


class LeftOut(msgspec.Struct):
    """Who could not take part, where (None: anywhere), and why."""

    peer: str
    workload: str | None
    reason: str

    def text(self) -> str:
        """In one line."""
        return f"left out: {self.peer}{f' on {self.workload}' if self.workload else ''}: {self.reason}"


class Machine(msgspec.Struct):
    """Where it was measured."""

    cpu: str
    cores: int
    memory_bytes: int | None
    platform: str
    python: str
    numpy: str
    blas: str


class Record(msgspec.Struct):
    """A whole run."""

    started: str
    command: str
    machine: Machine
    backends: dict[str, int]
    """How many of Vitral's operations each of its backends carries out."""
    threads: int
    repetitions: int
    smoke: bool
    seconds: float
    """Length of a repetition."""
    python_seconds: list[float]
    """Of whole processes that do nothing: what import times start from."""
    footprints: list[Footprint]
    gemm_gflops: float
    """The fastest float32 matrix product seen in this run, in GFLOP/s."""
    gemm_source: str
    workloads: list[Measured] = msgspec.field(default_factory=list)
    estimators: list[Estimators] = msgspec.field(default_factory=list)
    left_out: list[LeftOut] = msgspec.field(default_factory=list)


def write(record: Record, path: Path) -> None:
    """Write a record as JSON."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")


def read(path: Path) -> Record:
    """Read a record that `write` wrote."""
    return msgspec.json.decode(path.read_bytes(), type=Record)
