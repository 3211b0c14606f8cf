"""The compiled kernels (native/).

Arrays are C-contiguous and of the type that is named here; results are written into arrays that the caller made.
"""

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float32]
_Bytes = npt.NDArray[np.uint8]
_Rows = npt.NDArray[np.int64]

class Block:
    """Memory of the pool, with the buffer protocol."""

    def __init__(self, size: int) -> None: ...
    def __buffer__(self, flags: int) -> memoryview: ...

def clear_cache() -> None: ...
def memory_use() -> tuple[int, int, int]:
    """Bytes in use, bytes cached, and how often the system had to be asked for memory."""

def set_threads(count: int) -> None: ...
def threads() -> int: ...
def choose_instruction_set(name: str) -> bool: ...
def instruction_set() -> str: ...

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
def weight_decay_update(w: _Floats, rate: float) -> None: ...
def sgd_update(w: _Floats, g: _Floats, learning_rate: float) -> None: ...
def adam_update(
    w: _Floats,
    g: _Floats,
    momentum: _Floats,
    velocity: _Floats,
    highest: _Floats | None,
    alpha: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None: ...
