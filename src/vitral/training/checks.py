"""Naming the mistakes with which a model trains badly, or not at all.

Where a model is probably not what was meant, `model_warnings` says so in a line with the fix; where it cannot work,
`check_targets` raises.
"""

from typing import Any

import numpy as np

from vitral.activations import Activation
from vitral.errors import ConfigError, DataError, ShapeError
from vitral.layers.layer import Layer
from vitral.losses import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    Huber,
    Loss,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)
from vitral.training.columns import arrays_of
from vitral.typing import Array, Shape

_SAMPLES_PER_OUTPUT = 10
"""With fewer labels than this for each output, a class that none of them shows may exist nevertheless."""

_Crossentropy = (BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy)
_Regression = (MeanSquaredError, MeanAbsoluteError, Huber)


def model_warnings(model: Any, y: Any = None) -> list[str]:
    """One line for each thing about a compiled and built model that is probably wrong, with what to change.

    `y` are the labels, if they are at hand.
    """
    ys = [None] * len(model.goals) if y is None else arrays_of(y)
    found: list[str | None] = []
    for goal, layer, shape, labels in zip(model.goals, model.output_layers, model.output_shapes, ys, strict=True):
        if layer is not None and goal.loss is not None:
            found.append(_activation_warning(goal.loss, layer, int(shape[-1] or 0)))
            found.append(None if labels is None else _unused_outputs_warning(goal.loss, layer, shape, labels))
    if model.output_layers and not model.trainable_weights:
        found.append("the model has no trainable weights: fit changes nothing")
    return [warning for warning in found if warning is not None]


def check_targets(loss: Loss, layer: Layer | None, shape: Shape, y: Array | None) -> Array:
    """The labels; raises unless they fit the loss and an output of this shape, which the layer makes.

    ShapeError for shapes that do not fit, DataError for labels out of range, ConfigError for an output that cannot
    learn.
    """
    if y is None:
        raise DataError(f"y is missing: the loss {loss.name} compares the model's output with labels")
    where = f"{loss.name} and an output of shape {shape}"
    given, (y, shape) = y, _class_axis_last(loss, y, shape)
    units = int(shape[-1] or 0)
    if units == 1 and isinstance(loss, _Crossentropy) and activation_name(layer) == "softmax":
        raise ConfigError(
            "softmax over a single output is always 1, so nothing can be learned: use sigmoid with "
            "binary_crossentropy, or one output for each class"
        )
    if isinstance(loss, SparseCategoricalCrossentropy):
        _check_classes(y if loss.ignore_class is None else y[y != loss.ignore_class], y.shape, units, shape, where)
    elif isinstance(loss, CategoricalCrossentropy) and units > 1 and _is_class_numbers(y, len(shape)):
        raise ShapeError(
            f"categorical_crossentropy expects one-hot labels of shape (n, {units}) and received class numbers of "
            f"shape {y.shape}: use sparse_categorical_crossentropy, or to_categorical(y, {units})"
        )
    elif isinstance(loss, (*_Crossentropy, *_Regression)) and not _same_but_for_ones((len(y), *shape[1:]), y.shape):
        hint = f": class numbers need to_categorical(y, {units})" if _is_class_numbers(y, len(shape)) else ""
        raise ShapeError(f"labels of shape {y.shape} do not fit {where}{hint}")
    if isinstance(loss, BinaryCrossentropy) and y.size and (y.min() < 0 or y.max() > 1):
        raise DataError(
            f"binary_crossentropy expects labels from 0 to 1 and received values from {y.min()} to {y.max()}: "
            "use sparse_categorical_crossentropy for class numbers"
        )
    return given


def _class_axis_last(loss: Loss, y: Array, shape: Shape) -> tuple[Array, Shape]:
    """Labels and an output's shape with the axis of the classes at the end, where a loss has another one."""
    axis = loss.axis if isinstance(loss, (CategoricalCrossentropy, SparseCategoricalCrossentropy)) else -1
    if not -len(shape) <= axis < len(shape):
        raise ConfigError(f"{loss.name}: axis is {axis}; expected an axis of the output, whose shape is {shape}")
    others = [size for number, size in enumerate(shape) if number != axis % len(shape)]
    return np.moveaxis(y, axis, -1) if y.ndim == len(shape) else y, (*others, shape[axis])


def check_batch(x: Array) -> None:
    """Raise DataError if the batch holds NaN or infinity."""
    finite = np.isfinite(x).reshape(len(x), -1).all(axis=1)
    if not finite.all():
        raise DataError(
            f"x holds NaN or infinity, in {np.count_nonzero(~finite)} of the {len(x)} samples of this batch: "
            "replace the values or leave those samples out"
        )


def activation_name(layer: Layer | None) -> str | None:
    """Name of the activation that a layer ends in; None if that is not known."""
    activation = getattr(layer, "activation", None)
    own = layer is not None and layer.draws  # may use it anywhere in its call
    return str(activation.name) if isinstance(activation, Activation) and not own else None


def uses_hidden_logits(loss: Loss, layer: Layer | None) -> bool:
    """Whether the loss wants raw scores, and the model hides them behind a last sigmoid or softmax.

    Scores squeezed into 0 to 1 could not be learned from, so the loss is taken from the values before the activation,
    as Keras on TensorFlow does; `model_warnings` says so.
    """
    return (
        bool(getattr(loss, "from_logits", False))
        and activation_name(layer) in ("sigmoid", "softmax")
        and hasattr(layer, "forward_preactivation")
    )


def _activation_warning(loss: Loss, layer: Layer, units: int) -> str | None:
    name = activation_name(layer)
    expected = "sigmoid" if isinstance(loss, (BinaryCrossentropy, BinaryFocalCrossentropy)) else "softmax"
    where = f'layer "{layer.name}" ends in {name}'
    if uses_hidden_logits(loss, layer):
        fix = ", or set from_logits=False" * (name == expected)
        return (
            f"{loss.name}(from_logits=True) expects raw scores, but {where}: the loss is taken from the values "
            f"before it, as Keras on TensorFlow takes cross-entropies, and predict gives the values behind it; remove "
            f"activation={name!r}{fix}"
        )
    if name is None or not isinstance(loss, _Crossentropy) or loss.from_logits or name == expected:
        return None
    if expected == "sigmoid" and name == "softmax":
        return (
            f"binary_crossentropy scores every output by itself, but {where}, whose {units} outputs sum to 1: "
            "use categorical_crossentropy or sparse_categorical_crossentropy"
        )
    if name == "sigmoid":
        return (
            f"{loss.name} expects probabilities that sum to 1, but {where}, whose outputs do not: use "
            'activation="softmax"'
        )
    return (
        f"{loss.name} expects probabilities, but {where}: use activation={expected!r}, or set from_logits=True "
        "and leave the activation out"
    )


def _unused_outputs_warning(loss: Loss, layer: Layer, shape: Any, y: Array) -> str | None:
    if not isinstance(loss, SparseCategoricalCrossentropy):
        return None
    y, shape = _class_axis_last(loss, y, shape)
    y, units = y if loss.ignore_class is None else y[y != loss.ignore_class], int(shape[-1] or 0)
    if y.size < _SAMPLES_PER_OUTPUT * units or not y.size:
        return None
    classes = int(y.max()) + 1
    if classes >= units:
        return None
    return (
        f'layer "{layer.name}" has {units} outputs, but the labels name only the {classes} classes 0 to {classes - 1}: '
        f"{units - classes} outputs can never be right; give the layer {classes}"
    )


def _check_classes(y: Array, y_shape: tuple[int, ...], units: int, shape: Any, where: str) -> None:
    """Raise unless the labels, of that shape before those to be ignored were left out, are classes of the output."""
    if len(y_shape) == len(shape) and units > 1 and y_shape[-1] == units:
        raise ShapeError(
            "sparse_categorical_crossentropy expects class numbers of shape (n,) and received labels of shape "
            f"{y_shape}, which look one-hot: use categorical_crossentropy, or y.argmax(axis=-1)"
        )
    if not _same_but_for_ones((y_shape[0], *shape[1:-1]), y_shape):
        raise ShapeError(f"labels of shape {y_shape} do not fit {where}; expected class numbers of shape (n,)")
    if y.size == 0:
        return
    if y.dtype.kind == "f" and not np.array_equal(y, np.floor(y)):
        raise DataError(f"{where} need whole class numbers; received values such as {y[y != np.floor(y)].flat[0]}")
    lowest, highest = int(y.min()), int(y.max())
    if lowest < 0 or highest >= units:
        raise DataError(
            f"labels go from {lowest} to {highest}, but {where} can only tell classes 0 to {units - 1} apart"
            + ": use binary_crossentropy for a single output" * (units == 1)
        )


def _is_class_numbers(y: Array, rank: int) -> bool:
    return y.ndim == rank - 1 or (y.ndim == rank and y.shape[-1] == 1)


def _same_but_for_ones(expected: tuple[Any, ...], received: tuple[int, ...]) -> bool:
    # (n,), (n, 1) and (n, 1, 1) hold the same values in the same order.
    return [n for n in expected[1:] if n != 1] == [n for n in received[1:] if n != 1]
