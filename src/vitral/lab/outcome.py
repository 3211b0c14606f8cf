"""What a trained network can do: final results, per-class figures, and the images that the report shows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vitral import activations
from vitral.lab.data import Images
from vitral.lab.folder import RunFolder, finite
from vitral.lab.measure import Measured, measure
from vitral.lab.prepare import InputPreparation, targets
from vitral.lab.recipe import Recipe
from vitral.lab.record import ClassRecord, EvaluationRecord, Results, RunSummary, SinglePrediction
from vitral.models import Sequential
from vitral.typing import Array

_BATCH = 256
_MISTAKES = 25


@dataclass(frozen=True)
class Prepared:
    """A run's data in both forms: the images and what the network reads."""

    images: Images
    preparation: InputPreparation
    recipe: Recipe

    def inputs(self, part: str) -> Array:
        """Network inputs of "train", "validation" or "test"."""
        return self.preparation(getattr(self.images, f"x_{part}"))

    def targets(self, part: str) -> Array:
        """What the loss compares with."""
        return targets(self.recipe.data, getattr(self.images, f"y_{part}"), self.images.classes)


def probabilities(recipe: Recipe, outputs: Array) -> Array:
    """The network's outputs as probabilities (n, outputs); logits pass the function that the loss applies to them."""
    if not recipe.loss.get("from_logits"):
        return outputs
    binary = "binary" in str(recipe.loss["type"]).lower()
    result: Array = activations.get("sigmoid" if binary else "softmax")(outputs)
    return result


def confusion_matrix(true: Array, predicted: Array, classes: int) -> Array:
    """Counts (n, n), row = true class, column = predicted; wider than `classes` if a larger one was predicted."""
    size = max(classes, int(predicted.max(initial=0)) + 1)
    counts = np.zeros((size, size), np.int64)
    np.add.at(counts, (true, predicted), 1)
    return counts


def class_records(confusion: Array, classes: int) -> list[ClassRecord]:
    """Precision, recall and F1 of each class; 0 where nothing was predicted or nothing was there.

    >>> [record] = class_records(np.array([[3, 1], [1, 0]]), 1)
    >>> record.precision, record.recall, record.f1, record.support
    (0.75, 0.75, 0.75, 4)
    """
    return [
        ClassRecord(
            label=label,
            precision=_ratio(hits, confusion[:, label].sum()),
            recall=_ratio(hits, confusion[label].sum()),
            f1=_ratio(2 * hits, confusion[:, label].sum() + confusion[label].sum()),
            support=int(confusion[label].sum()),
        )
        for label in range(classes)
        for hits in (confusion[label, label],)
    ]


def _ratio(part: int, whole: int) -> float:
    return float(part / whole) if whole else 0.0


def record_outcome(folder: RunFolder, summary: RunSummary, model: Sequential, data: Prepared) -> None:
    """Measure the trained network on everything, write predictions.npz and samples.npz, and complete the summary."""
    recipe, images = data.recipe, data.images
    outputs = probabilities(recipe, model.predict(data.inputs("test"), batch_size=_BATCH, verbose=0))
    predicted = outputs.argmax(axis=-1)
    confusion = confusion_matrix(images.y_test, predicted, images.classes)
    summary.results = final_results(model, data)
    summary.confusion = confusion.tolist()
    summary.per_class = class_records(confusion, images.classes)
    summary.evaluations = list(_evaluations(model, data))
    singles = recipe.report.single
    summary.single_predictions = [
        SinglePrediction(
            index=index,
            true=int(images.y_test[index]),
            predicted=int(predicted[index]),
            probability=finite(outputs[index, predicted[index]]),
            probabilities=[finite(value) for value in outputs[index]],
        )
        for index in singles
    ]
    folder.write_arrays(
        "predictions.npz",
        {"y_true": images.y_test, "probabilities": outputs, "index": np.arange(len(images.y_test))},
    )
    folder.write_arrays("samples.npz", _samples(recipe, images, outputs, predicted, singles))


def final_results(model: Sequential, data: Prepared) -> Results:
    """Loss and accuracy on all of the training, validation and test data."""
    test = _measured(model, data, "test")
    validation: Measured = (None, None)
    if data.recipe.data.validation == "test":
        validation = test
    elif data.images.x_validation is not None:
        validation = _measured(model, data, "validation")
    return Results(*_measured(model, data, "train"), *validation, *test)


def _measured(model: Sequential, data: Prepared, part: str, factor: float = 1.0) -> Measured:
    inputs = data.inputs(part)
    if factor != 1.0:
        inputs *= factor
    return measure(model, inputs, data.targets(part), batch_size=_BATCH)


def _evaluations(model: Sequential, data: Prepared) -> Iterator[EvaluationRecord]:
    for entry in data.recipe.evaluations:
        found_loss, accuracy = _measured(model, data, entry.split, entry.input_factor)
        yield EvaluationRecord(entry.name, entry.split, accuracy, finite(found_loss), entry.input_factor, entry.note)


def _samples(recipe: Recipe, images: Images, outputs: Array, predicted: Array, singles: list[int]) -> dict[str, Array]:
    """Images for the report: random training images, the mistakes of which the network was surest, single ones."""
    count = min(recipe.report.samples, len(images.x_train))
    drawn = np.random.Generator(np.random.Philox(recipe.seed)).choice(len(images.x_train), count, replace=False)
    sure = outputs[np.arange(len(predicted)), predicted]
    wrong = np.flatnonzero(predicted != images.y_test)
    worst = wrong[np.argsort(-sure[wrong], kind="stable")][:_MISTAKES]
    return {
        "sample_images": as_uint8(images.x_train[drawn], images.max_value),
        "sample_labels": images.y_train[drawn],
        "mistake_images": as_uint8(images.x_test[worst], images.max_value),
        "mistake_true": images.y_test[worst],
        "mistake_predicted": predicted[worst],
        "mistake_probability": sure[worst],
        "mistake_index": worst,
        "single_images": as_uint8(images.x_test[singles], images.max_value),
        "single_index": np.array(singles, np.int64),
        "single_true": images.y_test[singles],
    }


def as_uint8(x: Array, max_value: float) -> Array:
    """Images (n, h, w[, c]) as bytes from 0 to 255, without a single grey channel's axis."""
    pixels: Array = np.rint(x.astype(np.float32) * (255.0 / max_value)).clip(0, 255).astype(np.uint8)
    return pixels[..., 0] if pixels.shape[-1] == 1 else pixels
