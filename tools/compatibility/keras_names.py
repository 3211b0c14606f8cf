"""Keras' public names with their arguments, read from Keras itself; this file needs nothing of Vitral."""

import importlib
import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any, TypeAlias

FILE = Path(__file__).with_name("keras_names.json")

Arguments: TypeAlias = dict[str, str | None]
"""Names and written defaults; None where there is no default."""

MEMBERS_OF = {
    "Initializer",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Regularizer",
    "Variable",
    "callbacks.Callback",
    "optimizers.schedules.LearningRateSchedule",
    "utils.Progbar",
    "utils.PyDataset",
}
"""Classes whose methods and properties a script uses or overrides."""

OWN_MODULES = r"(?!keras\.src\.backend\.)keras\.|keras\.src\.backend\.common\."


def arguments_of(function: Any) -> Arguments | None:
    """The arguments of a function, or of a class' __init__; None where Python cannot tell."""
    if inspect.isclass(function):
        function = next(vars(base)["__init__"] for base in own_bases(function) if "__init__" in vars(base))
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return None
    return {
        each.name: None if each.default is each.empty else written(each.default)
        for each in parameters.values()
        if each.name not in ("self", "cls") and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    }


def written(default: Any) -> str:
    """A default as it would be typed; an object without such a form is its class' name in brackets."""
    if isinstance(default, str):
        return json.dumps(default)
    if isinstance(default, (tuple, list)):
        return "(" + ", ".join(map(written, default)) + ")"
    if isinstance(default, (bool, int, float, type(None))):
        return repr(default)
    return f"<{getattr(default, '__name__', type(default).__name__)}>"


def names_of(library: Any, modules: tuple[str, ...]) -> dict[str, Arguments | None]:
    """All public names, dotted, of these modules and of the modules in them; "" is the library itself."""
    found: dict[str, Arguments | None] = {}
    for module in modules:
        place = importlib.import_module(f"{library.__name__}.{module}") if module else library
        for name in sorted(dir(place)):
            value = getattr(place, name)
            dotted = f"{module}.{name}" if module else name
            if name.startswith("_"):
                continue
            if inspect.ismodule(value):
                if module:
                    found |= names_of(library, (dotted,))
                continue
            found[dotted] = arguments_of(value) if callable(value) else None
            if dotted in MEMBERS_OF:
                found |= {f"{dotted}.{member}": of for member, of in members_of(value).items()}
    return found


def members_of(cls: type) -> dict[str, Arguments | None]:
    """Methods and properties that the class and its bases define, those of a backend left aside."""
    found: dict[str, Arguments | None] = {}
    for base in reversed(own_bases(cls)[:-1]):
        for name, value in vars(base).items():
            function = getattr(value, "__func__", value)
            if not name.startswith("_"):
                found[name] = arguments_of(function) if inspect.isfunction(function) else None
    return dict(sorted(found.items()))


def own_bases(cls: type) -> list[type]:
    """The class, its bases, and `object` last; without what a backend adds, for the names are those of all backends."""
    return [base for base in cls.__mro__ if base is object or re.match(OWN_MODULES, base.__module__)]


def modules_of(library: Any) -> tuple[str, ...]:
    """The modules right under the library, and itself."""
    return ("", *(name for name in sorted(dir(library)) if inspect.ismodule(getattr(library, name)) and name[0] != "_"))


def collect() -> dict[str, Any]:
    """What the file holds: Keras' version, and its names."""
    import keras

    modules = tuple(module for module in modules_of(keras) if module not in ("src", "ops", "applications"))
    return {
        "keras": keras.__version__,
        "functions of keras.ops": sum(callable(getattr(keras.ops, name)) for name in dir(keras.ops)),
        "names": names_of(keras, modules),
    }


def text_of(collected: dict[str, Any]) -> str:
    """The file's text: a name a line, so that a new version of Keras can be read as a difference."""
    lines = [f"  {json.dumps(name)}: {json.dumps(of)}" for name, of in collected["names"].items()]
    head = ",\n".join(f" {json.dumps(key)}: {json.dumps(collected[key])}" for key in collected if key != "names")
    return "{\n" + head + ',\n "names": {\n' + ",\n".join(lines) + "\n }\n}\n"


if __name__ == "__main__":
    FILE.write_text(text_of(collect()), "utf-8")
    sys.stdout.write(f"{FILE}\n")
