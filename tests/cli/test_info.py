"""`vitral info` says what computes."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

COMPILED = find_spec("vitral._native") is not None

# An import of the kernels fails, as where they were not compiled.
WITHOUT = "import sys; sys.modules['vitral._native'] = None; "


def info(*args: str, before: str = "", **environment: str) -> str:
    """What the command prints in a fresh process; nothing goes to stderr."""
    program = f"{before}from vitral.cli import main; main({['info', *args]!r})"
    ours = {name: value for name, value in os.environ.items() if not name.startswith("VITRAL_")}
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={**ours, "LC_ALL": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stderr == ""
    return result.stdout


def lines(text: str) -> list[str]:
    """The rows, with single spaces between label and value."""
    return [" ".join(line.split()) for line in text.splitlines()]


@pytest.mark.skipif(not COMPILED, reason="the kernels were not compiled")
def test_with_kernels() -> None:
    environment = {"VITRAL_ISA": "baseline", "VITRAL_NUM_THREADS": "3"}
    text = info(**environment)
    assert "Kernels baseline, threads: 3" in lines(text)
    assert " by compiled kernels" in text
    facts = json.loads(info("--json", **environment))
    assert facts["kernels"] == {"state": "in use", "instruction_set": "baseline", "threads": 3}
    native = facts["operations"]["vitral.ops.native"]
    assert {"conv2d", "dense_backward", "adam_update"} <= set(native)
    rest = facts["operations"].get("vitral.ops.reference", [])
    assert set(native).isdisjoint(rest)
    if rest:
        start = text.index(f"{len(rest)} by the reference in NumPy: ")
        named = " ".join(text[start : text.index("Lab packages")].split()).partition(": ")[2].split(", ")
        assert set(named) <= set(rest)
        assert {name.removesuffix("_backward") for name in rest} == {name.removesuffix("_backward") for name in named}


@pytest.mark.parametrize(
    ("before", "environment", "state"),
    [
        (WITHOUT, {}, "compiled without kernels"),
        pytest.param(
            "",
            {"VITRAL_BACKEND": "reference"},
            "left out by VITRAL_BACKEND=reference",
            marks=pytest.mark.skipif(not COMPILED, reason="the kernels were not compiled"),
        ),
    ],
)
def test_on_the_reference(before: str, environment: dict[str, str], state: str) -> None:
    text = lines(info(before=before, **environment))
    facts = json.loads(info("--json", before=before, **environment))
    assert f"Kernels none: {state}" in text
    assert facts["kernels"] == {"state": state, "instruction_set": None, "threads": None}
    assert list(facts["operations"]) == ["vitral.ops.reference"]
    assert f"Operations {len(facts['operations']['vitral.ops.reference'])} by the reference in NumPy" in text
