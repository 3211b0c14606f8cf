"""Whole short runs, with the one library that is surely here: Vitral."""

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import estimators, operations, session
from benchmarks.peers import PEERS, peer_by_name
from benchmarks.process import PEERS_PYTHON, Worker
from benchmarks.session import Plan, measure
from benchmarks.workloads import by_name
from vitral.errors import ConfigError, RunError

SILENT = list[str]().append


@pytest.fixture
def no_torch(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In child processes PyTorch cannot be imported, whether it is installed or not."""
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError(\"No module named 'torch'\")\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv(PEERS_PYTHON, sys.executable)


@pytest.mark.usefixtures("no_torch")
def test_what_is_not_installed_is_left_out_by_name() -> None:
    said: list[str] = []
    plan = Plan.of("W2", "torch-contiguous,torch-compile", repetitions=1, smoke=True, threads=1)
    *_, record = session.run(plan, said.append)
    assert [left_out.text() for left_out in record.left_out] == ["left out: torch: No module named 'torch'"]
    assert "left out: torch: No module named 'torch'" in said
    assert [found.library for found in record.footprints] == ["vitral"]
    assert record.footprints[0].size_bytes > 10_000_000  # NumPy alone is more
    (measured,) = record.workloads
    (row,) = measured.rows
    assert (row.peer, len(row.times), measured.parameters) == ("vitral", 1, 116_362)
    assert row.times[0] > 0


@pytest.mark.usefixtures("no_torch")
def test_a_peer_that_fails_stops_nothing() -> None:
    plan = Plan.of("W2", None, repetitions=1, smoke=True, threads=1)
    measured, (left_out,) = measure(by_name("W2"), [peer_by_name("torch-contiguous")], plan, SILENT)
    assert measured.rows == []
    assert left_out.text() == "left out: torch-contiguous on W2: No module named 'torch'"


def test_vitral_takes_a_step() -> None:
    with Worker(peer_by_name("vitral"), "W2", threads=1, seconds=0.01, smoke=True) as worker:
        assert worker.parameters == 116_362
        assert worker.way in ("train_on_batch", "fit")
        assert 0 < worker.run() < 10


def test_another_number_of_parameters_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "parameters", lambda net: 5)
    plan = Plan.of("W2", "vitral", repetitions=1, smoke=True, threads=1)
    with pytest.raises(RunError, match=r"W2: the network of vitral has 116,362 parameters; expected 5"):
        measure(by_name("W2"), plan.peers, plan, SILENT)


def test_plans() -> None:
    plan = Plan.of("W3", "keras", repetitions=None, smoke=False, threads=1)
    assert [workload.name for workload in plan.workloads] == ["W3-128", "W3-10000"]
    assert [peer.name for peer in plan.peers] == ["vitral", "keras-tensorflow", "keras-jax", "keras-torch"]
    assert plan.command == "vitral bench --workloads W3 --peers keras --threads 1"
    assert plan.repetitions_of(by_name("W4")) == 15
    assert plan.repetitions_of(by_name("F4")) == 3
    with pytest.raises(ConfigError, match=r"unknown peer 'caffe'; expected some of vitral, torch-contiguous,"):
        Plan.of(None, "caffe", repetitions=None, smoke=False, threads=None)
    with pytest.raises(ConfigError, match=r"--threads is 100000; this process may use \d+ cores"):
        Plan.of(None, None, repetitions=None, smoke=False, threads=100_000)


def test_who_takes_part_where() -> None:
    def names(workload: str) -> set[str]:
        return {peer.name for peer in PEERS if peer.takes(by_name(workload))}

    everybody = {peer.name for peer in PEERS}
    assert everybody - names("W1") == {"torch-channels-last", "torch-channels-last-malloc"}
    assert everybody - names("W4") == everybody - names("I4-1") == {"sklearn"}


def test_single_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "CONVOLUTIONS", (operations.Conv(2, 6, 3, 4, stride=2),))
    monkeypatch.setattr(operations, "DENSE", ((2, 3, 4),))
    monkeypatch.setattr(operations, "_SECONDS", 0.01)
    found = [*operations.convolutions(), *operations.dense_layers()]
    # 2 images, 3 * 3 places, 4 filters of 3 * 3 * 3 weights, two operations each; then 2 * 3 * 4 weights.
    assert [result.flops for result in found] == [3888, 3888, 2 * 3888, 3888, 48, 48, 96, 48]
    assert found[0].shape == "2x6x6x3 -> 4, 3x3 same, stride 2"
    assert np.all([result.seconds > 0 for result in found])


def test_estimators_are_trained_on_the_digits() -> None:
    compared, left_out = estimators.compare("E-digits", 1, 1, smoke=True)
    assert left_out == []
    assert [row.library for row in compared.rows] == ["vitral", "sklearn"]
    for row in compared.rows:
        # One epoch with the same seed: both begin with the same weights and take the same steps.
        assert row.accuracies == compared.rows[0].accuracies
        assert row.seconds[0] > 0


def test_estimators_belong_to_the_peer_scikit_learn() -> None:
    assert Plan.of("E", None, None, False, 1).estimators == ["E-digits", "E-mnist"]
    assert Plan.of("E", None, None, False, 1).workloads == []
    assert Plan.of(None, "torch", None, False, 1).estimators == []
