"""A study runs its variants side by side, and goes on where it was stopped."""

from pathlib import Path

import pytest

from vitral.errors import RecipeError
from vitral.lab import study as study_module
from vitral.lab.folder import RunFolder
from vitral.lab.interrupt import RunInterruptedError
from vitral.lab.loading import load_recipe
from vitral.lab.recipe import Recipe
from vitral.lab.store import RunStore
from vitral.lab.study import resume, run_study

_VARIANTS = """
[[variants]]
name = "slow"
set = { "optimizer.learning_rate" = 0.00001 }
published = [{ name = { en = "test accuracy", es = "aciertos" }, metric = "test_accuracy", value = 10.0 }]

[[variants]]
name = "sgd"
set = { "optimizer.type" = "SGD", "training.epochs" = 1 }
"""


@pytest.fixture
def recipe(recipe_file: Path, tmp_path: Path) -> Recipe:
    """The small recipe with two variants and without measurements."""
    path = tmp_path / "study.toml"
    path.write_text(recipe_file.read_text() + _VARIANTS)
    return load_recipe(path, ["training.epochs=2", "training.measurements=1", "name=small-study"])


def test_every_variant_is_run_with_its_own_settings(recipe: Recipe, tmp_path: Path) -> None:
    folder = run_study(recipe, tmp_path / "runs", command=["test"], verbose=0)
    record = folder.study()
    assert record.status == "finished"
    assert [(entry.name, entry.run, entry.status) for entry in record.variants] == [
        ("slow", "slow", "finished"),
        ("sgd", "sgd", "finished"),
    ]
    slow, sgd = (RunFolder(folder.path / name) for name in ("slow", "sgd"))
    assert (slow.summary().optimizer.name, slow.summary().epochs_done, slow.summary().variant) == ("Adam", 2, "slow")
    assert (sgd.summary().optimizer.name, sgd.summary().epochs_done) == ("SGD", 1)
    (published,) = record.variants[0].published
    accuracy = slow.summary().results.test_accuracy
    assert accuracy is not None
    assert (published.value, published.reproduced) == (10.0, 100 * accuracy)
    assert record.variants[1].published == []
    store = RunStore(tmp_path / "runs")
    assert [(entry.name, entry.is_study) for entry in store.list()] == [(folder.name, True)]
    assert store.find("last/sgd").path == sgd.path


def test_interrupted_study_skips_what_is_finished(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = study_module.run_recipe

    def interrupted(recipe: Recipe, root: Path, **options: object) -> RunFolder:
        if recipe.variant == "sgd":
            raise KeyboardInterrupt
        return original(recipe, root, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(study_module, "run_recipe", interrupted)
    with pytest.raises(RunInterruptedError, match="vitral resume") as caught:
        run_study(recipe, tmp_path / "runs", command=["test"], verbose=0)
    path = caught.value.run
    assert RunFolder(path).study().status == "interrupted"
    first = (path / "slow" / "summary.json").stat().st_mtime_ns
    monkeypatch.undo()
    assert resume(path, verbose=0).study().status == "finished"
    assert (path / "slow" / "summary.json").stat().st_mtime_ns == first


def test_a_wrong_variant_stops_the_study_before_any_training(recipe: Recipe, tmp_path: Path) -> None:
    recipe.variants[1].set["layers.3.unit"] = 3
    with pytest.raises(RecipeError, match="unknown argument of Dense 'unit'; did you mean 'units'"):
        run_study(recipe, tmp_path / "runs", command=["test"], verbose=0)
    assert not (tmp_path / "runs").exists()
