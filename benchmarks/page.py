"""A record as a page in Markdown."""

from pathlib import Path

from tabulate import tabulate

from benchmarks.lines import Table, estimators_table, footprint_table, number, summary_table, workload_table
from benchmarks.peers import MALLOC
from benchmarks.record import FIT_REPETITIONS, Measured, Record

_LEGEND = """\
- A step of training is a fresh batch, forward pass, loss, backward pass and update, the same arithmetic for all; the
  numbers of parameters are compared before anything is measured. Batches are NumPy arrays of float32.
- Each peer runs in a process of its own. They take turns: in every round each of them runs its steps for about
  {seconds} s while the others wait, in another order each round. Of the calls that a library offers for the same work,
  the quickest one counts; it is named.
- *Best* and *median* are times of a step over the rounds; *spread* is the distance between the quartiles as a part of
  the median; *images/s* belongs to the best.
- *Vitral, best* says how many times as fast Vitral is, best against best; *Vitral, median* is the median of the ratios
  of single rounds.
- *GEMM* is the arithmetic of the convolutions and dense layers as a part of the fastest float32 matrix product
  ({gflops} GFLOP/s, {source}). Fast algorithms that need fewer multiplications may exceed 100 %.
- *Peak MB* is the largest resident size of the process, library and data included.
- *malloc*: glibc was told to keep the memory that it has once got,
  `{malloc}`.
- scikit-learn takes part where there are dense layers alone; channels-last where there are images.
"""


def write(record: Record, path: Path) -> None:
    """Write the page to a file."""
    path.write_text(page(record), encoding="utf-8")


def page(record: Record) -> str:
    """The whole page."""
    parts = [
        "# Benchmarks",
        f"Written by `{record.command}`; not edited by hand. Started {record.started}." + _smoke(record),
        _where(record),
        "## Vitral and the best peer",
        "Images per second, each at its best, and how many times as fast Vitral is.",
        _markdown(summary_table(record)),
        "## How it was measured",
        _LEGEND.format(
            seconds=record.seconds,
            gflops=number(record.gemm_gflops),
            source=record.gemm_source,
            malloc=" ".join(f"{name}={value}" for name, value in MALLOC.items()),
        ).rstrip(),
        "## Import time and installed size",
        "Of whole processes; sizes with all that a library needs, without bytecode caches.",
        _markdown(footprint_table(record)),
    ]
    for measured in record.workloads:
        parts += [
            f"## {measured.name}: {measured.title}",
            _facts(measured),
            _markdown(workload_table(measured, record)),
        ]
    if record.estimators:
        titles = "\n".join(f"- {compared.name}: {compared.title}" for compared in record.estimators)
        parts += [
            "## scikit-learn's estimator and Vitral's",
            f"Default parameters, float32 data, each with its own random start; a training with each seed.\n\n{titles}",
            _markdown(estimators_table(record)),
        ]
    if record.left_out:
        parts += ["## Left out", "\n".join(f"- {left_out.text()}" for left_out in record.left_out)]
    return "\n\n".join(parts) + "\n"


def _smoke(record: Record) -> str:
    return "\n\n**A smoke run: it shows that everything works; its times mean nothing.**" if record.smoke else ""


def _where(record: Record) -> str:
    machine = record.machine
    memory = "" if machine.memory_bytes is None else f", {machine.memory_bytes / 2**30:.0f} GiB"
    backends = ", ".join(f"{count} by `{backend}`" for backend, count in record.backends.items())
    rows = [
        ["Processor", f"{machine.cpu}, {machine.cores} cores{memory}"],
        ["System", machine.platform],
        ["Python", f"{machine.python}, NumPy {machine.numpy} with {machine.blas}"],
        ["Vitral's operations", backends],
        ["Threads", f"{record.threads} for everybody"],
        ["Rounds (n)", f"{record.repetitions}; at most {FIT_REPETITIONS} of a whole fit"],
    ]
    return _markdown(Table(["", ""], rows, ()))


def _facts(measured: Measured) -> str:
    return f"{measured.parameters:,} parameters, {number(measured.flops_per_step / 1e9)} GFLOP a step."


def _markdown(table: Table) -> str:
    alignment = ["right" if column in table.numeric else "left" for column in range(len(table.header))]
    return str(tabulate(table.rows, table.header, tablefmt="pipe", colalign=alignment, disable_numparse=True))
