"""Any model as a classifier."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin

from vitral import activations
from vitral.callbacks import Callback
from vitral.config import floatx
from vitral.errors import ConfigError, DataError
from vitral.losses import BinaryCrossentropy, Loss, SparseCategoricalCrossentropy
from vitral.models import Model
from vitral.sklearn.labels import Labels
from vitral.sklearn.neural_net import NeuralNet
from vitral.training.checks import activation_name
from vitral.typing import Array


class NeuralNetClassifier(ClassifierMixin, NeuralNet):
    """A Vitral model, or a function that makes one, as a scikit-learn classifier.

    - `model`: a model, of which every fit trains a copy from the weights it has, or a function. The function gets the
      parameters written model__name, and what it has arguments for of `input_shape` (of one sample) and `n_classes`.
      The model ends in one output for each class, or in one for the second of two.
    - `input_shape`: the shape in which a sample, which scikit-learn hands on as a row, goes into the model.
    - `optimizer`, `loss`, `metrics`: for a model that is not compiled; Keras' "rmsprop" and the cross-entropy that goes
      with the outputs unless given. The latter weighs samples as if they were there so many times.
    - `epochs`, `batch_size`, `callbacks`, `validation_split`, `shuffle`, `verbose`: as in `Model.fit`.
    - `class_weight`: weights by label, or "balanced": samples / (classes * count of the class).
    - `warm_start`: a further fit goes on with the fitted model.

    After fit there are model_, classes_, history_ (values of every epoch by name) and n_epochs_. X has the shape
    (samples, features) or (samples, ...); y (samples,), or (samples, labels) with zeros and ones for a model that ends
    in sigmoids. Raises ConfigError, DataError or ShapeError, all ValueError, for what cannot work.

    >>> from sklearn.datasets import load_digits
    >>> from vitral import Sequential, layers
    >>> def network(input_shape, n_classes, filters=8):
    ...     return Sequential([
    ...         layers.Input(input_shape), layers.Rescaling(1 / 16), layers.Conv2D(filters, 3, activation="relu"),
    ...         layers.Flatten(), layers.Dense(n_classes, activation="softmax")])
    >>> classifier = NeuralNetClassifier(network, input_shape=(8, 8, 1), model__filters=4, epochs=5, random_state=0)
    >>> x, y = load_digits(return_X_y=True)
    >>> classifier.fit(x, y).score(x, y) > 0.8
    True
    """

    def __init__(
        self,
        model: Model | Callable[..., Model],
        *,
        input_shape: Sequence[int] | None = None,
        optimizer: Any = None,
        loss: Any = None,
        metrics: Any = None,
        epochs: int = 1,
        batch_size: int | None = None,
        callbacks: Callback | Iterable[Callback] | None = None,
        validation_split: float = 0.0,
        shuffle: bool = True,
        class_weight: Mapping[Any, float] | str | None = None,
        verbose: Any = 0,
        warm_start: bool = False,
        random_state: Any = None,
        **model_parameters: Any,
    ) -> None:
        self._keep(locals())

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> Self:
        """Train for `epochs`; returns self. Loss and metrics on X_val are in history_ as val_loss and so on."""
        return self._fit(
            X,
            y,
            sample_weight,
            (X_val, y_val, sample_weight_val),
            afresh=not (self.warm_start and hasattr(self, "model_")),
            **self._fit_options(),
        )

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """One epoch on X and y; returns self. `classes` lists all classes and is needed at the first call."""
        afresh = not hasattr(self, "model_")
        if self.class_weight == "balanced":
            raise ConfigError("class_weight 'balanced' needs all of y at once: give weights by label for partial_fit")
        if afresh:
            self._labels = Labels.listed(classes, y)
            self.classes_ = self._labels.classes
        self._labels.check_listed_again(classes)
        options = {**self._fit_options(), "epochs": 1, "validation_split": 0.0}
        return self._fit(X, y, sample_weight, afresh=afresh, targets_known=True, **options)

    def predict(self, X: Any) -> Array:
        """The most probable class of each sample, or, where y was a matrix, yes (1) or no (0) for each label."""
        probabilities = self._probabilities(X)
        return self._labels.decode(probabilities)

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class, (samples, classes), in the order of classes_."""
        probabilities = self._probabilities(X)
        if probabilities.shape[1] == 1:
            return np.concatenate([1 - probabilities, probabilities], axis=1)
        return probabilities

    def predict_log_proba(self, X: Any) -> Array:
        """Logarithms of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def _probabilities(self, x: Any) -> Array:
        """The model's outputs, behind the function that its loss takes them through if it has none of its own."""
        outputs = self._outputs(x)
        if not getattr(self.model_.loss_object, "from_logits", False):
            return outputs
        if activation_name(self.model_.output_layers[0]) in ("sigmoid", "softmax"):
            return outputs
        probabilities: Array = (activations.sigmoid if self._each_alone(self.model_) else activations.softmax)(outputs)
        return probabilities

    def _each_alone(self, model: Model) -> bool:
        return self._labels.multilabel or model.output_shape[-1] == 1

    def _learn_targets(self, y: Array) -> None:
        self._labels = Labels.of(y)
        self.classes_ = self._labels.classes
        if len(self.classes_) < 2:
            raise DataError(f"y holds {len(self.classes_)} class, {self.classes_.tolist()}; expected two or more")

    def _offered(self) -> dict[str, int]:
        return {"n_classes": len(self.classes_)}

    def _default_loss(self, model: Model) -> Loss:
        kind = BinaryCrossentropy if self._each_alone(model) else SparseCategoricalCrossentropy
        return kind(reduction="mean_with_sample_weight")

    def _encode(self, y: Array, weight: Array | None) -> tuple[Array, Array | None]:
        outputs = self.model_.output_shape[-1]
        if outputs != len(self.classes_) and not (outputs == 1 and self._labels.binary):
            raise ConfigError(f"the model has {outputs} outputs, but y has {len(self.classes_)} classes")
        encoded = self._labels.encode(y)
        by_class = self._labels.weights(self.class_weight, encoded)
        if by_class is not None:
            weight = by_class if weight is None else by_class * weight
        if self._labels.multilabel or outputs == 1 or self._takes_numbers():
            return encoded, weight
        return np.eye(len(self.classes_), dtype=floatx())[encoded], weight

    def _takes_numbers(self) -> bool:
        """Whether the loss wants the classes' numbers, not a row of zeros with a one."""
        return isinstance(self.model_.loss_object, SparseCategoricalCrossentropy)
