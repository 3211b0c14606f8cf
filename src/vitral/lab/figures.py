"""Published - reproduced - improved: finding the figures of a run, and those of the recipe it belongs with."""

import re
from collections.abc import Sequence
from pathlib import Path

from vitral.errors import VitralError
from vitral.lab.folder import RunFolder
from vitral.lab.loading import list_recipes, load_recipe
from vitral.lab.recipe import PublishedRecipe, Recipe
from vitral.lab.record import EpochRecord, PublishedRecord, RunSummary
from vitral.lab.record_comparison import ComparisonRecord
from vitral.lab.store import RunStore

_EPOCH = re.compile(r"epoch\.(?P<epoch>\d+)\.(?P<column>\w+)\Z")
_EVALUATION = re.compile(r"evaluation\.(?P<name>[\w-]+)\.(?P<column>accuracy|loss)\Z")
_RECALL = re.compile(r"recall\.(?P<label>\d+)\Z")
_SKLEARN = re.compile(r"sklearn\.(?P<column>\w+)\Z")
_RESULT = re.compile(r"(train|validation|test)_(loss|accuracy)\Z")


def is_known_metric(metric: str) -> bool:
    """Whether `metric` has a form that `figure` understands."""
    patterns = (_EPOCH, _EVALUATION, _RECALL, _SKLEARN, _RESULT)
    return metric in ("seconds_training", "seconds_per_epoch") or any(p.match(metric) for p in patterns)


def figure(
    metric: str,
    summary: RunSummary,
    epochs: Sequence[EpochRecord],
    comparison: ComparisonRecord | None = None,
) -> float | None:
    """The run's own figure for a published metric, as a share or in seconds; None where the run has none."""
    if metric == "seconds_training":
        return summary.seconds_training
    if metric == "seconds_per_epoch":
        return summary.seconds_per_epoch_median
    if _RESULT.match(metric):
        return getattr(summary.results, metric, None)
    if found := _EPOCH.match(metric):
        line = next((line for line in epochs if line.epoch == int(found["epoch"])), None)
        return None if line is None else getattr(line, found["column"], None)
    if found := _EVALUATION.match(metric):
        extra = next((entry for entry in summary.evaluations if entry.name == found["name"]), None)
        return None if extra is None else getattr(extra, found["column"])
    if found := _RECALL.match(metric):
        return next((entry.recall for entry in summary.per_class if entry.label == int(found["label"])), None)
    if (found := _SKLEARN.match(metric)) and comparison is not None:
        return _contestant_figure(comparison, found["column"])
    return None


def published_records(folder: RunFolder) -> list[PublishedRecord]:
    """The published figures beside this run's and those of the newest finished run of the sister recipe.

    For an improved run, whose recipe has no published figures of its own, they are the sister's.
    """
    recipe = folder.recipe()
    sister = _sister_recipe(recipe)
    other = None if sister is None else _newest_run(folder, sister)
    improved = recipe.kind == "improved"
    entries = sister.published if improved and sister is not None and not recipe.published else recipe.published
    records = []
    for entry in entries:
        own, theirs = _in_unit(entry, folder), None if other is None else _in_unit(entry, other)
        reproduced, better = (theirs, own) if improved else (own, theirs)
        records.append(
            PublishedRecord(
                entry.name,
                entry.metric,
                entry.value,
                entry.unit,
                reproduced,
                # A loss or an epoch of another network does not answer the published one; results do.
                better if _comparable(entry.metric) else None,
                entry.note,
            )
        )
    return records


def _comparable(metric: str) -> bool:
    return not (metric.endswith("loss") or _EPOCH.match(metric) or _SKLEARN.match(metric))


def _in_unit(entry: PublishedRecipe, folder: RunFolder) -> float | None:
    comparison = folder.comparison() if folder.file("comparison.json").is_file() else None
    value = figure(entry.metric, folder.summary(), folder.metrics(), comparison)
    return value * 100 if value is not None and entry.unit == "%" else value


def _contestant_figure(comparison: ComparisonRecord, column: str) -> float | None:
    # What the report ran was MLPClassifier.fit.
    contestant = next((entry for entry in comparison.contestants if entry.name == "sklearn-fit"), None)
    if contestant is None:
        return None
    if column == "seconds_training":
        return contestant.seconds_training
    return getattr(contestant.results, column, None)


def _sister_recipe(recipe: Recipe) -> Recipe | None:
    if recipe.sister is None or recipe.sister not in list_recipes():
        return None
    return load_recipe(recipe.sister)


def _newest_run(folder: RunFolder, recipe: Recipe) -> RunFolder | None:
    """The newest finished run of a recipe, with all its epochs, among the runs where `folder` lies."""
    root = _root_of(folder.path)
    for entry in RunStore(root).list():
        if entry.recipe != recipe.name or entry.status != "finished" or entry.is_study:
            continue
        found = RunFolder(root / entry.name)
        try:
            if found.summary().epochs_planned == recipe.training.epochs:
                return found
        except VitralError:
            continue
    return None


def _root_of(run: Path) -> Path:
    """The folder of all runs: a study's runs lie one deeper."""
    parent = run.resolve().parent
    return parent.parent if (parent / "study.json").is_file() else parent
