"""A trained network taken from its run."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct

from vitral.errors import RunError
from vitral.lab.build import build_model
from vitral.lab.checkpoint import load_weights
from vitral.lab.data import load_images
from vitral.lab.folder import RunFolder
from vitral.lab.outcome import Prepared, class_records, confusion_matrix, final_results, probabilities
from vitral.lab.picture import Polarity, read_picture
from vitral.lab.prepare import InputPreparation
from vitral.lab.record import ClassRecord, PerLanguage, Results
from vitral.models import Sequential, load_model
from vitral.typing import Array


class Prediction(Struct):
    """What the network says about one picture."""

    path: str
    label: int
    names: PerLanguage
    """The class's name, as a list of one, in either language."""
    probability: float
    probabilities: list[float]


class Evaluation(Struct):
    """A run's network on the run's data, measured anew."""

    run: str
    results: Results
    per_class: list[ClassRecord]
    confusion: list[list[int]]


class TrainedRun:
    """The network of a run, with the preparation of its inputs.

    Of a run that has not finished it is the network of the last checkpoint. Raises RunError if there is none.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.recipe = folder.recipe()
        self.summary = folder.summary()
        self.preparation = InputPreparation.of_run(folder)
        self.model = self._load()

    def _load(self) -> Sequential:
        # Compiled as the recipe says, so that it can be measured; the archive gives the weights.
        model = build_model(self.recipe, self.summary.preparation.input_shape)
        archive = self.folder.file("model.keras")
        if archive.is_file():
            model.set_weights(load_model(archive, compile=False).get_weights())
        elif self.summary.status == "finished":
            raise RunError(f"{self.folder.path}: model.keras is missing")
        else:
            load_weights(self.folder.path, model)
        return model

    def probabilities(self, images: Array) -> Array:
        """Probabilities (n, outputs) of images (n, h, w, c) in the units of the training images."""
        outputs = self.model.predict(self.preparation(images), batch_size=256, verbose=0)
        return probabilities(self.recipe, outputs)

    def predict(self, paths: Sequence[Path], *, polarity: Polarity = "auto") -> list[Prediction]:
        """What the network says about pictures; raises DataError for a file that is none."""
        record = self.summary.preparation
        # All pictures are read before anything is said, so a bad one is not found halfway.
        pictures = np.stack([read_picture(path, record, polarity=polarity) for path in paths])
        found = self.probabilities(pictures * np.float32(self.summary.dataset.max_value / 255.0))
        return [self._prediction(path, row) for path, row in zip(paths, found, strict=True)]

    def _prediction(self, path: Path, row: Array) -> Prediction:
        label = int(row.argmax())
        names = self.summary.dataset.class_names
        return Prediction(
            path=str(path),
            label=label,
            names=PerLanguage(en=[_name(names.en, label)], es=[_name(names.es, label)]),
            probability=float(row[label]),
            probabilities=[float(value) for value in row],
        )

    def evaluate(self) -> Evaluation:
        """Measure the network on the data of its run, read and split again; raises DataError, RecipeError."""
        data = Prepared(load_images(self.recipe), self.preparation, self.recipe)
        images = data.images
        predicted = self.probabilities(images.x_test).argmax(axis=-1)
        confusion = confusion_matrix(images.y_test, predicted, images.classes)
        return Evaluation(
            run=self.folder.name,
            results=final_results(self.model, data),
            per_class=class_records(confusion, images.classes),
            confusion=confusion.tolist(),
        )


def _name(names: list[str], label: int) -> str:
    # A network with more outputs than classes may name one that does not exist.
    return names[label] if label < len(names) else str(label)
