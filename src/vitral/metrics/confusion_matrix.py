"""Who is taken for whom."""

import numpy as np
import numpy.typing as npt

from vitral.core.targets import check_range, weights_for
from vitral.errors import ConfigError, ShapeError
from vitral.metrics.metric import Metric, registry
from vitral.typing import Array, Config


@registry.register()
class ConfusionMatrix(Metric):
    """How often class i (row) was predicted as class j (column), as an array (classes, classes).

    Targets are labels, shape (batch,) or (batch, 1), or one-hot rows. Predictions are probabilities (batch, classes),
    whose largest counts; one probability for each sample, where above 0.5 is class 1; or whole-number labels, for which
    `num_classes` must be given. Raises DataError for a label outside the matrix.

    >>> ConfusionMatrix()([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    array([[1., 0.],
           [1., 1.]])
    """

    def __init__(
        self, num_classes: int | None = None, name: str | None = "confusion_matrix", dtype: str | None = None
    ) -> None:
        super().__init__(name, dtype)
        if num_classes is not None and not (isinstance(num_classes, int) and num_classes >= 1):
            raise ConfigError(f"num_classes is {num_classes!r}; expected a whole number from 1")
        self.num_classes = num_classes

    def update_state(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        outputs = np.asarray(y_pred)
        classes = self.num_classes or self._classes_of(outputs)
        true, predicted = self._labels(np.asarray(y_true)), self._labels(outputs, probability=True)
        if true.shape != predicted.shape:
            raise ShapeError(f'"{self.name}" received {len(true)} targets and {len(predicted)} predictions')
        for labels in (true, predicted):
            check_range(labels, classes, name=self.name)
        weights = None
        if sample_weight is not None:
            weights = np.broadcast_to(weights_for(np.ones(true.shape), sample_weight), true.shape)
        counts = np.bincount(true * classes + predicted, weights, classes * classes)
        self.add_variable(name="counts", shape=(classes, classes)).value += counts.reshape(classes, classes)

    def result(self) -> Array:
        """The matrix so far; before the first batch it has no rows unless `num_classes` was given."""
        size = self.num_classes or 0
        return self.variables[0].numpy() if self.variables else np.zeros((size, size))

    def get_config(self) -> Config:
        return {**super().get_config(), "num_classes": self.num_classes}

    def _classes_of(self, outputs: Array) -> int:
        if outputs.ndim == 2 and outputs.shape[1] > 1:
            return int(outputs.shape[1])
        if outputs.dtype.kind != "f":
            raise ConfigError(f'"{self.name}" received predicted labels; expected num_classes to be given')
        return 2

    def _labels(self, array: Array, probability: bool = False) -> npt.NDArray[np.intp]:
        if array.ndim == 2 and array.shape[1] > 1:
            most_probable: npt.NDArray[np.intp] = array.argmax(axis=1)
            return most_probable
        if array.ndim not in (1, 2):
            raise ShapeError(f'"{self.name}" received shape {array.shape}; expected (batch,) or (batch, classes)')
        flat = array.reshape(-1)
        if probability and flat.dtype.kind == "f":
            flat = flat > 0.5
        labels: npt.NDArray[np.intp] = flat.astype(np.intp)
        return labels
