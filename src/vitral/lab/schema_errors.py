"""What is wrong with a recipe, in words: msgspec's findings with the key's path and a spelling suggestion."""

import re
import typing
from typing import Any

import msgspec

from vitral.core.registry import unknown_name

_WITH_PATH = re.compile(r"(?P<what>.*) - at `\$\.?(?P<path>.*)`\Z")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>.*)`\Z")
_WORDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "nothing",
}
_MISSING = re.compile(r"Object missing required field `(?P<key>.*)`\Z")


def explain(error: msgspec.ValidationError, root: type[msgspec.Struct]) -> str:
    """One line for a validation error of a table that should be a `root`.

    >>> class Training(msgspec.Struct, forbid_unknown_fields=True):
    ...     epochs: int
    >>> try:
    ...     msgspec.convert({"epoch": 3, "epochs": 3}, Training)
    ... except msgspec.ValidationError as error:
    ...     print(explain(error, Training))
    unknown key 'epoch'; did you mean 'epochs'?
    """
    found = _WITH_PATH.match(str(error))
    what, path = (found["what"], found["path"]) if found else (str(error), "")
    where = f"[{path}] " if path else ""
    if unknown := _UNKNOWN.match(what):
        struct = _struct_at(root, path)
        known = list(struct.__struct_fields__) if struct else []
        return f"{where}{unknown_name('key', unknown['key'], known)}"
    if missing := _MISSING.match(what):
        return f"{where}the key {missing['key']!r} is missing"
    if (choices := _choices_at(root, path)) and "enum" in what:
        also = "".join(f"{_WORDS[kind.__name__]} or " for kind in _numbers_at(root, path))
        words = " or ".join(repr(choice) for choice in choices)
        return f"{path}: {what[:1].lower()}{what[1:]}; expected {also}{words}"
    return f"{path or 'the file'}: {_in_toml_words(what[:1].lower() + what[1:])}"


def _in_toml_words(text: str) -> str:
    """A finding with the types named as TOML's users know them.

    >>> _in_toml_words("expected `array`, got `int`")
    'expected a list, got a whole number'
    """
    return re.sub(
        "`([^`]*)`", lambda found: " or ".join(_WORDS.get(kind, kind) for kind in found[1].split(" | ")), text
    )


def _choices_at(root: type[msgspec.Struct], path: str) -> list[str]:
    """The words that the key at a path may have."""
    parts = _types_at(root, path)
    return [word for part in parts if typing.get_origin(part) is typing.Literal for word in typing.get_args(part)]


def _numbers_at(root: type[msgspec.Struct], path: str) -> list[type]:
    """The types of number that the key at a path may have instead of a word."""
    return [part for part in _types_at(root, path) if part in (int, float)]


def _types_at(root: type[msgspec.Struct], path: str) -> list[Any]:
    table, _, key = path.rpartition(".")
    struct = _struct_at(root, table)
    hint = typing.get_type_hints(struct).get(key) if struct else None
    return [hint, *typing.get_args(hint)]


def _struct_at(root: type[msgspec.Struct], path: str) -> type[msgspec.Struct] | None:
    """The struct that a path such as "variants[0].published" leads to."""
    current: type[msgspec.Struct] | None = root
    for name in re.findall(r"[A-Za-z_]\w*", re.sub(r"\[[^]]*\]", "", path)):
        if current is None:
            return None
        current = _struct_in(typing.get_type_hints(current).get(name))
    return current


def _struct_in(hint: Any) -> type[msgspec.Struct] | None:
    """The struct inside `Struct`, `Struct | None` or `list[Struct]`."""
    if isinstance(hint, type) and typing.get_origin(hint) is None and issubclass(hint, msgspec.Struct):
        return hint
    return next((struct for part in typing.get_args(hint) if (struct := _struct_in(part))), None)
