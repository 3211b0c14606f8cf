"""How targets, predictions and weights are brought to shapes that fit, for losses and metrics alike.

The rules are Keras 3's: a last axis of length 1 may be present on one side only.
"""

import numpy as np
import numpy.typing as npt

from vitral.config import floatx
from vitral.core.arrays import as_numbers
from vitral.errors import ConfigError, DataError, ShapeError
from vitral.typing import Array


def as_float(values: npt.ArrayLike) -> Array:
    """The values as an array of floats; floats keep their type, other numbers become `floatx`.

    Raises DataError for what is no array of numbers.
    """
    array = as_numbers(values, "the array")
    return array if array.dtype.kind == "f" else array.astype(floatx())


def same_rank(first: Array, second: Array) -> tuple[Array, Array]:
    """Add or drop a last axis of length 1 so that both have as many axes, where that is possible.

    >>> first, second = same_rank(np.zeros(4), np.zeros((4, 1)))
    >>> first.shape, second.shape
    ((4, 1), (4, 1))
    """
    if first.ndim == second.ndim + 1 and first.shape[-1] == 1:
        return (first, second[..., np.newaxis]) if second.ndim == 1 else (first[..., 0], second)
    if second.ndim == first.ndim + 1 and second.shape[-1] == 1:
        return (first[..., np.newaxis], second) if first.ndim == 1 else (first, second[..., 0])
    return first, second


def matching(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, name: str, hint: str = "") -> tuple[Array, Array]:
    """Targets and predictions as floats of the predictions' type and of one shape.

    Raises ShapeError, with `hint` behind the shapes, if they differ; nothing is ever broadcast in silence.
    """
    predictions = as_float(y_pred)
    targets, predictions = same_rank(np.asarray(y_true).astype(predictions.dtype, copy=False), predictions)
    if targets.shape != predictions.shape:
        raise ShapeError(
            f'"{name}" received y_true of shape {np.shape(y_true)} and y_pred of shape {np.shape(y_pred)}; '
            f"expected the same shape{hint}"
        )
    return targets, predictions


def along_last(y_true: npt.ArrayLike, y_pred: Array, axis: int, *, name: str) -> tuple[Array, Array]:
    """Targets and predictions with this axis of the predictions as the last; targets that lack it stay as they are.

    Raises ConfigError if the predictions have no such axis.

    >>> y_true, y_pred = along_last(np.zeros((2, 5, 7)), np.zeros((2, 3, 5, 7)), 1, name="loss")
    >>> y_true.shape, y_pred.shape
    ((2, 5, 7), (2, 5, 7, 3))
    """
    targets = np.asarray(y_true)
    if axis == -1:
        return targets, y_pred
    if isinstance(axis, bool) or not isinstance(axis, int) or not -y_pred.ndim <= axis < y_pred.ndim:
        raise ConfigError(f'"{name}": axis is {axis!r}; expected an axis of y_pred, which has the shape {y_pred.shape}')
    if targets.ndim == y_pred.ndim:
        targets = np.moveaxis(targets, axis, -1)
    return np.ascontiguousarray(targets), np.ascontiguousarray(np.moveaxis(y_pred, axis, -1))


def smoothed(targets: Array, label_smoothing: float, classes: int) -> Array:
    """Targets moved towards the uniform distribution over that many classes: y (1 - s) + s / n.

    >>> smoothed(np.array([0.0, 1.0]), 0.2, 2)
    array([0.1, 0.9])
    """
    return targets * (1 - label_smoothing) + label_smoothing / classes if label_smoothing else targets


def signs(targets: Array, predictions: Array) -> tuple[Array, Array]:
    """Targets as -1 and 1, where all of them are 0 or 1; others stay. The predictions are handed on.

    >>> signs(np.array([0.0, 1.0]), np.zeros(2))[0]
    array([-1.,  1.])
    """
    binary = bool(np.all((targets == 0) | (targets == 1)))
    return (2 * targets - 1 if binary else targets), predictions


def class_labels(y_true: npt.ArrayLike, y_pred: Array, *, name: str) -> npt.NDArray[np.intp]:
    """Labels as whole numbers, one for each vector of `y_pred`: shape (batch, ...) for (batch, ..., classes).

    Raises ShapeError if their number does not fit, DataError if one is no class of `y_pred`.
    """
    labels = whole_labels(y_true, y_pred, name=name)
    check_range(labels, y_pred.shape[-1], name=name)
    return labels


def whole_labels(y_true: npt.ArrayLike, y_pred: Array, *, name: str) -> npt.NDArray[np.intp]:
    """The same for an operation that looks itself whether they are classes of `y_pred`."""
    labels = np.asarray(y_true)
    if labels.shape != y_pred.shape[:-1] and labels.shape == (*y_pred.shape[:-1], 1):
        labels = labels[..., 0]
    if labels.shape != y_pred.shape[:-1]:
        hint = "; one-hot targets belong to the form without 'sparse'" if labels.shape == y_pred.shape else ""
        raise ShapeError(
            f'"{name}" received y_true of shape {np.shape(y_true)} and y_pred of shape {y_pred.shape}; '
            f"expected one whole-number label for each of shape {y_pred.shape[:-1]}{hint}"
        )
    whole = labels.astype(np.intp, copy=False)
    if labels.dtype.kind == "f" and not np.array_equal(whole, labels):
        wrong = labels[whole != labels].flat[0]
        raise DataError(f'"{name}" received the label {wrong}; expected whole numbers')
    return whole


def labels_but(
    ignore_class: int | None, y_true: npt.ArrayLike, y_pred: Array, *, name: str
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_] | None]:
    """As `whole_labels`, with 0 in place of the class to ignore; and which labels are not to be ignored, None for all.

    >>> labels_but(255, [1, 255], np.zeros((2, 3)), name="loss")
    (array([1, 0]), array([ True, False]))
    """
    if ignore_class is None:
        return whole_labels(y_true, y_pred, name=name), None
    counts = np.asarray(y_true) != ignore_class
    labels = whole_labels(np.where(counts, y_true, 0), y_pred, name=name)
    return labels, counts.reshape(labels.shape)


def check_range(labels: npt.NDArray[np.intp], classes: int, *, name: str) -> None:
    """Raise DataError, naming the label, unless all labels are 0 to `classes` - 1."""
    # Read as unsigned numbers, those below 0 are larger than any class.
    if labels.size and np.maximum.reduce(labels.view(np.uintp), axis=None) >= classes:
        lowest, highest = labels.min(), labels.max()
        raise DataError(
            f'"{name}" received the label {lowest if lowest < 0 else highest}, but there are {classes} outputs; '
            f"expected labels from 0 to {classes - 1}"
        )


def weights_for(values: Array, sample_weight: npt.ArrayLike) -> Array:
    """Weights of the values' type, with as many axes as the values: one for each value, or one for each sample.

    Raises ShapeError if they do not fit.
    """
    weight = np.asarray(sample_weight).astype(values.dtype, copy=False)
    if weight.ndim == values.ndim + 1 and weight.shape[-1] == 1:
        weight = weight[..., 0]
    fits = weight.ndim <= values.ndim and all(
        have in (1, want) for have, want in zip(weight.shape, values.shape, strict=False)
    )
    if not fits and values.ndim == 0:
        raise ShapeError(
            f"sample_weight has shape {np.shape(sample_weight)}, but this loss gives one number for the whole batch: "
            "give it an axis, or leave weights of samples and classes out"
        )
    if not fits:
        expected = " or ".join(dict.fromkeys([str(values.shape[:1]), str(values.shape)]))
        raise ShapeError(f"sample_weight has shape {np.shape(sample_weight)}; expected {expected}")
    return weight.reshape(weight.shape + (1,) * (values.ndim - weight.ndim))
