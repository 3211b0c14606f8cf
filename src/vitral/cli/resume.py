"""`vitral resume`: go on with a run that was interrupted or killed."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitral.cli.language import language_option
from vitral.cli.output import json_option, note
from vitral.cli.runs import find_run, out_option, run_argument
from vitral.cli.texts import say
from vitral.cli.training import train

if TYPE_CHECKING:
    from vitral.lab.folder import RunFolder
    from vitral.report.numbers import Language


@click.command("resume")
@run_argument
@out_option
@language_option
@json_option
def resume(run: str, out: Path | None, lang: "Language", as_json: bool) -> None:
    """Go on with a run or a study that was interrupted or killed.

    It ends with the same bits as if it had never stopped. RUN is a path, a name, enough of a name, or "last".
    """
    from vitral.lab import study

    folder = find_run(run, out)
    if _is_finished(folder):
        note(say("finished_already", lang))
    train(lambda: study.resume(folder.path), lang, as_json=as_json)


def _is_finished(folder: "RunFolder") -> bool:
    return (folder.study().status if folder.is_study else folder.summary().status) == "finished"
