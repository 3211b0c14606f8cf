"""A dense network that tells classes apart."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import ClassifierMixin

from vitral import activations
from vitral.activations import Activation
from vitral.errors import ConfigError, DataError
from vitral.sklearn.batches import Samples
from vitral.sklearn.labels import Labels
from vitral.sklearn.mlp import MultiLayerPerceptron, Use, only_stochastic
from vitral.sklearn.objectives import Objective, sigmoid_log_loss, softmax_log_loss
from vitral.typing import Array


class MLPClassifier(ClassifierMixin, MultiLayerPerceptron):
    """scikit-learn's MLPClassifier, trained by Vitral: the same parameters, attributes, first weights and steps.

    Further parameters:

    - `dtype`: "auto" computes in the type of X as scikit-learn does; "float32" is several times faster.
    - `activation`: one for all hidden layers or a sequence with one for each; also every name that Keras has.
    - `dropout`: the share of a hidden layer's values that a training step leaves out, one number or one for each layer.
    - `class_weight`: weights by label, or "balanced": samples / (classes * count of the class).

    X has the shape (samples, features), dense or sparse; y (samples,), or (samples, labels) with zeros and ones.
    random_state=None follows `vitral.set_seed`. Raises ConfigError or DataError, both ValueError, for what cannot work.

    >>> from sklearn.datasets import make_moons
    >>> x, y = make_moons(300, noise=0.1, random_state=0)
    >>> classifier = MLPClassifier((16, 16), learning_rate_init=0.03, dtype="float32", random_state=0)
    >>> classifier.fit(x, y).score(x, y) > 0.98
    True
    >>> classifier.predict_proba(x[:2]).shape, classifier.out_activation_
    ((2, 2), 'logistic')
    """

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str | Activation | Sequence[str | Activation] = "relu",
        *,
        solver: Literal["lbfgs", "sgd", "adam"] = "adam",
        alpha: float = 0.0001,
        batch_size: int | Literal["auto"] = "auto",
        learning_rate: Literal["constant", "invscaling", "adaptive"] = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        dtype: Literal["auto", "float32", "float64"] = "auto",
        dropout: float | Sequence[float] = 0.0,
        class_weight: Mapping[Any, float] | Sequence[Any] | str | None = None,
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
        """Train on X and y; returns self.

        With `X_val` and `y_val` the accuracy on them is written to validation_scores_ after every epoch, and
        `early_stopping` watches them in place of a part of X.
        """
        return self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val), incremental=False)

    @only_stochastic
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """One epoch on X and y; returns self. `classes` lists all classes and is needed at the first call."""
        if not hasattr(self, "classes_"):
            self._labels = Labels.listed(classes, y)
            self.classes_ = self._labels.classes
        self._labels.check_listed_again(classes)
        return self._fit(X, y, sample_weight, (None, None, None), incremental=True)

    def predict(self, X: Any) -> Array:
        """The most probable class of each sample, or, where y was a matrix, yes (1) or no (0) for each label."""
        scores = self._scores(X)
        return self._labels.decode(self._probabilities(scores))

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class, (samples, classes), in the order of classes_."""
        scores = self._scores(X)
        probabilities = self._probabilities(scores)
        if not self._labels.binary:
            return probabilities
        if len(self.classes_) == 1:
            return np.ones_like(probabilities)
        return np.concatenate([1 - probabilities, probabilities], axis=1)

    def predict_log_proba(self, X: Any) -> Array:
        """Logarithms of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def _targets(self, y: Array, weight: Array | None, dtype: np.dtype, use: Use) -> tuple[Array, Array | None]:
        if use is Use.FIRST_FIT:
            self._labels = Labels.of(y)
            self.classes_ = self._labels.classes
        elif use is Use.WARM_FIT and not self._labels.multilabel and not np.array_equal(np.unique(y), self.classes_):
            raise DataError(
                "warm_start can only be used where `y` has the same classes as in the previous call to fit. "
                f"Previously got {self.classes_}, `y` has {np.unique(y)}"
            )
        if use is Use.PARTIAL_FIT and self.class_weight == "balanced":
            raise ConfigError(
                "class_weight 'balanced' is not supported for partial_fit, which sees a part of the classes only: "
                "give the weights as a dictionary"
            )
        encoded = self._labels.encode(y)
        by_class = self._labels.weights(self.class_weight, encoded)
        if by_class is not None:
            weight = (by_class if weight is None else by_class * weight).astype(dtype)
        if self._labels.binary:
            return encoded.astype(dtype)[:, np.newaxis], weight
        return (encoded.astype(dtype) if self._labels.multilabel else encoded), weight

    def _outputs(self, y: Array) -> int:
        return 1 if self._labels.binary else len(self.classes_)

    def _objective(self) -> tuple[str, Any, Objective]:
        if self._labels.binary or self._labels.multilabel:
            return "logistic", "linear", sigmoid_log_loss
        return "softmax", "linear", softmax_log_loss

    def _probabilities(self, scores: Array) -> Array:
        link = activations.softmax if self.out_activation_ == "softmax" else activations.sigmoid
        probabilities: Array = link(scores)
        return probabilities

    def _score_of(self, samples: Samples) -> float:
        """The share of samples, by weight, whose labels are all right; NaN if the network gives none."""
        scores = self._network_scores(samples.x)
        if not np.isfinite(scores).all():
            return float("nan")
        if self.out_activation_ == "softmax":
            right = scores.argmax(axis=1) == samples.y
        else:
            right = ((scores > 0) == (samples.y > 0.5)).all(axis=1)
        return float(np.average(right, weights=samples.weight))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
