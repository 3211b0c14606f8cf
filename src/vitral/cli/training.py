"""What `run`, `resume`, `compare` and `demo` do around a training: reports, the last block, the exit code."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from vitral.cli.output import block, echo_json, note, program
from vitral.cli.texts import say

if TYPE_CHECKING:
    from vitral.lab.folder import RunFolder
    from vitral.report.numbers import Language

_Command = TypeVar("_Command", bound=Callable[..., Any])

INTERRUPTED = 130


def recipe_options(command: _Command) -> _Command:
    """Add RECIPE, `--set`, `--seed` and `--epochs` to a command."""
    epochs = click.option(
        "--epochs", type=click.IntRange(min=1), metavar="N", help="How many times through the training set."
    )
    seed = click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Seed of everything random.")
    settings = click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="KEY=VALUE",
        help="Change one key of the recipe, for example optimizer.learning_rate=0.01; may be repeated.",
    )
    recipe = click.argument("recipe", metavar="RECIPE")
    return recipe(settings(seed(epochs(command))))


def require_lab() -> None:
    """Raise MissingExtraError before an hour of training, not after it, where the model or report cannot be written."""
    from importlib.util import find_spec

    from vitral.errors import MissingExtraError
    from vitral.report.extras import require_extras

    require_extras()
    for module, package, purpose in (("h5py", "h5py", "saving a model"), ("tomli_w", "tomli-w", "writing a recipe")):
        if find_spec(module) is None:
            raise MissingExtraError(package, needed_for=purpose)


def train(work: Callable[[], "RunFolder"], lang: "Language", *, as_json: bool) -> "RunFolder":
    """Do the work, write the report and print what came out; leaves with 130 after Ctrl-C."""
    from vitral.lab.interrupt import RunInterruptedError

    require_lab()
    try:
        folder = work()
    except RunInterruptedError as stop:
        _say_interrupted(stop.run, lang, as_json)
        raise click.exceptions.Exit(INTERRUPTED) from None
    write_reports(folder, lang)
    show_folder(folder, lang, as_json=as_json)
    return folder


def write_reports(folder: "RunFolder", lang: "Language") -> list[Path]:
    """Write the report of a run, of a study and its runs, or of a run and its comparison; the main page first."""
    from vitral.report import write_comparison_report, write_report, write_study_report

    if folder.is_study:
        runs = [folder.path / variant.run for variant in folder.study().variants if variant.run]
        written = [write_report(run, lang) for run in runs]
        return [write_study_report(folder.path, lang), *written]
    if folder.file("comparison.json").is_file():
        # Both pages belong to one folder, so the comparison takes a name of its own.
        page = write_comparison_report(folder.path, lang).replace(folder.file("comparison.html"))
        return [page, write_report(folder.path, lang)]
    return [write_report(folder.path, lang)]


def show_folder(folder: "RunFolder", lang: "Language", *, as_json: bool, details: bool = False) -> None:
    """Print the figures of a run, a study or a comparison."""
    from vitral.cli.summary import comparison_block, run_block, study_block

    if folder.is_study:
        study = folder.study()
        if as_json:
            echo_json(study)
        else:
            click.echo(study_block(study, folder.path, lang))
        return
    summary = folder.summary()
    comparison = folder.comparison() if folder.file("comparison.json").is_file() else None
    if as_json:
        echo_json(summary if comparison is None else {"summary": summary, "comparison": comparison})
        return
    if comparison is not None:
        click.echo(comparison_block(comparison, lang))
    click.echo(run_block(summary, folder.path, lang, details=details))


def _say_interrupted(run: Path, lang: "Language", as_json: bool) -> None:
    from vitral.lab.folder import RunFolder

    folder = RunFolder(run)
    if folder.is_study:
        note(say("study_interrupted", lang))
    else:
        summary = folder.summary()
        note(say("interrupted", lang, done=summary.epochs_done, planned=summary.epochs_planned))
        if as_json:
            echo_json(summary)
    note(block([(say("continue", lang), f"{program()} resume {shlex.quote(str(run))}")], indent=0))
