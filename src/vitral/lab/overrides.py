"""`--set a.b.c=value`: one key of a recipe set from the command line or by a study's variant."""

import re
import tomllib
from typing import Any

from vitral.errors import RecipeError

_BARE_WORD = re.compile(r"[A-Za-z_][\w./-]*\Z")


def parse_override(text: str) -> tuple[str, Any]:
    """The key and the value of "key=value"; the value is TOML, a single bare word counts as a string.

    Raises RecipeError if there is no "=" or the value is not TOML.

    >>> parse_override("optimizer.learning_rate=0.01")
    ('optimizer.learning_rate', 0.01)
    >>> parse_override("data.split=stratified")
    ('data.split', 'stratified')
    """
    key, equals, value = text.partition("=")
    key, value = key.strip(), value.strip()
    if not equals or not key:
        raise RecipeError(f"--set {text}: expected KEY=VALUE, for example optimizer.learning_rate=0.01")
    try:
        return key, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError as error:
        if _BARE_WORD.match(value):
            return key, value
        raise RecipeError(f"--set {text}: {value!r} is not a TOML value (a text needs quotes)") from error


def apply_override(table: dict[str, Any], path: str, value: Any, *, source: str) -> None:
    """Set the key at a dotted path, in place; a number in the path counts list entries from 0.

    Tables on the way are made where they are missing; whether the key exists is the schema's question.
    Raises RecipeError if the path goes through something that has no keys.

    >>> recipe = {"layers": [{"type": "Dense", "units": 10}]}
    >>> apply_override(recipe, "layers.0.units", 20, source="--set"); recipe
    {'layers': [{'type': 'Dense', 'units': 20}]}
    """
    *parents, last = path.split(".")
    target: Any = table
    for part in parents:
        target = (
            target[_index(target, part, path, source)]
            if isinstance(target, list)
            else _enter(target, part, path, source)
        )
    if isinstance(target, list):
        target[_index(target, last, path, source)] = value
    elif isinstance(target, dict):
        target[last] = value
    else:
        raise RecipeError(f"{source}: {path!r} leads into {target!r}, which has no keys")


def _enter(target: Any, part: str, path: str, source: str) -> Any:
    if not isinstance(target, dict):
        raise RecipeError(f"{source}: {path!r} leads into {target!r}, which has no keys")
    return target.setdefault(part, {})


def _index(entries: list[Any], part: str, path: str, source: str) -> int:
    if not part.isdecimal() or int(part) >= len(entries):
        raise RecipeError(f"{source}: {part!r} in {path!r} is not one of the {len(entries)} entries, counted from 0")
    return int(part)
