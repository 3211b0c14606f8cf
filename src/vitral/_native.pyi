"""The compiled kernels (native/).

Arrays are C-contiguous and of the type that is named here; results are written into arrays that the caller made.
"""

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float32]
_Bytes = npt.NDArray[np.uint8]

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
