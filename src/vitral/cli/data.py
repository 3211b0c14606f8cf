"""`vitral data`: what data sets there are, and bringing them here."""

import json
from pathlib import Path

import click

from vitral._tables import text_table


@click.group()
def data() -> None:
    """List, fetch and verify the data sets."""


@data.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """List the data sets and whether the cache holds them."""
    from vitral.datasets import cache

    states = cache.status()
    if as_json:
        rows = [
            {
                "name": state.dataset.name,
                "title": state.dataset.title,
                "description": state.dataset.description,
                "train": state.dataset.train_size,
                "test": state.dataset.test_size,
                "input_shape": state.dataset.input_shape,
                "max_value": state.dataset.max_value,
                "classes": state.dataset.class_names("en"),
                "license": state.dataset.license,
                "citation": state.dataset.citation,
                "state": state.state,
                "bytes": state.bytes,
                "path": _text(state.path),
            }
            for state in states
        ]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = [
        [
            state.dataset.name,
            f"{state.dataset.train_size:,}",
            f"{state.dataset.test_size:,}",
            "x".join(map(str, state.dataset.input_shape)),
            state.state,
        ]
        for state in states
    ]
    click.echo(text_table(["Name", "Train", "Test", "Image", "State"], table, numeric=[1, 2]))
    click.echo(f"cache: {cache.cache_dir()}", err=True)


@data.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def fetch(name: str, as_json: bool) -> None:
    """Bring the data set NAME into the cache, or repair it there, and print its folder."""
    from vitral.datasets import cache, get

    path = cache.fetch(name)
    if as_json:
        click.echo(json.dumps({"name": get(name).name, "path": _text(path)}))
    else:
        click.echo(path or f"{get(name).title}: installed already, nothing to fetch")


@data.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(name: str, as_json: bool) -> None:
    """Check every byte of the data set NAME in the cache against its digest."""
    from vitral.datasets import cache, get

    files = cache.verify(name)
    if as_json:
        click.echo(json.dumps({"name": get(name).name, "verified": files}))
        return
    for file in files:
        click.echo(f"{file}: digest matches")
    if not files:
        click.echo(f"{get(name).title}: installed with scikit-learn, nothing to verify")


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
