"""A record in words: the cells of its tables, the same on the terminal and on the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.figures import median_of_ratios, ratio_of_bests, spread
from benchmarks.record import Footprint, Measured, Record, Row

Cells = list[list[str]]
OURS = "vitral"


@dataclass(frozen=True)
class Table:
    """A header, rows of text, and which columns hold numbers."""

    header: list[str]
    rows: Cells
    numeric: Sequence[int]


def newest(record: Record) -> tuple[str, Table]:
    """The part of a record that was added last, with its title."""
    if record.estimators:
        compared = record.estimators[-1]
        return f"{compared.name}: {compared.title}", estimators_table(record)
    if not record.workloads:
        return "Import time and installed size", footprint_table(record)
    measured = record.workloads[-1]
    return f"{measured.name}: {measured.title}", workload_table(measured, record)


def workload_table(measured: Measured, record: Record) -> Table:
    """Everybody on a workload: Vitral first, then the others, the quickest first."""
    header = ["Peer", "Call", "Best ms", "Median ms", "Spread", "Images/s", "Vitral, best", "Vitral, median", "GEMM"]
    ours = measured.row(OURS)
    rows = []
    for row in sorted(measured.rows, key=lambda row: (row is not ours, min(row.times))):
        compared = ["", ""] if row is ours else _ratios(ours, row)
        best = min(row.times)
        rows.append(
            [
                *(row.peer, row.way, number(1e3 * best), number(1e3 * median(row.times))),
                *(f"{spread(row.times):.0%}", number(measured.images_per_step / best)),
                *(*compared, _share(measured, row, record), megabytes(row.peak_bytes)),
            ]
        )
    return Table([*header, "Peak MB"], rows, range(2, 10))


def summary_table(record: Record) -> Table:
    """Vitral and the best peer on every workload."""
    header = ["Workload", "What", "Vitral", "Peer", "Best peer", "By best", "By median", "GEMM"]
    rows = []
    for measured in record.workloads:
        ours = measured.row(OURS)
        others = [row for row in measured.rows if row is not ours]
        rival = min(others, key=lambda row: min(row.times), default=None)
        rows.append(
            [
                *(measured.name, measured.title),
                "" if ours is None else number(measured.images_per_step / min(ours.times)),
                *(("", "") if rival is None else (number(measured.images_per_step / min(rival.times)), rival.peer)),
                *(["", ""] if rival is None else _ratios(ours, rival)),
                "" if ours is None else _share(measured, ours, record),
            ]
        )
    return Table(header, rows, (2, 3, 5, 6, 7))


def estimators_table(record: Record) -> Table:
    """Vitral's and scikit-learn's estimators on every data set: time of a fit, and accuracy over the seeds."""
    header = ["Data", "Estimator", "Best s", "Median s", "Vitral, best", "Test accuracy, mean", "lowest", "highest"]
    rows = []
    for compared in record.estimators:
        ours = next((row for row in compared.rows if row.library == OURS), None)
        for row in compared.rows:
            ratio = "" if ours is None or row is ours else f"{ratio_of_bests(ours.seconds, row.seconds):.2f}x"
            accuracies = (sum(row.accuracies) / len(row.accuracies), min(row.accuracies), max(row.accuracies))
            rows.append(
                [
                    *(compared.name, row.library, number(min(row.seconds)), number(median(row.seconds)), ratio),
                    *(f"{100 * accuracy:.2f}%" for accuracy in accuracies),
                ]
            )
    return Table(header, rows, range(2, 8))


def footprint_table(record: Record) -> Table:
    """Import times and sizes of the libraries."""
    header = ["Library", "Versions", "Import s, best", "Import s, median", "Installed MB"]
    rows = [["(Python alone)", record.machine.python, *_seconds(record.python_seconds), ""]]
    rows += [
        [found.library, _versions(found), *_seconds(found.import_seconds), megabytes(found.size_bytes)]
        for found in record.footprints
    ]
    return Table(header, rows, (2, 3, 4))


def number(value: float) -> str:
    """Three significant digits, and all digits before the point.

    0.0123, 1.23, 12.3, 123, 12,346.
    """
    decimals = max(0, 2 - int(f"{value:e}".partition("e")[2]))
    return f"{value:,.{decimals}f}"


def megabytes(size: int | None) -> str:
    """Bytes in millions; empty if they are not known."""
    return "" if size is None else f"{size / 1e6:,.0f}"


def _ratios(ours: Row | None, theirs: Row) -> list[str]:
    if ours is None:
        return ["", ""]
    return [f"{ratio(ours.times, theirs.times):.2f}x" for ratio in (ratio_of_bests, median_of_ratios)]


def _share(measured: Measured, row: Row, record: Record) -> str:
    return f"{measured.flops_per_step / min(row.times) / 1e9 / record.gemm_gflops:.0%}"


def _seconds(times: list[float]) -> list[str]:
    return [f"{min(times):.2f}", f"{median(times):.2f}"] if times else ["", ""]


def _versions(found: Footprint) -> str:
    return ", ".join(f"{name} {version}" for name, version in found.versions.items())
