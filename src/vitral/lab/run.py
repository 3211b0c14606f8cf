"""`vitral run` and `vitral resume`: one training from its recipe to its record."""

import contextlib
import statistics
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from vitral.errors import ModelWarning, RunError
from vitral.lab.build import build_callbacks, build_model
from vitral.lab.check import check_output, check_recipe, check_singles
from vitral.lab.checkpoint import FILE as CHECKPOINT
from vitral.lab.checkpoint import Position, load_checkpoint
from vitral.lab.data import load_images
from vitral.lab.describe import batch_size, collect_warnings, describe_run
from vitral.lab.environment import describe_environment, digest, peak_memory
from vitral.lab.figures import published_records
from vitral.lab.folder import RunFolder
from vitral.lab.interrupt import InterruptGuard, RunInterruptedError
from vitral.lab.measure import MeasurementPlan, Measurer, measure
from vitral.lab.outcome import Prepared, record_outcome
from vitral.lab.prepare import InputPreparation
from vitral.lab.progress import epoch_bar
from vitral.lab.recipe import Recipe
from vitral.lab.record import EpochRecord, RunSummary
from vitral.lab.recorder import Recorder
from vitral.models import Sequential

_VALIDATION_BATCH = 256

Verbose = Literal[0, 1, 2]


def run_recipe(
    recipe: Recipe,
    root: Path,
    *,
    command: Sequence[str] | None = None,
    verbose: Verbose = 1,
    folder_name: str | None = None,
) -> RunFolder:
    """Train and record a recipe (not a study: see `vitral.lab.study`) in a new folder of `root`.

    Progress goes to standard error, as `verbose` of `fit` says. Raises RecipeError before any training for a recipe
    that cannot work, DataError for its data, RunInterruptedError after Ctrl-C, when everything is saved.
    """
    check_recipe(recipe)
    data = _prepare(recipe)
    model = build_model(recipe, data.preparation.record.input_shape)
    check_output(recipe, model, data.images.classes)
    check_singles(recipe, len(data.images.x_test))
    summary = describe_run(recipe, data, model)
    summary.warnings = collect_warnings(recipe, data, model)
    environment = describe_environment(
        command=sys.argv if command is None else command, seed=recipe.seed, data=data.images.arrays()
    )
    folder = RunFolder.create(root, recipe, name=folder_name)
    folder.write("environment.json", environment)
    data.preparation.store(folder)
    folder.write("summary.json", summary)
    return _train(folder, recipe, data, summary, verbose)


def resume_run(path: Path, *, verbose: Verbose = 1) -> RunFolder:
    """Go on with an interrupted or killed run; it ends with the same bits as if nothing had happened.

    A run that has finished is left alone. Raises RunError if its data are not the same any more.
    """
    folder = RunFolder(path)
    recipe, summary = folder.recipe(), folder.summary()
    if summary.status == "finished":
        return folder
    data = _prepare(recipe)
    recorded = folder.environment().data_digests
    for name, array in data.images.arrays().items():
        if recorded.get(name) != digest(array):
            raise RunError(f"{folder.name}: {name} is not what the run was started with; start it anew")
    summary.status, summary.error = "running", None
    folder.write("summary.json", summary)
    return _train(folder, recipe, data, summary, verbose)


def _prepare(recipe: Recipe) -> Prepared:
    images = load_images(recipe)
    return Prepared(images, InputPreparation.fit(recipe.data, images), recipe)


def _train(folder: RunFolder, recipe: Recipe, data: Prepared, summary: RunSummary, verbose: Verbose) -> RunFolder:
    # Built here once more, so that a first and a resumed training start from the very same draw of the seeds.
    model = build_model(recipe, data.preparation.record.input_shape)
    others = build_callbacks(recipe)
    model.shuffle_seed = recipe.seed
    position = load_checkpoint(folder.path, model, others)
    try:
        with InterruptGuard() as guard:
            recorder = _recorder(folder, recipe, data, model, position, others, guard)
            recorder.drop_lines_after_checkpoint()
            if not position.finished:
                _fit(recipe, data, model, [*others, recorder], position, verbose)
                recorder.save_end()
            _finish(folder, summary, model, data, recorder)
            if guard.requested:
                # This run is complete; the request concerns whatever was to come after it.
                raise KeyboardInterrupt
    except KeyboardInterrupt as error:
        if summary.status != "finished":
            _close(folder, summary, position, "interrupted")
        raise RunInterruptedError(folder.path) from error
    except Exception as error:
        summary.error = f"{type(error).__name__}: {error}"
        _close(folder, summary, position, "failed")
        raise
    return folder


def _fit(
    recipe: Recipe, data: Prepared, model: Sequential, callbacks: list[Any], position: Position, verbose: Verbose
) -> None:
    training = recipe.training
    weights = training.class_weight
    has_validation = data.images.x_validation is not None
    # After a callback has stopped the training, only its last word is still to be said.
    first = training.epochs if position.stopped else position.epoch
    size = batch_size(recipe, len(data.images.x_train))
    with contextlib.ExitStack() as stack:
        if verbose and size == len(data.images.x_train):
            callbacks = [stack.enter_context(epoch_bar(training.epochs, first)), *callbacks]
            verbose = 0
        stack.enter_context(contextlib.redirect_stdout(sys.stderr))
        stack.enter_context(warnings.catch_warnings())
        # They are in the summary already, with the ones that only the labels show.
        warnings.simplefilter("ignore", ModelWarning)
        model.fit(
            data.inputs("train"),
            data.targets("train"),
            batch_size=size,
            epochs=training.epochs,
            verbose=verbose,
            callbacks=callbacks,
            validation_data=(data.inputs("validation"), data.targets("validation")) if has_validation else None,
            validation_batch_size=_VALIDATION_BATCH,
            shuffle=training.shuffle,
            class_weight=None if weights is None else {int(label): value for label, value in weights.items()},
            initial_epoch=first,
            initial_step=position.step,
        )


def _recorder(
    folder: RunFolder,
    recipe: Recipe,
    data: Prepared,
    model: Sequential,
    position: Position,
    others: list[Any],
    guard: InterruptGuard,
) -> Recorder:
    size = len(data.images.x_train)
    steps = -(-size // batch_size(recipe, size))
    measurer = None
    if recipe.training.measurements is not None:
        plan = MeasurementPlan(
            recipe.training.measurements, steps=steps * recipe.training.epochs, steps_per_epoch=steps
        )
        measurer = _measurer(plan, data, model)
    return Recorder(folder, model, position, others, guard, steps_per_epoch=steps, measurer=measurer)


def _measurer(plan: MeasurementPlan, data: Prepared, model: Sequential) -> Measurer:
    parts = ["train"] if data.images.x_validation is None else ["train", "validation"]
    sets = {part: (data.inputs(part), data.targets(part)) for part in parts}
    return Measurer(
        plan,
        lambda: measure(model, *sets["train"]),
        (lambda: measure(model, *sets["validation"])) if "validation" in sets else None,
    )


def _finish(folder: RunFolder, summary: RunSummary, model: Sequential, data: Prepared, recorder: Recorder) -> None:
    before = time.perf_counter()
    record_outcome(folder, summary, model, data)
    model.save(folder.file("model.keras"))
    recorder.position.seconds_total += time.perf_counter() - before
    _close(folder, summary, recorder.position, "finished")
    summary.published = published_records(folder)
    folder.write("summary.json", summary)
    folder.file(CHECKPOINT).unlink(missing_ok=True)


def _close(folder: RunFolder, summary: RunSummary, position: Position, status: Any) -> None:
    """Write the summary as far as the run has come."""
    lines = folder.metrics()
    summary.status = status
    summary.epochs_done = len(lines)
    summary.seconds_training = position.seconds
    summary.seconds_total = position.seconds_total
    summary.seconds_per_epoch_median = statistics.median(line.seconds for line in lines) if lines else 0.0
    summary.overfit_epoch = overfit_epoch(lines)
    peak = peak_memory()
    if peak is not None:
        summary.peak_memory_bytes = max(peak, summary.peak_memory_bytes or 0)
    folder.write("summary.json", summary)


def overfit_epoch(lines: Sequence[EpochRecord]) -> int | None:
    """The epoch of the lowest validation loss, if any epoch follows it; None without validation.

    >>> losses = [1.0, 0.7, 0.8, 0.9]
    >>> overfit_epoch([EpochRecord(n + 1, 0.1, 1.0, 0.01, val_loss=v) for n, v in enumerate(losses)])
    2
    """
    known = [(line.val_loss, -line.epoch) for line in lines if line.val_loss is not None]
    if not known:
        return None
    best = -min(known)[1]
    return best if best < lines[-1].epoch else None
