"""What a run leaves behind."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_score, recall_score

from vitral.config import num_threads
from vitral.errors import MissingExtraError, RecipeError
from vitral.lab.build import build_model
from vitral.lab.data import Images, load_images
from vitral.lab.describe import collect_warnings
from vitral.lab.environment import describe_environment
from vitral.lab.folder import RunFolder
from vitral.lab.loading import load_recipe
from vitral.lab.measure import MeasurementPlan
from vitral.lab.outcome import Prepared, probabilities
from vitral.lab.prepare import InputPreparation
from vitral.lab.record import PerLanguage
from vitral.lab.run import run_recipe
from vitral.lab.toml import recipe_to_toml
from vitral.lab.trained import TrainedRun
from vitral.ops.backends import backends, instruction_set
from vitral.report import write_report


def test_every_file_of_the_record_is_there(finished: RunFolder) -> None:
    names = {path.name for path in finished.path.iterdir()}
    assert names == {
        "recipe.toml",
        "environment.json",
        "metrics.jsonl",
        "measurements.jsonl",
        "model.keras",
        "predictions.npz",
        "samples.npz",
        "summary.json",
    }


def test_figures_are_those_that_scikit_learn_computes_from_the_predictions(finished: RunFolder) -> None:
    summary, stored = finished.summary(), finished.arrays("predictions.npz")
    true, found = stored["y_true"], stored["probabilities"]
    predicted = found.argmax(axis=1)
    assert summary.results.test_accuracy == accuracy_score(true, predicted)
    assert summary.results.test_loss == pytest.approx(-np.log(found[np.arange(360), true]).mean(), rel=1e-5)
    assert summary.confusion == confusion_matrix(true, predicted).tolist()
    for column, function in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score)):
        ours = [getattr(record, column) for record in summary.per_class]
        assert ours == pytest.approx(function(true, predicted, average=None))
    assert summary.results.validation_accuracy == summary.results.test_accuracy


def test_summary_says_what_was_run(finished: RunFolder) -> None:
    summary = finished.summary()
    assert summary.status == "finished"
    types = ["RandomTranslation", "RandomErasing", "Flatten", "Dense", "BatchNormalization", "Dropout", "Dense"]
    assert [layer.type for layer in summary.layers] == types
    assert summary.parameters == 64 * 24 + 24 + 4 * 24 + 24 * 10 + 10
    assert summary.trainable_parameters == summary.parameters - 2 * 24
    assert summary.multiply_adds == 64 * 24 + 24 * 10
    assert (summary.dataset.train_size, summary.dataset.test_size) == (1437, 360)
    assert sum(summary.dataset.train_counts) == 1437
    assert summary.epochs_done == summary.epochs_planned == 4
    assert (summary.single_predictions[0].index, len(summary.single_predictions[0].probabilities)) == (5, 10)
    assert finished.environment().command == ["test"]


def test_measurements_end_with_the_trained_network(finished: RunFolder) -> None:
    measured, results = finished.measurements(), finished.summary().results
    assert [entry.measurement for entry in measured] == list(range(1, 10))
    assert (measured[-1].step, measured[-1].epoch) == (4 * 23, 4.0)
    assert (measured[-1].loss, measured[-1].val_accuracy) == (results.train_loss, results.validation_accuracy)


def test_samples_hold_the_surest_mistakes_first(finished: RunFolder) -> None:
    samples, stored = finished.arrays("samples.npz"), finished.arrays("predictions.npz")
    assert samples["sample_images"].shape == (4, 8, 8)
    assert samples["sample_images"].max() == 255
    assert (samples["mistake_true"] != samples["mistake_predicted"]).all()
    assert (np.diff(samples["mistake_probability"]) <= 0).all()
    assert (stored["y_true"][samples["mistake_index"]] == samples["mistake_true"]).all()


def test_a_hundred_measurements_are_spread_evenly() -> None:
    plan = MeasurementPlan(100, steps=12_500, steps_per_epoch=250)
    steps = [step for step in range(1, 12_501) if plan.number(step)]
    assert steps == list(range(125, 12_501, 125))


def test_logits_are_turned_into_probabilities() -> None:
    logits = np.array([[0.0, np.log(3.0)]], np.float32)
    assert probabilities(load_recipe("cifar10-cnn"), logits) == pytest.approx(np.array([[0.25, 0.75]]))
    assert probabilities(load_recipe("mnist-cnn"), logits) is logits


def test_l5_is_called_wrong_for_its_twenty_outputs_and_for_its_sigmoid() -> None:
    recipe = load_recipe("cifar10-cnn")
    labels = np.arange(200) % 10
    names = PerLanguage(en=list("0123456789"), es=list("0123456789"))
    x = np.zeros((200, 32, 32, 3), np.uint8)
    images = Images("cifar10", names, 255.0, x, labels, x, labels, x, labels)
    data = Prepared(images, InputPreparation.fit(recipe.data, images), recipe)
    outputs, sigmoid = collect_warnings(recipe, data, build_model(recipe, (32, 32, 3)))
    assert "20 outputs" in outputs
    assert "sigmoid" in sigmoid
    assert "from_logits=True" in sigmoid


_OWN_FILE = """
name = "own-file"
title = { en = "Own file", es = "Archivo propio" }

[data]
path = "digits.csv"
split = "stratified"
test_size = 0.25
validation = 0.2
scale = "zscore"
flatten = true

[data.reader]
label = "digit"
max_value = 16

[data.class_names]
en = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
es = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]

[[layers]]
type = "Dense"
units = 10
activation = "softmax"

[loss]
type = "SparseCategoricalCrossentropy"

[optimizer]
type = "Adam"

[training]
epochs = 2

[training.class_weight]
0 = 2.0
"""


def test_a_users_table_is_split_standardized_and_predicted(tmp_path: Path) -> None:
    digits = load_digits()
    table = np.column_stack([digits.data[:400], digits.target[:400]])
    header = ",".join([*(f"p{number}" for number in range(64)), "digit"])
    np.savetxt(tmp_path / "digits.csv", table, fmt="%d", delimiter=",", header=header, comments="")
    (tmp_path / "own.toml").write_text(_OWN_FILE)
    folder = run_recipe(load_recipe(tmp_path / "own.toml"), tmp_path / "runs", command=["test"], verbose=0)
    summary = folder.summary()
    data = summary.dataset
    assert (data.train_size, data.validation_size, data.test_size) == (240, 60, 100)
    assert data.class_names.es[3] == "tres"
    assert (summary.preparation.input_shape, summary.preparation.image_shape) == ([64], [8, 8, 1])
    assert summary.results.validation_loss is not None
    # The z-score is fitted on the 240 training images alone, and stored for predictions.
    images = load_images(folder.recipe())
    stored = folder.arrays("preparation.npz")
    assert stored["mean"] == pytest.approx(images.x_train.mean(axis=0))
    assert TrainedRun(folder).evaluate().results == summary.results


def test_a_failed_run_says_why(recipe_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("vitral.lab.recorder.save_checkpoint", fail)
    with pytest.raises(OSError, match="no space left"):
        run_recipe(load_recipe(recipe_file), tmp_path, command=["test"], verbose=0)
    (path,) = tmp_path.iterdir()
    assert (RunFolder(path).summary().status, RunFolder(path).summary().error) == ("failed", "OSError: no space left")


def test_improved_run_is_set_beside_the_published_one(tmp_path: Path) -> None:
    small = ["data.dataset=digits", "data.first=300", "data.train_size=250", "data.test_size=50"]
    run = run_recipe(load_recipe("mnist-mlp-sigmoid", small, epochs=1), tmp_path, command=["test"], verbose=0)
    published = run.summary()
    # Only a run over all epochs counts; this one is passed off as such.
    published.epochs_planned = 400
    run.write("summary.json", published)
    improved = run_recipe(
        load_recipe("mnist-mlp-sigmoid-improved", small, epochs=1), tmp_path, command=["test"], verbose=0
    ).summary()
    ours = {record.metric: record for record in improved.published}["test_accuracy"]
    theirs = {record.metric: record for record in published.published}["test_accuracy"]
    assert (ours.value, theirs.value) == (87.0, 87.0)
    assert published.results.test_accuracy is not None
    assert improved.results.test_accuracy is not None
    assert ours.reproduced == theirs.reproduced == 100 * published.results.test_accuracy
    assert (ours.improved, theirs.improved) == (100 * improved.results.test_accuracy, None)


def test_the_lab_imports_neither_scikit_learn_nor_matplotlib_nor_pillow() -> None:
    script = (
        "import sys, vitral.lab.study, vitral.lab.trained, vitral.lab.explore, vitral.lab.compare;"
        "print([name for name in ('sklearn', 'matplotlib', 'PIL', 'tomli_w', 'h5py') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


def test_a_missing_package_is_named_with_the_command_that_installs_it(
    finished: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tomli_w", None)
    with pytest.raises(MissingExtraError, match=r'tomli-w, which is not installed: pip install "vitral\[lab\]"'):
        recipe_to_toml(finished.recipe())


def test_a_diverged_training_is_recorded_and_reported(tmp_path: Path) -> None:
    recipe = load_recipe("digits-mlp", ["optimizer={type='SGD', learning_rate=1e30}", "report.single=[0]"], epochs=2)
    folder = run_recipe(recipe, tmp_path, command=["test"], verbose=0)
    summary = folder.summary()
    assert summary.status == "finished"
    assert summary.results.test_loss is None
    assert summary.single_predictions[0].probability is None
    assert "NaN" not in folder.file("summary.json").read_text()
    assert write_report(folder.path, "es").is_file()


def test_a_picture_beyond_the_test_set_is_refused_before_training(tmp_path: Path) -> None:
    recipe = load_recipe("digits-mlp", ["report.single=[0, 360]"])
    with pytest.raises(RecipeError, match=r"single names test image 360; expected 0 to 359"):
        run_recipe(recipe, tmp_path, command=["test"], verbose=0)
    assert not list(tmp_path.iterdir())


def test_the_environment_names_the_kernels_and_threads_that_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = describe_environment(command=[], seed=0, data={})
    assert environment.threads == num_threads()
    assert environment.instruction_set == instruction_set()
    monkeypatch.setenv("VITRAL_BACKEND", "reference")
    backends.cache_clear()
    try:
        assert describe_environment(command=[], seed=0, data={}).instruction_set is None
    finally:
        monkeypatch.undo()
        backends.cache_clear()
