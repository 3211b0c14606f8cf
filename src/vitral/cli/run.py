"""`vitral run`: train a recipe and write its report."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitral.cli.language import language_option
from vitral.cli.output import json_option
from vitral.cli.runs import out_option
from vitral.cli.training import recipe_options, train

if TYPE_CHECKING:
    from vitral.report.numbers import Language


@click.command()
@recipe_options
@out_option
@language_option
@json_option
def run(
    recipe: str,
    settings: tuple[str, ...],
    seed: int | None,
    epochs: int | None,
    out: Path | None,
    lang: "Language",
    as_json: bool,
) -> None:
    """Train a recipe, measure the result and write a report.

    RECIPE is a name that `vitral list` shows, or the path of a TOML file. Ctrl-C finishes the batch, saves, and
    says how to go on.
    """
    from vitral.lab.loading import load_recipe
    from vitral.lab.run import run_recipe
    from vitral.lab.store import default_root
    from vitral.lab.study import run_study

    loaded = load_recipe(recipe, settings, seed=seed, epochs=epochs)
    start = run_study if loaded.is_study else run_recipe
    train(lambda: start(loaded, default_root(out)), lang, as_json=as_json)
