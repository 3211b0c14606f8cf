"""What is wrong with a recipe, in words: msgspec's findings with the key's path and a spelling suggestion."""

import re
import typing
from typing import Any

import msgspec

from vitral.core.registry import unknown_name

_WITH_PATH = re.compile(r"(?P<what>.*) - at `\$\.?(?P<path>.*)`\Z")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>.*)`\Z")
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
        return f"{path}: {what[:1].lower()}{what[1:]}; expected {' or '.join(repr(choice) for choice in choices)}"
    return f"{path or 'the file'}: {what[:1].lower()}{what[1:]}"


def _choices_at(root: type[msgspec.Struct], path: str) -> list[str]:
    """The words that the key at a path may have."""
    table, _, key = path.rpartition(".")
    struct = _struct_at(root, table)
    hint = typing.get_type_hints(struct).get(key) if struct else None
    literals = [hint, *typing.get_args(hint)]
    return [word for part in literals if typing.get_origin(part) is typing.Literal for word in typing.get_args(part)]


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
