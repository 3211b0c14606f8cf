"""Loss and metrics for predictions that are there already."""

from typing import Any

import numpy as np

from vitral.core.targets import as_float
from vitral.core.tree import flatten
from vitral.errors import ConfigError, DataError
from vitral.training.columns import Layout
from vitral.training.data import Data
from vitral.training.steps import Steps
from vitral.typing import Array, Logs


class Measures(Steps):
    """The side of a compiled network that can be asked what it thinks of predictions.

    A training takes loss and gradient from the compiled losses at once and asks none of these methods: a subclass that
    writes one of them raises ConfigError, as does one that writes a step, which in Keras follows what is computed.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in ("compute_loss", "compute_metrics", "get_metrics_result"):
            if name in vars(cls):
                raise ConfigError(
                    f"{cls.__name__} writes {name}, which a training does not ask: give compile a Loss with call and "
                    "gradient, or a Metric"
                )
        for name in ("train_step", "test_step", "predict_step"):
            if name in vars(cls):
                raise ConfigError(
                    f"{cls.__name__} writes {name}, whose gradients nobody would write: write forward and backward, a "
                    "Loss, or a loop around train_on_batch"
                )

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> float:
        """The compiled loss of these predictions, with the penalties on the weights.

        Labels and weights are given as to `fit`, and predictions as `predict` gives them; x and `training` change
        nothing. Raises ConfigError without a compiled loss, DataError without labels.
        """
        self.require_loss("compute_loss")
        predictions, ys, weights = self._columns(y, y_pred, sample_weight)
        values = [goal.value(*arrays) for goal, *arrays in zip(self._goals, ys, predictions, weights, strict=True)]
        return self._weighed(values) + sum(self.losses)

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Logs:
        """Add these predictions to the compiled metrics, not to the mean loss; returns all values so far by name."""
        self.require_compiled("compute_metrics")
        predictions, ys, weights = self._columns(y, y_pred, sample_weight)
        shapes = [None if array is None else array.shape for array in ys]
        self._metrics.resolve(shapes, [prediction.shape for prediction in predictions])
        self._metrics.update_metrics(ys, predictions, weights)
        return self.get_metrics_result()

    def get_metrics_result(self) -> Logs:
        """The mean loss and the values of the compiled metrics so far, by name."""
        self.require_compiled("get_metrics_result")
        return self._metrics.result()

    def _columns(self, y: Any, y_pred: Any, sample_weight: Any) -> tuple[list[Array], list[Any], list[Any]]:
        """For each output its predictions, labels and weights."""
        predictions = [as_float(array) for array in flatten(y_pred) if isinstance(array, np.ndarray)]
        if len(predictions) != len(self._goals):
            raise ConfigError(f"y_pred has {len(predictions)} arrays; expected one for each output: {len(self._goals)}")
        if y is None:
            raise DataError("y is missing: losses and metrics compare predictions with labels")
        data = Data.of(predictions[0], y, sample_weight, Layout(None, self.layout.outputs))
        return predictions, self._for_outputs(data.y), self._for_outputs(data.weight)
