"""`vitral evaluate`: measure a run's network again."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitral.cli.language import language_option
from vitral.cli.output import echo_json, json_option, note, table
from vitral.cli.runs import find_run, out_option, run_argument
from vitral.cli.texts import say

if TYPE_CHECKING:
    from vitral.lab.record import Results
    from vitral.report.numbers import Language

_FIGURES = ("test_accuracy", "test_loss", "validation_accuracy", "validation_loss", "train_accuracy", "train_loss")
# Another processor adds in another order; one image on the edge between two classes may then change sides.
_ACCURACY_TOLERANCE = 5e-4
_LOSS_TOLERANCE = 1e-3


@click.command()
@run_argument
@out_option
@language_option
@json_option
def evaluate(run: str, out: Path | None, lang: "Language", as_json: bool) -> None:
    """Measure the network of a run again.

    Leaves with 1 if the figures are not those that were recorded. RUN is a path, a name, enough of a name, or
    "last".
    """
    from vitral.lab.trained import TrainedRun
    from vitral.report.numbers import Numbers

    trained = TrainedRun(find_run(run, out))
    evaluation = trained.evaluate()
    recorded, measured = trained.summary.results, evaluation.results
    if as_json:
        echo_json(evaluation)
    else:
        numbers = Numbers(lang)
        rows = [
            [
                say(name, lang),
                *(
                    numbers.percent(value) if name.endswith("accuracy") else numbers.loss(value)
                    for value in (getattr(recorded, name), getattr(measured, name))
                ),
            ]
            for name in _FIGURES
            if getattr(measured, name) is not None
        ]
        header = [say(key, lang) for key in ("figure", "recorded", "measured")]
        click.echo(table(header, rows, numeric=[1, 2]))
    if trained.summary.status != "finished":
        return
    same = all(agree(name, recorded, measured) for name in _FIGURES)
    note(say("same" if same else "different", lang))
    if not same:
        raise click.exceptions.Exit(1)


def agree(name: str, recorded: "Results", measured: "Results") -> bool:
    """Whether a figure is the recorded one, up to what another processor's rounding may change."""
    before, now = getattr(recorded, name), getattr(measured, name)
    if before is None or now is None:
        return before is now
    if name.endswith("accuracy"):
        return math.isclose(before, now, rel_tol=0, abs_tol=_ACCURACY_TOLERANCE)
    return math.isclose(before, now, rel_tol=_LOSS_TOLERANCE, abs_tol=1e-7)
