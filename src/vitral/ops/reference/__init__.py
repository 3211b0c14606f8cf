"""Every operation in plain NumPy, written to be read; float32 and float64."""

from vitral.ops.reference.loss import (
    binary_cross_entropy,
    categorical_cross_entropy,
    huber,
    mean_absolute_error,
    mean_squared_error,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    sparse_categorical_cross_entropy,
    sparse_softmax_cross_entropy,
)
from vitral.ops.reference.update import (
    adadelta_update,
    adagrad_update,
    adam_update,
    momentum_update,
    rmsprop_update,
    sgd_update,
    weight_decay_update,
)

__all__ = [
    "adadelta_update",
    "adagrad_update",
    "adam_update",
    "binary_cross_entropy",
    "categorical_cross_entropy",
    "huber",
    "mean_absolute_error",
    "mean_squared_error",
    "momentum_update",
    "rmsprop_update",
    "sgd_update",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
    "sparse_categorical_cross_entropy",
    "sparse_softmax_cross_entropy",
    "weight_decay_update",
]
