"""`vitral data`: what data sets there are, and bringing them here."""

from pathlib import Path

import click

from vitral.cli.output import echo_json, json_option, note, table


@click.group()
def data() -> None:
    """List, fetch and verify the data sets."""


@data.command("list")
@json_option
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
        echo_json(rows)
        return
    lines = [
        [
            state.dataset.name,
            f"{state.dataset.train_size:,}",
            f"{state.dataset.test_size:,}",
            "x".join(map(str, state.dataset.input_shape)),
            state.state,
        ]
        for state in states
    ]
    click.echo(table(["Name", "Train", "Test", "Image", "State"], lines, numeric=[1, 2]))
    note(f"cache: {cache.cache_dir()}")


@data.command()
@click.argument("name")
@json_option
def fetch(name: str, as_json: bool) -> None:
    """Bring a data set into the cache, or repair it there.

    NAME is one that `vitral data list` shows. Prints its folder.
    """
    from vitral.datasets import cache, get

    path = cache.fetch(name)
    if as_json:
        echo_json({"name": get(name).name, "path": _text(path)})
    else:
        click.echo(path or f"{get(name).title}: installed already, nothing to fetch")


@data.command()
@click.argument("name")
@json_option
def verify(name: str, as_json: bool) -> None:
    """Check a data set in the cache, byte for byte.

    NAME is one that `vitral data list` shows. Its files must have the digests that are known of them.
    """
    from vitral.datasets import cache, get

    files = cache.verify(name)
    if as_json:
        echo_json({"name": get(name).name, "verified": files})
        return
    for file in files:
        click.echo(f"{file}: digest matches")
    if not files:
        click.echo(f"{get(name).title}: installed with scikit-learn, nothing to verify")


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
