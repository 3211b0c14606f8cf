"""Tables and the page, from a record with known times."""

from pathlib import Path

import pytest

from benchmarks import record as records
from benchmarks.lines import estimators_table, newest, summary_table
from benchmarks.page import page
from benchmarks.record import Estimator, Estimators, Footprint, LeftOut, Machine, Measured, Record, Row


@pytest.fixture
def record() -> Record:
    """Vitral twice as fast as PyTorch at best, three times in the middle round."""
    rows = [
        Row("torch-contiguous", "loop", 4, [0.02, 0.04, 0.03], 300_000_000),
        Row("vitral", "fit", 10, [0.01, 0.01, 0.01], 60_000_000),
    ]
    return Record(
        started="2026-11-24T12:00:00+00:00",
        command="vitral bench --workloads W4",
        machine=Machine("Some CPU", 2, 8 * 2**30, "Linux", "3.11.7", "2.4.6", "openblas"),
        backends={"vitral.ops.reference": 61},
        threads=2,
        repetitions=3,
        smoke=False,
        seconds=0.3,
        python_seconds=[0.02],
        footprints=[Footprint("torch", "import torch", {"torch": "2.13.0"}, 741_000_000, [1.5, 1.25])],
        gemm_gflops=200.0,
        gemm_source="somebody's product",
        workloads=[Measured("W4", "net_1", "train", 1_625_866, 128, 1_000_000_000, rows)],
        left_out=[LeftOut("keras-jax", None, "No module named 'jax'"), LeftOut("torch-compile", "W4", "no compiler")],
    )


def test_workload_table(record: Record) -> None:
    title, table = newest(record)
    assert title == "W4: net_1"
    # 128 images in 10 ms; 1 GFLOP in 10 ms of 200 GFLOP/s.
    assert table.rows == [
        ["vitral", "fit", "10.0", "10.0", "0%", "12,800", "", "", "50%", "60"],
        ["torch-contiguous", "loop", "20.0", "30.0", "33%", "6,400", "2.00x", "3.00x", "25%", "300"],
    ]


def test_summary(record: Record) -> None:
    assert summary_table(record).rows == [
        ["W4", "net_1", "12,800", "6,400", "torch-contiguous", "2.00x", "3.00x", "50%"]
    ]


def test_estimators(record: Record) -> None:
    rows = [Estimator("vitral", [1.0, 2.0, 3.0], [0.9, 0.91, 0.95]), Estimator("sklearn", [4.0, 5.0, 6.0], [0.92] * 3)]
    record.estimators = [Estimators("E-digits", "the digits", rows)]
    assert newest(record) == ("E-digits: the digits", estimators_table(record))
    assert estimators_table(record).rows == [
        ["E-digits", "vitral", "1.00", "2.00", "", "92.00%", "90.00%", "95.00%"],
        ["E-digits", "sklearn", "4.00", "5.00", "4.00x", "92.00%", "92.00%", "92.00%"],
    ]
    assert "- E-digits: the digits" in page(record)


def test_without_vitral_there_are_no_ratios(record: Record) -> None:
    del record.workloads[0].rows[1]
    assert newest(record)[1].rows[0][6:8] == ["", ""]
    assert summary_table(record).rows == [["W4", "net_1", "", "6,400", "torch-contiguous", "", "", ""]]


def test_page_from_a_written_record(record: Record, tmp_path: Path) -> None:
    records.write(record, tmp_path / "record.json")
    assert records.read(tmp_path / "record.json") == record
    text = page(records.read(tmp_path / "record.json"))
    for part in (
        "Written by `vitral bench --workloads W4`; not edited by hand. Started 2026-11-24T12:00:00+00:00.\n",
        "Some CPU, 2 cores, 8 GiB",
        "(200 GFLOP/s, somebody's product)",
        "1,625,866 parameters, 1.00 GFLOP a step.",
        "- left out: keras-jax: No module named 'jax'\n- left out: torch-compile on W4: no compiler\n",
    ):
        assert part in text
    (line,) = (line for line in text.splitlines() if line.startswith("| torch "))
    assert [cell.strip() for cell in line.split("|")[1:-1]] == ["torch", "torch 2.13.0", "1.25", "1.38", "741"]
    assert "smoke" not in text
    assert max(map(len, text.partition("## How")[2].partition("## Import")[0].splitlines())) <= 120


def test_page_before_anything_is_measured(record: Record) -> None:
    record.workloads, record.left_out, record.smoke = [], [], True
    text = page(record)
    assert "**A smoke run: it shows that everything works; its times mean nothing.**" in text
    assert "## Left out" not in text
