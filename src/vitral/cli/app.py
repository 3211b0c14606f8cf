"""The group of all commands, loaded one by one, and how their errors become one line and an exit code.

Exit codes: 0 done, 1 the work failed, 2 wrong use or bad input, 130 interrupted.
"""

import difflib
import os
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import NoReturn, TextIO

import click

from vitral.errors import VitralError

_COMMANDS = {
    "run": "vitral.cli.run:run",
    "list": "vitral.cli.listing:list_command",
    "show": "vitral.cli.show:show",
    "report": "vitral.cli.report:report",
    "predict": "vitral.cli.predict:predict",
    "evaluate": "vitral.cli.evaluate:evaluate",
    "explore": "vitral.cli.explore:explore",
    "compare": "vitral.cli.compare:compare",
    "resume": "vitral.cli.resume:resume",
    "data": "vitral.cli.data:data",
    "info": "vitral.cli.info:info",
    "demo": "vitral.cli.demo:demo",
    "bench": "vitral.cli.bench:bench",
}

_WRONG_PATHS = (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError)
"""System errors that mean a path was given wrongly; others (a full disk) mean that the work failed."""


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which people meet them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command by name, or None."""
        if cmd_name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with a spelling suggestion for an unknown command."""
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-"):
            close = difflib.get_close_matches(name, _COMMANDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else " `vitral --help` lists them all."
            raise click.UsageError(f"there is no command {name!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("vitral"), prog_name="vitral", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Train, measure and explain small image classifiers.

    \b
    vitral list                   recipes, and the runs made so far
    vitral run cifar10-cnn        train one, write a report
    vitral predict last 7.png     ask a trained network about a picture
    """
    # click already drops colors where the output is no terminal.
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        ctx.color = False


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave the process with the right exit code."""
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        sys.exit(_exit_code(args))


def _exit_code(args: Sequence[str] | None) -> int:
    try:
        code = cli.main(args=args, prog_name="vitral", standalone_mode=False)
    except click.Abort:
        _complain("interrupted")
        return 130
    except click.exceptions.NoArgsIsHelpError as error:
        # The help in full, not squeezed into a line.
        error.show()
        return error.exit_code
    except click.ClickException as error:
        _complain(_one_line(error.format_message()))
        return error.exit_code
    except VitralError as error:
        _complain(str(error))
        return 2
    except OSError as error:
        _complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return 2 if isinstance(error, _WRONG_PATHS) else 1
    except MemoryError as error:
        _complain(f"out of memory: {error}" if str(error) else "out of memory")
        return 1
    except Exception as error:
        if os.environ.get("VITRAL_TRACEBACK"):
            raise
        _complain(f"{type(error).__name__}: {_one_line(str(error))}; VITRAL_TRACEBACK=1 shows where this happened")
        return 1
    return code if isinstance(code, int) else 0


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _complain(text: str) -> None:
    click.echo(f"vitral: {text}", err=True)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    _complain(f"warning: {message}")
