"""Finding the run that a command is about."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from vitral.lab.folder import RunFolder

_Command = TypeVar("_Command", bound=Callable[..., Any])


def out_option(command: _Command) -> _Command:
    """Add `--out DIR`, the folder of all runs, to a command."""
    return click.option(
        "--out",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of the runs; by default $VITRAL_RUNS, else ./runs.",
    )(command)


def run_argument(command: _Command) -> _Command:
    """Add the argument RUN: a path, a name, enough of a name, or "last"."""
    return click.argument("run", metavar="RUN")(command)


def find_run(run: str, out: Path | None) -> "RunFolder":
    """The run; raises RunError that says which ones there are."""
    from vitral.lab.store import RunStore, default_root

    return RunStore(default_root(out)).find(run)
