"""The compiled kernels (native/).

Arrays are C-contiguous and of the type that is named here; results are written into arrays that the caller made.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float32]
_Bytes = npt.NDArray[np.uint8]
_Labels = npt.NDArray[np.int64]
_Rows = npt.NDArray[np.int64]
_EachFloats = _Floats | list[_Floats]

def empty(shape: Sequence[int], dtype: np.dtype = ...) -> npt.NDArray[Any]:
    """An array with unspecified content, of float32 unless another type is given."""

def clear_cache() -> None: ...
def memory_use() -> tuple[int, int, int]:
    """Bytes in use, bytes cached, and how often the system had to be asked for memory."""

def set_threads(count: int) -> None: ...
def threads() -> int: ...
def choose_instruction_set(name: str) -> bool: ...
def instruction_set() -> str: ...

# Activations: y and dx are written. `activation` is linear, relu, sigmoid or tanh; a max_value of NaN is none.
def activation_forward(activation: str, x: _Floats, y: _Floats) -> None: ...
def activation_backward_from_output(activation: str, dy: _Floats, y: _Floats, dz: _Floats) -> None: ...
def relu_forward(x: _Floats, y: _Floats, negative_slope: float, max_value: float, threshold: float) -> None: ...
def relu_backward(
    dy: _Floats, x: _Floats, dx: _Floats, negative_slope: float, max_value: float, threshold: float
) -> None: ...
def elu_forward(x: _Floats, y: _Floats, alpha: float) -> None: ...
def elu_backward(dy: _Floats, x: _Floats, y: _Floats, dx: _Floats, alpha: float) -> None: ...
def gelu_forward(x: _Floats, y: _Floats, approximate: bool) -> None: ...
def gelu_backward(dy: _Floats, x: _Floats, dx: _Floats, approximate: bool) -> None: ...
def silu_forward(x: _Floats, y: _Floats) -> None: ...
def silu_backward(dy: _Floats, x: _Floats, dx: _Floats) -> None: ...
def softplus_forward(x: _Floats, y: _Floats) -> None: ...
def softplus_backward(dy: _Floats, x: _Floats, dx: _Floats) -> None: ...
def softmax_forward(x: _Floats, y: _Floats) -> None: ...
def softmax_backward(dy: _Floats, y: _Floats, dx: _Floats) -> None: ...
def log_softmax_forward(x: _Floats, y: _Floats) -> None: ...
def log_softmax_backward(dy: _Floats, y: _Floats, dx: _Floats) -> None: ...

# Losses: one of each row of predictions, and the gradient; both are written. IndexError for a label that is no column.
def mean_squared_error(p: _Floats, y: _Floats, losses: _Floats, gradient: _Floats) -> None: ...
def mean_absolute_error(p: _Floats, y: _Floats, losses: _Floats, gradient: _Floats) -> None: ...
def huber(p: _Floats, y: _Floats, losses: _Floats, gradient: _Floats, delta: float) -> None: ...
def sigmoid_cross_entropy(z: _Floats, y: _Floats, losses: _Floats, gradient: _Floats) -> None: ...
def binary_cross_entropy(
    p: _Floats, y: _Floats, losses: _Floats, gradient: _Floats, epsilon: float, before_sigmoid: bool
) -> None: ...
def softmax_cross_entropy(z: _Floats, y: _Floats, losses: _Floats, gradient: _Floats) -> None: ...
def sparse_softmax_cross_entropy(z: _Floats, labels: _Labels, losses: _Floats, gradient: _Floats) -> None: ...
def categorical_cross_entropy(
    p: _Floats, y: _Floats, losses: _Floats, gradient: _Floats, epsilon: float, before_softmax: bool
) -> None: ...
def sparse_categorical_cross_entropy(
    p: _Floats, labels: _Labels, losses: _Floats, gradient: _Floats, epsilon: float, before_softmax: bool
) -> None: ...

# Updates: the variable and its state are changed.
class Windows:
    """Windows on an image; raises ShapeError where one would lie outside."""

    def __init__(
        self,
        height: int,
        width: int,
        window_rows: int,
        window_columns: int,
        row_stride: int,
        column_stride: int,
        top: int,
        left: int,
        rows: int,
        columns: int,
    ) -> None: ...

def gather_bytes(source: _Bytes, rows: _Rows, out: _Floats) -> None: ...
def gather_floats(source: _Floats, rows: _Rows, out: _Floats) -> None: ...
def batch_norm_training(
    x: _Floats,
    gamma: _Floats | None,
    beta: _Floats | None,
    epsilon: float,
    relu: bool,
    y: _Floats,
    statistics: _Floats,
) -> None: ...
def batch_norm_inference(
    x: _Floats,
    gamma: _Floats | None,
    beta: _Floats | None,
    mean: _Floats,
    variance: _Floats,
    epsilon: float,
    relu: bool,
    y: _Floats,
    statistics: _Floats,
) -> None: ...
def batch_norm_backward(
    of_batch: bool,
    dy: _Floats,
    x: _Floats,
    statistics: _Floats,
    gamma: _Floats | None,
    beta: _Floats | None,
    relu: bool,
    dx: _Floats,
    sums: _Floats,
) -> None: ...
def max_pool2d(windows: Windows, x: _Floats, y: _Floats, winner: _Bytes) -> None: ...
def max_pool2d_backward(
    windows: Windows, input_activation: int, dy: _Floats, y: _Floats, winner: _Bytes, dx: _Floats
) -> None: ...
def average_pool2d(windows: Windows, x: _Floats, y: _Floats) -> None: ...
def average_pool2d_backward(windows: Windows, input_activation: int, dy: _Floats, x: _Floats, dx: _Floats) -> None: ...
def dropout(x: _Floats, keep: npt.NDArray[np.bool_], rate: float, y: _Floats) -> None: ...
def affine(x: _Floats, scale: _Floats, offset: _Floats | None, y: _Floats) -> None: ...
def zero_pad2d(top: int, bottom: int, left: int, right: int, x: _Floats, y: _Floats) -> None: ...
def zero_pad2d_backward(top: int, bottom: int, left: int, right: int, dy: _Floats, dx: _Floats) -> None: ...
def l2_penalty(value: _Floats, gradient: _Floats, strength: float) -> float: ...
def weight_decay_update(w: _EachFloats, rate: float) -> None: ...
def sgd_update(w: _EachFloats, g: _EachFloats, learning_rate: float) -> None: ...
def momentum_update(
    w: _EachFloats, g: _EachFloats, velocity: _EachFloats, learning_rate: float, momentum: float, nesterov: bool
) -> None: ...
def adagrad_update(
    w: _EachFloats, g: _EachFloats, accumulator: _EachFloats, learning_rate: float, epsilon: float
) -> None: ...
def rmsprop_update(
    w: _EachFloats,
    g: _EachFloats,
    velocity: _EachFloats,
    momentums: _EachFloats | None,
    average: _EachFloats | None,
    learning_rate: float,
    rho: float,
    momentum: float,
    epsilon: float,
) -> None: ...
def adadelta_update(
    w: _EachFloats,
    g: _EachFloats,
    accumulated_gradient: _EachFloats,
    accumulated_step: _EachFloats,
    learning_rate: float,
    rho: float,
    epsilon: float,
) -> None: ...
def adam_update(
    w: _EachFloats,
    g: _EachFloats,
    momentum: _EachFloats,
    velocity: _EachFloats,
    highest: _EachFloats | None,
    alpha: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None: ...
def dense(x: _Floats, w: _Floats, bias: _Floats | None, activation: int, y: _Floats) -> None: ...
def dense_backward(
    x: _Floats, w: _Floats, dz: _Floats, input_activation: int, dx: _Floats | None, dw: _Floats, db: _Floats | None
) -> None: ...
def conv2d(
    x: _Floats,
    w: _Floats,
    bias: _Floats | None,
    strides: tuple[int, int],
    dilation: tuple[int, int],
    before: tuple[int, int],
    groups: int,
    activation: int,
    y: _Floats,
    winners: _Bytes | None,
) -> None: ...
def conv2d_backward(
    x: _Floats,
    w: _Floats,
    dz: _Floats,
    winners: _Bytes | None,
    strides: tuple[int, int],
    dilation: tuple[int, int],
    before: tuple[int, int],
    groups: int,
    input_activation: int,
    dx: _Floats | None,
    dw: _Floats,
    db: _Floats | None,
) -> None: ...
def layer_norm(
    x: _Floats,
    columns: int,
    gamma: _Floats | None,
    beta: _Floats | None,
    epsilon: float,
    y: _Floats,
    moments: _Floats,
) -> None: ...
def layer_norm_backward(
    dy: _Floats, x: _Floats, columns: int, gamma: _Floats | None, moments: _Floats, dx: _Floats, sums: _Floats
) -> None: ...
def attention(
    query: _Floats,
    key: _Floats,
    value: _Floats,
    keep: npt.NDArray[np.bool_] | None,
    rate: float,
    y: _Floats,
    weights: _Floats,
) -> None: ...
def attention_backward(
    query: _Floats,
    key: _Floats,
    value: _Floats,
    weights: _Floats,
    keep: npt.NDArray[np.bool_] | None,
    rate: float,
    dy: _Floats,
    dquery: _Floats,
    dkey: _Floats,
    dvalue: _Floats,
) -> None: ...
def lstm(p: _Floats, kernel: _Floats, outputs: _Floats, cells: _Floats, gates: _Floats) -> None: ...
def lstm_backward(
    doutputs: _Floats,
    kernel: _Floats,
    outputs: _Floats,
    cells: _Floats,
    gates: _Floats,
    dh: _Floats,
    dc: _Floats,
    dp: _Floats,
    dkernel: _Floats,
) -> None: ...
def gru(p: _Floats, kernel: _Floats, bias: _Floats | None, outputs: _Floats, gates: _Floats) -> None: ...
def gru_backward(
    doutputs: _Floats,
    kernel: _Floats,
    outputs: _Floats,
    gates: _Floats,
    dh: _Floats,
    dp: _Floats,
    dkernel: _Floats,
    dbias: _Floats | None,
) -> None: ...

# Images: `beyond` is reflect, wrap, nearest or constant, in the order of `Beyond` in sampling.h.
def affine_sample2d(x: _Floats, maps: _Floats, bilinear: bool, beyond: int, fill: float, y: _Floats) -> None: ...
def affine_sample2d_backward(dy: _Floats, maps: _Floats, bilinear: bool, beyond: int, dx: _Floats) -> None: ...
def add(a: _Floats, b: _Floats, y: _Floats) -> None: ...
def keep_mask(key0: int, key1: int, rate: float, keep: npt.NDArray[np.bool_]) -> None: ...
