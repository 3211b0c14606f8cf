"""The same network in scikit-learn: from the same start over the same batches it arrives at the same place."""

from pathlib import Path

import pytest

from vitral.errors import RecipeError
from vitral.lab.compare import compare_with_sklearn
from vitral.lab.folder import RunFolder
from vitral.lab.loading import load_recipe
from vitral.lab.recipe import Recipe

_DIGITS = [
    "data.dataset=digits",
    "data.first=600",
    "data.test_size=120",
    "training.epochs=4",
    "training.measurements=8",
]


def _recipe(*overrides: str) -> Recipe:
    return load_recipe("mnist-mlp-vs-sklearn", [*_DIGITS, *overrides])


@pytest.mark.parametrize(
    "optimizer",
    [
        "{type='SGD', learning_rate=0.05}",
        "{type='SGD', learning_rate=0.01, momentum=0.9, nesterov=true}",
        "{type='Adam', learning_rate=0.001}",
    ],
)
def test_the_update_rules_agree_to_rounding(tmp_path: Path, optimizer: str) -> None:
    folder = compare_with_sklearn(_recipe(f"optimizer={optimizer}"), tmp_path, command=["test"], verbose=0)
    record = folder.comparison()
    own, same, plain = record.contestants
    assert [own.name, same.name, plain.name] == ["vitral", "sklearn", "sklearn-fit"]
    assert same.largest_weight_difference is not None
    assert same.largest_weight_difference < 1e-4
    assert same.results.test_accuracy == own.results.test_accuracy
    assert same.results.train_loss == pytest.approx(own.results.train_loss, abs=1e-4)
    assert [entry.step for entry in same.curve] == [entry.step for entry in own.curve]
    assert [entry.val_loss for entry in same.curve] == pytest.approx([e.val_loss for e in own.curve], abs=1e-3)
    assert len(plain.curve) <= 4
    assert (record.run, record.train_size, record.test_size) == (folder.name, 480, 120)
    published = {entry.metric: entry.reproduced for entry in folder.summary().published}
    assert plain.results.test_accuracy is not None
    assert published["sklearn.test_accuracy"] == 100 * plain.results.test_accuracy


def test_a_training_that_diverges_is_named_and_the_own_run_is_kept(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"scikit-learn's training diverged .* smaller learning rate"):
        compare_with_sklearn(_recipe("optimizer={type='SGD', learning_rate=1e20}"), tmp_path, verbose=0)
    (run,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert RunFolder(run).summary().status == "finished"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["layers.1={type='Dropout', rate=0.2}"], "MLPClassifier has no Dropout layer"),
        (["layers.1.activation=tanh"], "one of relu, tanh, sigmoid, linear for all hidden layers"),
        (["optimizer={type='RMSprop'}"], "MLPClassifier has no RMSprop, only SGD and Adam"),
        (["optimizer.clipnorm=1.0"], "MLPClassifier has no clipnorm"),
        (["loss.label_smoothing=0.1"], "plain categorical cross-entropy only"),
    ],
)
def test_what_mlpclassifier_cannot_be_is_refused_before_training(
    tmp_path: Path, overrides: list[str], message: str
) -> None:
    with pytest.raises(RecipeError, match=message):
        compare_with_sklearn(_recipe(*overrides), tmp_path, verbose=0)
    assert list(tmp_path.iterdir()) == []
