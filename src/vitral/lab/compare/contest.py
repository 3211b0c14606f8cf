"""`vitral compare RECIPE --with sklearn`: train in Vitral, then the same in scikit-learn, and write both down."""

import statistics
import time
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vitral.errors import RecipeError
from vitral.lab.build import build_model
from vitral.lab.check import check_recipe
from vitral.lab.compare.sklearn_network import (
    classifier_at_start,
    new_classifier,
    sklearn_arguments,
    sklearn_version,
)
from vitral.lab.compare.words import DIFFERENT, EQUAL, SKLEARN, SKLEARN_FIT, SKLEARN_FIT_NOTES, VITRAL
from vitral.lab.data import load_images
from vitral.lab.describe import batch_size
from vitral.lab.figures import published_records
from vitral.lab.folder import RunFolder
from vitral.lab.measure import MeasurementPlan
from vitral.lab.outcome import Prepared
from vitral.lab.prepare import InputPreparation
from vitral.lab.recipe import Recipe
from vitral.lab.record import Measurement, Results
from vitral.lab.record_comparison import ComparisonRecord, Contestant
from vitral.lab.run import Verbose, run_recipe
from vitral.models import load_model
from vitral.training import epoch_order
from vitral.typing import Array

if TYPE_CHECKING:
    from sklearn.neural_network import MLPClassifier

_SMALLEST = 1e-7


def compare_with_sklearn(
    recipe: Recipe, root: Path, *, command: Sequence[str] | None = None, verbose: Verbose = 1
) -> RunFolder:
    """Run the recipe, train the same network in scikit-learn, and add comparison.json to the run's folder.

    Raises RecipeError, before any training, for a network that MLPClassifier cannot be, and MissingExtraError without
    scikit-learn.
    """
    if recipe.is_study:
        raise RecipeError(f"{recipe.name}: a study cannot be compared; compare a recipe with one network")
    check_recipe(recipe)
    images = load_images(recipe)
    data = Prepared(images, InputPreparation.fit(recipe.data, images), recipe)
    model = build_model(recipe, data.preparation.record.input_shape)
    arguments = sklearn_arguments(recipe, model, images.classes)
    new_classifier()
    folder = run_recipe(recipe, root, command=command, verbose=verbose)
    contest = _Contest(recipe, data, arguments, model.get_weights())
    own = _own(folder)
    record = ComparisonRecord(
        recipe=recipe.name,
        title=recipe.title,
        run=folder.name,
        equal=EQUAL,
        different=DIFFERENT,
        train_size=len(images.x_train),
        test_size=len(images.x_test),
        batch_size=contest.batch,
        epochs=recipe.training.epochs,
        contestants=[own, *contest.trained_by_sklearn(folder)],
    )
    folder.write("comparison.json", record)
    summary = folder.summary()
    summary.published = published_records(folder)
    folder.write("summary.json", summary)
    return folder


def _own(folder: RunFolder) -> Contestant:
    """Vitral's part, from the run."""
    summary = folder.summary()
    curve = folder.measurements() or [
        Measurement(line.epoch, 0, float(line.epoch), line.loss, line.accuracy, line.val_loss, line.val_accuracy)
        for line in folder.metrics()
    ]
    return Contestant(
        name="vitral",
        title=VITRAL,
        version=version("vitral"),
        seconds_training=summary.seconds_training,
        seconds_per_epoch=summary.seconds_training / max(1, summary.epochs_done),
        results=summary.results,
        curve=curve,
    )


class _Contest:
    """scikit-learn's side: the data as it wants them, and the two ways of training."""

    def __init__(self, recipe: Recipe, data: Prepared, arguments: dict[str, Any], start: Sequence[Array]) -> None:
        self._recipe = recipe
        self._arguments = arguments
        self._start = start
        self._x, self._y = _rows(data.inputs("train")), data.images.y_train
        self._x_test, self._y_test = _rows(data.inputs("test")), data.images.y_test
        self.batch = batch_size(recipe, len(self._x))
        self._steps = -(-len(self._x) // self.batch)

    def trained_by_sklearn(self, folder: RunFolder) -> list[Contestant]:
        """Both of scikit-learn's trainings; raises RecipeError if one diverges, which it treats as an error."""
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                return [self.same_batches(folder), self.plain_fit()]
        except ValueError as error:
            if "non-finite" not in str(error):
                raise
            raise RecipeError(
                f"{self._recipe.name}: scikit-learn's training diverged and stopped without a result; expected a "
                f"smaller learning rate. Vitral's own training is recorded in {folder.path}"
            ) from error

    def same_batches(self, folder: RunFolder) -> Contestant:
        """From Vitral's initial weights over Vitral's batches in Vitral's order, by `partial_fit`."""
        training = self._recipe.training
        classifier = classifier_at_start(self._arguments, self._start, self._x, self._y, self.batch)
        plan = MeasurementPlan(
            training.measurements or training.epochs,
            steps=self._steps * training.epochs,
            steps_per_epoch=self._steps,
        )
        curve: list[Measurement] = []
        seconds: list[float] = []
        for epoch in range(training.epochs):
            order = np.arange(len(self._x))
            if training.shuffle and self._steps > 1:
                order = epoch_order(self._recipe.seed, epoch, len(self._x))
            spent = 0.0
            for step in range(self._steps):
                before = time.perf_counter()
                chosen = order[step * self.batch : (step + 1) * self.batch]
                # The last batch may be smaller, of which scikit-learn would warn.
                classifier.set_params(batch_size=len(chosen))
                classifier.partial_fit(self._x[chosen], self._y[chosen])
                spent += time.perf_counter() - before
                done = epoch * self._steps + step + 1
                if (number := plan.number(done)) is not None:
                    curve.append(self._measurement(classifier, number, done))
            seconds.append(spent)
        own = load_model(folder.file("model.keras"), compile=False).get_weights()
        theirs = [array for pair in zip(classifier.coefs_, classifier.intercepts_, strict=True) for array in pair]
        return Contestant(
            name="sklearn",
            title=SKLEARN,
            version=sklearn_version(),
            seconds_training=sum(seconds),
            seconds_per_epoch=statistics.median(seconds),
            results=self._results(classifier),
            curve=curve,
            largest_weight_difference=max(
                float(np.abs(mine - other).max()) for mine, other in zip(own, theirs, strict=True)
            ),
        )

    def plain_fit(self) -> Contestant:
        """`MLPClassifier(...).fit(x, y)` with the recipe's sizes, update rule, batch size and epochs."""
        epochs = self._recipe.training.epochs
        classifier = new_classifier(
            **self._arguments, batch_size=self.batch, max_iter=epochs, random_state=self._recipe.seed
        )
        with warnings.catch_warnings():
            # Stopping after the given number of epochs is what was asked for.
            warnings.simplefilter("ignore")
            before = time.perf_counter()
            classifier.fit(self._x, self._y)
            seconds = time.perf_counter() - before
        done = int(classifier.n_iter_)
        return Contestant(
            name="sklearn-fit",
            title=SKLEARN_FIT,
            version=sklearn_version(),
            seconds_training=seconds,
            seconds_per_epoch=seconds / done,
            results=self._results(classifier),
            curve=[
                Measurement(number, number * self._steps, float(number), float(loss))
                for number, loss in enumerate(classifier.loss_curve_, start=1)
            ],
            notes=SKLEARN_FIT_NOTES,
        )

    def _measurement(self, classifier: "MLPClassifier", number: int, step: int) -> Measurement:
        found = self._results(classifier)
        epoch = round(step / self._steps, 6)
        return Measurement(
            number, step, epoch, found.train_loss, found.train_accuracy, found.test_loss, found.test_accuracy
        )

    def _results(self, classifier: "MLPClassifier") -> Results:
        train_loss, train_accuracy = _measure(classifier, self._x, self._y)
        test_loss, test_accuracy = _measure(classifier, self._x_test, self._y_test)
        return Results(
            train_loss=train_loss, train_accuracy=train_accuracy, test_loss=test_loss, test_accuracy=test_accuracy
        )


def _measure(classifier: "MLPClassifier", x: Array, y: Array) -> tuple[float, float]:
    """(cross-entropy, accuracy); the logarithm is kept finite as Vitral's loss keeps it."""
    found = classifier.predict_proba(x)
    right = found[np.arange(len(y)), np.searchsorted(classifier.classes_, y)]
    loss = -np.log(np.clip(right, _SMALLEST, 1.0)).mean()
    return float(loss), float((classifier.classes_[found.argmax(axis=1)] == y).mean())


def _rows(x: Array) -> Array:
    return x.reshape(len(x), -1)
