"""`vitral compare`: the same network in another library."""

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
@click.option("--with", "library", type=click.Choice(["sklearn"]), required=True, help="The other library.")
@out_option
@language_option
@json_option
def compare(
    recipe: str,
    settings: tuple[str, ...],
    seed: int | None,
    epochs: int | None,
    library: str,
    out: Path | None,
    lang: "Language",
    as_json: bool,
) -> None:
    """Train a recipe here and in another library.

    Split, architecture, rate, batches and initial weights are the same. Only networks that scikit-learn's
    MLPClassifier can be: Dense layers, SGD or Adam.
    """
    from vitral.lab.compare import compare_with_sklearn
    from vitral.lab.loading import load_recipe
    from vitral.lab.store import default_root

    loaded = load_recipe(recipe, settings, seed=seed, epochs=epochs)
    train(lambda: compare_with_sklearn(loaded, default_root(out)), lang, as_json=as_json)
