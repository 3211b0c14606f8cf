"""Classes as users name them, and as networks count them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from vitral.errors import ConfigError, DataError
from vitral.typing import Array


class Labels:
    """The classes of a task and whether a sample may have several of them at once.

    `classes` are the labels in order, or the numbers of the columns where y is a matrix of zeros and ones.

    >>> labels = Labels.of(np.array(["cat", "dog", "cat"]))
    >>> labels.classes.tolist(), labels.encode(np.array(["dog", "cat"])).tolist()
    (['cat', 'dog'], [1, 0])
    """

    def __init__(self, classes: Array, multilabel: bool = False) -> None:
        self.classes = classes
        self.multilabel = multilabel

    @classmethod
    def of(cls, y: Array) -> "Labels":
        """The classes that labels (n,) or a matrix (n, classes) of zeros and ones show; raises DataError for others."""
        check_classification_targets(y)
        kind = type_of_target(y)
        if kind == "multilabel-indicator":
            return cls(np.arange(y.shape[1]), multilabel=True)
        if kind == "multiclass-multioutput":
            raise DataError(f"y has the shape {y.shape} and labels beyond 0 and 1; expected one column, or yes and no")
        return cls(np.unique(y))

    @classmethod
    def listed(cls, classes: Any, y: Any) -> "Labels":
        """The classes that a first `partial_fit` lists, since its y may show a part of them; columns show all.

        Raises DataError without a list.
        """
        if np.ndim(y) == 2 and (shown := cls.of(np.asarray(y))).multilabel:
            return shown
        if classes is None:
            raise DataError("classes must be passed on the first call to partial_fit.")
        return cls(np.unique(classes))

    @property
    def binary(self) -> bool:
        """Whether there are two classes, or only one."""
        return not self.multilabel and len(self.classes) <= 2

    def encode(self, y: Array) -> Array:
        """Positions of labels among the classes (n,), or the matrix itself; raises DataError for unknown labels."""
        if self.multilabel:
            if y.ndim != 2 or y.shape[1] != len(self.classes):
                raise DataError(f"y has the shape {y.shape}; expected (n, {len(self.classes)}) with zeros and ones")
            return y
        check_classification_targets(y)
        new = np.setdiff1d(y, self.classes)
        if len(new):
            raise DataError(f"`y` has classes not in `self.classes_`: {new}; known are {self.classes}")
        return np.searchsorted(self.classes, y)

    def check_listed_again(self, classes: Any) -> None:
        """Raise DataError if a later `partial_fit` lists other classes."""
        if classes is not None and not np.array_equal(np.unique(classes), self.classes):
            raise DataError(f"`classes={classes!r}` is not the same as on last call to partial_fit: {self.classes!r}")

    def decode(self, probabilities: Array) -> Array:
        """Labels from probabilities (n, classes), (n, 1) for the second of two classes, or (n, columns)."""
        if self.multilabel:
            return (probabilities > 0.5).astype(np.int64)
        if self.binary and probabilities.shape[1] == 1:
            position = np.minimum(probabilities[:, 0] > 0.5, len(self.classes) - 1).astype(np.intp)
        else:
            position = probabilities.argmax(axis=1)
        decoded: Array = self.classes[position]
        return decoded

    def weights(self, class_weight: Any, encoded: Array) -> Array | None:
        """The weight that each sample has by its class; None if all count the same.

        `class_weight` maps labels to weights, is "balanced", or None; for columns it is "balanced" or a list of
        mappings, and a sample's weight is the product over its columns. Raises ConfigError for an unknown label.
        """
        if class_weight is None:
            return None
        if isinstance(class_weight, Mapping) and not self.multilabel:
            unknown = [label for label in class_weight if label not in self.classes]
            if unknown:
                raise ConfigError(f"class_weight names {unknown}; the classes are {self.classes.tolist()}")
            return np.array([class_weight.get(label, 1.0) for label in self.classes.tolist()])[encoded]
        if class_weight != "balanced" and not self.multilabel:
            raise ConfigError(f'class_weight is {class_weight!r}; expected a dictionary, "balanced" or None')
        weight: Array = compute_sample_weight(class_weight, encoded)
        return weight
