"""From the tables of a recipe to a compiled network: names become objects of the library."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from vitral import callbacks, layers, losses, metrics, models, optimizers
from vitral.core import naming, rng
from vitral.core.registry import arguments_of, unknown_name
from vitral.errors import ConfigError, RecipeError, VitralError
from vitral.lab.recipe import Recipe, Settings

_ACCURACY = ("accuracy", "acc")
"""Names whose meaning depends on the labels, so that training resolves them."""


def build_model(recipe: Recipe, input_shape: Sequence[int]) -> models.Sequential:
    """The recipe's network, seeded, built for samples of `input_shape` and compiled.

    Raises RecipeError that names the table of the recipe and repeats the library's own words.
    """
    naming.clear_session()
    rng.set_seed(recipe.seed)
    model = models.Sequential(name=recipe.name.replace("-", "_"))
    for number, settings in enumerate(recipe.layers):
        with _at(f"[layers.{number}]"):
            model.add(make(layers, layers.Layer, settings, "layer"))
    with _at("[layers]"):
        model.build((None, *input_shape))
    with _at("[loss]"):
        loss = make(losses, losses.Loss, recipe.loss, "loss")
    with _at("[optimizer]"):
        optimizer = make(optimizers, optimizers.Optimizer, recipe.optimizer, "optimizer")
    with _at("[training] metrics"):
        measures = [_metric(entry) for entry in recipe.training.metrics]
        with warnings.catch_warnings():
            # What is doubtful about the network is collected once, for the summary and the report.
            warnings.simplefilter("ignore")
            model.compile(optimizer=optimizer, loss=loss, metrics=measures)
    return model


def build_callbacks(recipe: Recipe) -> list[callbacks.Callback]:
    """The recipe's callbacks; raises RecipeError."""
    made = []
    for number, settings in enumerate(recipe.callbacks):
        with _at(f"[callbacks.{number}]"):
            made.append(make(callbacks, callbacks.Callback, settings, "callback"))
    return made


def make(room: ModuleType, base: type, settings: Settings, kind: str) -> Any:
    """An object of a library room from `{type = ..., argument = ...}`.

    Raises ConfigError for an unknown type or argument, with the nearest one that exists.
    """
    cls = find_class(room, base, settings.get("type"), kind)
    arguments = {key: _argument(value) for key, value in settings.items() if key != "type"}
    accepted = arguments_of(cls)
    for key in arguments:
        if key not in accepted:
            raise unknown_name(f"argument of {cls.__name__}", key, sorted(accepted))
    try:
        return cls(**arguments)
    except TypeError as error:
        raise ConfigError(f"{cls.__name__}: {str(error).removeprefix(f'{cls.__name__}.__init__() ')}") from error


def _metric(entry: str | Settings) -> Any:
    if not isinstance(entry, str):
        return make(metrics, metrics.Metric, entry, "metric")
    if entry not in _ACCURACY:
        metrics.get(entry)
    return entry


def find_class(room: ModuleType, base: type, name: Any, kind: str) -> type:
    """The class that a room exports under a class name or its snake case; raises ConfigError."""
    if not isinstance(name, str):
        raise ConfigError(f"type is {name!r}; expected the name of a {kind}")
    classes = {
        exported: cls
        for exported in dir(room)
        if isinstance(cls := getattr(room, exported), type) and issubclass(cls, base) and cls is not base
    }
    by_alias = {naming.snake_case(exported): cls for exported, cls in classes.items()} | classes
    if name not in by_alias:
        raise unknown_name(kind, name, list(classes))
    return by_alias[name]


def _argument(value: Any) -> Any:
    """Tables with a type, such as a schedule or a regularizer, become the configuration that `get` understands."""
    if isinstance(value, Mapping) and "type" in value:
        if hasattr(optimizers.schedules, str(value["type"])):
            return make(optimizers.schedules, optimizers.schedules.LearningRateSchedule, dict(value), "schedule")
        config = {key: _argument(entry) for key, entry in value.items() if key != "type"}
        return {"class_name": value["type"], "config": config}
    return value


@contextmanager
def _at(place: str) -> Iterator[None]:
    try:
        yield
    except RecipeError:
        raise
    except VitralError as error:
        raise RecipeError(f"{place} {error}") from error
