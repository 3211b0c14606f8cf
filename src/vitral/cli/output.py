"""How commands print: data on stdout, everything else on stderr, colors only on a terminal."""

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


def json_option(command: _Command) -> _Command:
    """Add `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")(command)


def echo_json(value: Any) -> None:
    """Print a record (or plain containers) as JSON; numbers that are not finite become null."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


def note(text: str) -> None:
    """Print a remark on stderr."""
    click.echo(text, err=True)


def strong(text: str) -> str:
    """Text that stands out on a terminal."""
    return click.style(text, bold=True)


def quiet(text: str) -> str:
    """Text that steps back on a terminal."""
    return click.style(text, dim=True)


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, numeric: Sequence[int] = ()) -> str:
    """Rows in columns under a header; the columns in `numeric` are aligned to the right.

    >>> print(table(["Figure", "Now"], [["Test accuracy", "98.97%"]], numeric=[1]))
      Figure            Now
      -------------  ------
      Test accuracy  98.97%
    """
    from tabulate import tabulate

    alignment = ["right" if column in numeric else "left" for column in range(len(header))]
    text = tabulate(rows, header, tablefmt="simple", colalign=alignment, disable_numparse=True)
    return textwrap.indent(text, "  ")


def program() -> str:
    """How the user can call this program: `vitral`, or its path where that is not on the search path."""
    started = Path(sys.argv[0])
    if shutil.which("vitral") or started.name != "vitral":
        return "vitral"
    return os.path.relpath(started)


def block(rows: Sequence[tuple[str, str]], *, indent: int = 2) -> str:
    """Label and value, one pair a line, values in one column; an empty label continues the pair above.

    >>> rows = [("Time", "43 s"), ("Try next", "vitral list"), ("", "vitral info")]
    >>> print(click.unstyle(block(rows, indent=0)))
    Time      43 s
    Try next  vitral list
              vitral info
    """
    width = max(len(label) for label, _ in rows)
    return "\n".join(f"{' ' * indent}{quiet(label.ljust(width))}  {value}" for label, value in rows)
