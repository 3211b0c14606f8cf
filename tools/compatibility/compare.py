"""Keras' names looked up in Vitral: what is there, what takes other arguments, what is missing."""

import fnmatch
import inspect
import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import vitral
from tools.compatibility import keras_names
from tools.compatibility.keras_names import Arguments, written

SCOPE = tomllib.loads(Path(__file__).with_name("scope.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Name:
    """A public name of Keras: "left out", "has", "differs" or "missing", and in what it differs."""

    name: str
    state: str
    difference: str = ""

    @property
    def room(self) -> str:
        """The module that holds it, or the class."""
        return self.name.rpartition(".")[0]


@cache
def committed() -> dict[str, Any]:
    """Keras' names as they were read from Keras."""
    content: dict[str, Any] = json.loads(keras_names.FILE.read_text("utf-8"))
    return content


@cache
def names() -> tuple[Name, ...]:
    """All of Keras' names, each compared."""
    return tuple(compare(name, arguments) for name, arguments in committed()["names"].items())


def coverage(compared: tuple[Name, ...]) -> tuple[int, int]:
    """How many of the names in scope are there, and how many are in scope."""
    in_scope = [name for name in compared if name.state != "left out"]
    return sum(name.state != "missing" for name in in_scope), len(in_scope)


def is_left_out(name: str, group: dict[str, Any]) -> bool:
    """Whether a [[left_out]] group of scope.toml has the name."""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in group["names"])


def compare(name: str, arguments: Arguments | None) -> Name:
    """What became of one name."""
    if any(is_left_out(name, group) for group in SCOPE["left_out"]):
        return Name(name, "left out")
    try:
        ours = find(name)
    except AttributeError:
        return Name(name, "missing", SCOPE["instead"].get(name, ""))
    differences = [text for pattern, text in SCOPE["differs"].items() if fnmatch.fnmatchcase(name, pattern)]
    if arguments and callable(ours):
        differences += different_arguments(arguments, ours)
    return Name(name, "differs" if differences else "has", "; ".join(differences))


def find(name: str) -> Any:
    """The object of that name in Vitral; raises AttributeError where there is none."""
    room, _, last = name.rpartition(".")
    if last in getattr(EXAMPLES.get(room), "__dict__", {}):
        return vars(EXAMPLES[room])[last]
    place: Any = vitral
    for part in name.split("."):
        place = getattr(place, part)
    return place


def _examples() -> dict[str, Any]:
    model = vitral.Sequential([vitral.layers.Input((1,)), vitral.layers.Dense(1)])
    callback = vitral.callbacks.Callback()
    callback.set_model(model)
    return {
        "Layer": vitral.layers.Identity(),
        "Loss": vitral.losses.MeanSquaredError(),
        "Metric": vitral.metrics.Mean(),
        "Model": model,
        "Optimizer": vitral.optimizers.SGD(),
        "callbacks.Callback": callback,
    }


EXAMPLES = _examples()
"""An object of each class whose members are compared: some attributes are there only once __init__ has run."""


def different_arguments(keras: Arguments, function: Any) -> list[str]:
    """Keras' arguments that are lacking here, those of another name, and those with another default."""
    ours, others = arguments_of(function)
    renamed = {
        theirs: mine
        for theirs, mine in list(zip(keras, ours, strict=False))[:1]
        if not inspect.isclass(function) and theirs not in ours and mine not in (*keras, "self")
    }
    left_out = [
        name for name in keras if any(fnmatch.fnmatchcase(name, each) for each in SCOPE["arguments"]["left_out"])
    ]
    lacking = [f"`{name}`" for name in keras if name not in {*ours, *left_out, *renamed} and not others]
    changed = [
        f"`{name}={ours[name]}`, Keras `{default}`"
        for name, default in keras.items()
        if ours.get(name) is not None and default is not None and not same(ours[name], default)
    ]
    called = [f"`{theirs}` is called `{mine}`" for theirs, mine in renamed.items()]
    return called + ["no " + ", ".join(lacking)] * bool(lacking) + changed


def same(ours: str | None, keras: str) -> bool:
    """Whether two written defaults are the same value: 1 and 1.0 are."""
    try:
        return float(str(ours)) == float(keras)
    except ValueError:
        return ours == keras


def arguments_of(function: Any) -> tuple[Arguments, bool]:
    """The arguments of a function, or of a class and what it hands on to its bases; and whether it takes any others.

    A layer's **options reach the base class, which refuses what it does not know.
    """
    if not inspect.isclass(function):
        own, others = described(function)
        return own, others
    found: Arguments = {}
    for base in function.__mro__:
        if "__init__" not in vars(base):
            continue
        own, others = described(vars(base)["__init__"])
        found = own | found
        if not others:
            break
    found.pop("self", None)
    return found, False


def described(function: Any) -> tuple[Arguments, bool]:
    """A function's named arguments, and whether it takes others by name."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return {}, True
    named = {
        each.name: None if each.default is each.empty else written(each.default)
        for each in parameters
        if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
    }
    return named, any(each.kind is each.VAR_KEYWORD for each in parameters)
