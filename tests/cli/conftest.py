"""Running the command line inside the test process."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from vitral.cli import main


class Outcome(NamedTuple):
    """What a command left: exit code and both outputs."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture
def vitral(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`vitral("list", "--json")` runs the command in an empty folder, in English."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "C")
    for name in ("LC_ALL", "LC_MESSAGES", "VITRAL_RUNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def run(*args: str) -> Outcome:
        with pytest.raises(SystemExit) as left:
            main(args)
        captured = capsys.readouterr()
        return Outcome(int(left.value.code or 0), captured.out, captured.err)

    return run
