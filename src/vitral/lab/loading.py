"""Recipes from TOML: the shipped ones and the user's own, with `--set` overrides, every mistake in one line."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from vitral.core.registry import unknown_name
from vitral.errors import RecipeError
from vitral.lab.overrides import apply_override, parse_override
from vitral.lab.recipe import Recipe
from vitral.lab.schema_errors import explain


@cache
def list_recipes() -> tuple[str, ...]:
    """Names of the recipes that come with Vitral, in alphabetical order."""
    folder = resources.files("vitral.lab") / "recipes"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def load_recipe(
    name_or_path: str | Path,
    overrides: Sequence[str] = (),
    *,
    seed: int | None = None,
    epochs: int | None = None,
) -> Recipe:
    """A recipe by its shipped name or by the path of a TOML file.

    `overrides` are texts such as "optimizer.learning_rate=0.01" or "layers.0.filters=16", applied in order; `seed`
    and `epochs` are shorthands for the two that are changed most. Relative paths of data are relative to the recipe's
    file, those of an override to the working directory.

    Raises RecipeError with one line that names the file, the key, what was found and what was expected.

    >>> load_recipe("digits-mlp", ["optimizer.learning_rate=0.5"], epochs=3).training.epochs
    3
    """
    text, source = _read(str(name_or_path))
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{source}: not valid TOML: {error}") from error
    if source not in list_recipes():
        _make_paths_absolute(table, Path(source).parent)
    for override in overrides:
        apply_override(table, *parse_override(override), source=f"--set {override}")
    _make_paths_absolute(table, Path())
    if seed is not None:
        table["seed"] = seed
    if epochs is not None:
        _set_epochs(table, epochs)
    return convert(table, source)


def convert(table: dict[str, Any], source: str) -> Recipe:
    """The typed recipe of a table; raises RecipeError naming the wrong key."""
    try:
        return msgspec.convert(table, Recipe)
    except msgspec.ValidationError as error:
        raise RecipeError(f"{source}: {explain(error, Recipe)}") from error


def variant_recipe(recipe: Recipe, name: str) -> Recipe:
    """The recipe of one run of a study: the study's with the variant's keys set; raises RecipeError."""
    known = [variant.name for variant in recipe.variants]
    if name not in known:
        raise RecipeError(f"{recipe.name}: {unknown_name('variant', name, known)}")
    variant = recipe.variants[known.index(name)]
    table = plain(recipe)
    table["variants"] = []
    table["variant"] = name
    table["published"] = plain(variant)["published"]
    for path, value in variant.set.items():
        apply_override(table, path, value, source=f"variant {name}")
    return convert(table, f"{recipe.name}, variant {name}")


def as_written(recipe: Recipe) -> Recipe:
    """The recipe with the keys that its report's text has; raises RecipeError."""
    table = plain(recipe)
    table["as_written"] = {}
    for path, value in recipe.as_written.items():
        apply_override(table, path, value, source="as_written")
    return convert(table, f"{recipe.name}, as written")


def plain(record: msgspec.Struct) -> dict[str, Any]:
    """A record as plain tables and lists, without the keys that are None (TOML has no null)."""
    table = _without_none(msgspec.to_builtins(record))
    assert isinstance(table, dict)
    return table


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, list):
        return [_without_none(entry) for entry in value]
    return value


def _make_paths_absolute(table: dict[str, Any], folder: Path) -> None:
    """So that the resolved recipe finds its data from anywhere."""
    data = table.get("data")
    for key in ("path", "test_path"):
        if isinstance(data, dict) and isinstance(data.get(key), str):
            data[key] = str((folder / Path(data[key]).expanduser()).absolute())


def _set_epochs(table: dict[str, Any], epochs: int) -> None:
    if isinstance(training := table.get("training"), dict):
        training["epochs"] = epochs
    for variant in table.get("variants", []):
        # A variant's own number of epochs must not win over the one that the user just gave.
        if isinstance(variant, dict) and isinstance(variant.get("set"), dict):
            variant["set"].pop("training.epochs", None)


def _read(name: str) -> tuple[str, str]:
    """Text of a recipe, and what to call it in messages."""
    if name in list_recipes():
        return (resources.files("vitral.lab") / "recipes" / f"{name}.toml").read_text("utf-8"), name
    path = Path(name)
    if path.suffix != ".toml" and not path.is_file():
        if path.is_dir():
            raise RecipeError(f"{name}: a folder; expected the name of a recipe or a .toml file")
        raise RecipeError(f"{_unknown_recipe(name)} `vitral list` shows all; a file of yours ends in .toml")
    try:
        return path.read_text("utf-8"), name
    except OSError as error:
        raise RecipeError(f"{name}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{name}: not UTF-8 text at byte {error.start}") from error


def _unknown_recipe(name: str) -> str:
    text = str(unknown_name("recipe", name, list(list_recipes())))
    return text if text.endswith("?") else f"{text};"
