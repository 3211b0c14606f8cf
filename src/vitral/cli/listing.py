"""`vitral list`: the recipes, and the runs made so far."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitral.cli.language import language_option
from vitral.cli.output import echo_json, json_option, quiet, strong
from vitral.cli.runs import out_option
from vitral.cli.texts import say

if TYPE_CHECKING:
    from vitral.lab.recipe import Recipe
    from vitral.lab.store import RunEntry
    from vitral.report.numbers import Language


@click.command("list")
@out_option
@language_option
@json_option
def list_command(out: Path | None, lang: "Language", as_json: bool) -> None:
    """Recipes, and the runs made so far, newest first."""
    from vitral.cli.summary import provenance
    from vitral.lab.loading import list_recipes, load_recipe
    from vitral.lab.store import RunStore, default_root

    recipes = [load_recipe(name) for name in list_recipes()]
    runs = RunStore(default_root(out)).list()
    if as_json:
        echo_json({"recipes": [_recipe_facts(recipe) for recipe in recipes], "runs": runs})
        return
    click.echo(strong(say("recipes", lang)))
    _columns([(recipe.name, provenance(recipe, lang), recipe.title.text(lang)) for recipe in recipes])
    click.echo()
    click.echo(strong(say("runs", lang)))
    if runs:
        _columns([_run_row(run, lang) for run in runs])
    else:
        click.echo(f"  {say('none_yet', lang, recipe='mnist-demo')}")


def _recipe_facts(recipe: "Recipe") -> dict[str, object]:
    return {
        "name": recipe.name,
        "title": recipe.title,
        "label": recipe.label,
        "kind": recipe.kind,
        "dataset": recipe.data.dataset,
        "epochs": recipe.training.epochs,
        "variants": [variant.name for variant in recipe.variants],
    }


def _run_row(run: "RunEntry", lang: "Language") -> tuple[str, ...]:
    from vitral.report.numbers import Numbers

    numbers = Numbers(lang)
    return (
        run.name,
        say(f"status_{run.status}", lang),
        numbers.percent(run.test_accuracy),
        numbers.duration(run.seconds_total or None),
    )


def _columns(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for name, *rest in rows:
        padded = [text.ljust(width) for text, width in zip(rest, widths[1:], strict=True)]
        click.echo(f"  {name.ljust(widths[0])}  {quiet('  '.join(padded).rstrip())}")
