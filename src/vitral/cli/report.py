"""`vitral report`: write the report of a run again."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitral.cli.language import language_option
from vitral.cli.output import echo_json, json_option
from vitral.cli.runs import find_run, out_option, run_argument
from vitral.cli.training import write_reports

if TYPE_CHECKING:
    from vitral.report.numbers import Language


@click.command()
@run_argument
@out_option
@language_option
@json_option
def report(run: str, out: Path | None, lang: "Language", as_json: bool) -> None:
    """Write the report of a run again, and print where it is.

    The data set is not needed for it; a study and a comparison work too.
    RUN is a path, a name, enough of a name, or "last".
    """
    pages = write_reports(find_run(run, out), lang)
    if as_json:
        echo_json({"report": str(pages[0])})
    else:
        click.echo(pages[0])
