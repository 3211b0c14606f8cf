"""Studies: one recipe, several variants, one folder in which the runs lie side by side."""

import sys
from collections.abc import Sequence
from pathlib import Path

from vitral.errors import RecipeError, RunError
from vitral.lab.check import check_recipe
from vitral.lab.folder import RunFolder
from vitral.lab.interrupt import RunInterruptedError
from vitral.lab.loading import variant_recipe
from vitral.lab.recipe import Recipe, VariantRecipe
from vitral.lab.record import StudyRecord, VariantRecord
from vitral.lab.run import Verbose, resume_run, run_recipe


def run_study(recipe: Recipe, root: Path, *, command: Sequence[str] | None = None, verbose: Verbose = 1) -> RunFolder:
    """Run all variants of a recipe, each in a folder of the study's folder.

    Raises RecipeError before any training if one of the variants cannot work, RunInterruptedError after Ctrl-C.
    """
    if not recipe.is_study:
        raise RecipeError(f"{recipe.name}: it has no [[variants]], so it is no study")
    check_recipe(recipe)
    folder = RunFolder.create(root, recipe)
    folder.write("study.json", _waiting(recipe))
    return _go_on(folder, recipe, list(sys.argv if command is None else command), verbose)


def resume_study(path: Path, *, command: Sequence[str] | None = None, verbose: Verbose = 1) -> RunFolder:
    """Go on with a study: finished variants are left alone, an interrupted one is resumed, the others are run."""
    folder = RunFolder(path)
    if not folder.is_study:
        raise RunError(f"{folder.name}: not a study")
    return _go_on(folder, folder.recipe(), list(sys.argv if command is None else command), verbose)


def resume(path: Path, *, verbose: Verbose = 1) -> RunFolder:
    """Go on with a run or a study, whichever it is."""
    folder = RunFolder(path)
    return resume_study(path, verbose=verbose) if folder.is_study else resume_run(path, verbose=verbose)


def _waiting(recipe: Recipe) -> StudyRecord:
    return StudyRecord(
        status="running",
        recipe=recipe.name,
        title=recipe.title,
        label=recipe.label,
        kind=recipe.kind,
        notes=recipe.notes,
        variants=[
            VariantRecord(variant.name, variant.title, "waiting", settings=variant.set) for variant in recipe.variants
        ],
    )


def _go_on(folder: RunFolder, recipe: Recipe, command: list[str], verbose: Verbose) -> RunFolder:
    study = folder.study()
    try:
        for number, variant in enumerate(recipe.variants):
            if study.variants[number].status == "finished":
                continue
            study.status = study.variants[number].status = "running"
            folder.write("study.json", study)
            if verbose:
                sys.stderr.write(f"[{number + 1}/{len(recipe.variants)}] {recipe.name}: {variant.name}\n")
            try:
                _run_variant(folder, recipe, variant, command, verbose)
            finally:
                _take_over(folder, variant, study.variants[number])
        study.status = "finished"
    except KeyboardInterrupt as error:
        study.status = "interrupted"
        raise RunInterruptedError(folder.path) from error
    except Exception:
        study.status = "failed"
        raise
    finally:
        folder.write("study.json", study)
    return folder


def _run_variant(
    folder: RunFolder, recipe: Recipe, variant: VariantRecipe, command: list[str], verbose: Verbose
) -> RunFolder:
    path = folder.path / variant.name
    if (path / "summary.json").is_file():
        return resume_run(path, verbose=verbose)
    if path.is_dir():
        # Killed while it was setting up: there is nothing in it yet that would be missed.
        for leftover in path.iterdir():
            leftover.unlink()
        path.rmdir()
    return run_recipe(
        variant_recipe(recipe, variant.name),
        folder.path,
        command=command,
        verbose=verbose,
        folder_name=variant.name,
    )


def _take_over(folder: RunFolder, variant: VariantRecipe, record: VariantRecord) -> None:
    """Copy what the study's table shows from the variant's own summary."""
    run = RunFolder(folder.path / variant.name)
    if not run.file("summary.json").is_file():
        record.status = "failed"
        return
    summary = run.summary()
    record.run = run.name
    record.status = summary.status
    record.parameters = summary.parameters
    record.epochs_done = summary.epochs_done
    record.seconds_training = summary.seconds_training
    record.results = summary.results
    record.published = summary.published
