"""`vitral demo`: the main job in a minute, on whatever data can be had."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitral.cli.language import language_option
from vitral.cli.output import json_option, note
from vitral.cli.runs import out_option
from vitral.cli.texts import say
from vitral.cli.training import require_lab, train

if TYPE_CHECKING:
    from vitral.report.numbers import Language


@click.command()
@out_option
@language_option
@json_option
def demo(out: Path | None, lang: "Language", as_json: bool) -> None:
    """Fetch MNIST, train on it for a minute, write a report.

    Where no source of MNIST can be reached, scikit-learn's bundled digits take its place.
    """
    from vitral.lab.loading import load_recipe
    from vitral.lab.run import run_recipe
    from vitral.lab.store import default_root

    require_lab()  # before anything is fetched
    recipe = load_recipe(_recipe(lang))
    train(lambda: run_recipe(recipe, default_root(out)), lang, as_json=as_json)


def _recipe(lang: "Language") -> str:
    from vitral.datasets import cache
    from vitral.errors import DataError

    try:
        cache.fetch("mnist")
    except DataError as error:
        # The first line says that all sources failed, the second why the first of them did.
        reasons = [line.strip() for line in str(error).splitlines()]
        note(say("demo_offline", lang, reason=reasons[min(1, len(reasons) - 1)]))
        return "digits-cnn"
    return "mnist-demo"
