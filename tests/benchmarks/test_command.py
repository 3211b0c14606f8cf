"""`vitral bench`: wrong use is one line; outside a checkout it says what is missing."""

from importlib import import_module
from pathlib import Path

import pytest

from vitral.cli import main


def refused(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    """What the command says when it does not even start."""
    with pytest.raises(SystemExit) as left:
        main(["bench", *args])
    captured = capsys.readouterr()
    assert (left.value.code, captured.out, captured.err.count("\n")) == (2, "", 1)
    return captured.err


def test_unknown_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "--workloads", "W9").startswith("vitral: unknown workload 'W9'; expected some of W1, ")
    assert refused(capsys, "--peers", "caffe").startswith("vitral: unknown peer 'caffe'; expected some of vitral, ")


def test_outside_a_checkout(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    command = import_module("vitral.cli.bench")
    monkeypatch.setattr(command, "__file__", str(tmp_path / "lib" / "vitral" / "cli" / "bench.py"))
    monkeypatch.chdir(tmp_path)
    assert f"there is no folder benchmarks/ in {tmp_path}" in refused(capsys)
