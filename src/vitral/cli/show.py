"""`vitral show`: the figures of a run."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitral.cli.language import language_option
from vitral.cli.output import json_option
from vitral.cli.runs import find_run, out_option, run_argument
from vitral.cli.training import show_folder

if TYPE_CHECKING:
    from vitral.report.numbers import Language


@click.command()
@run_argument
@out_option
@language_option
@json_option
def show(run: str, out: Path | None, lang: "Language", as_json: bool) -> None:
    """The figures of a run: what went in and what came out.

    RUN is a path, a name, enough of a name, or "last".
    """
    show_folder(find_run(run, out), lang, as_json=as_json, details=True)
