"""Activations that join the entries of a vector, the last axis."""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def glu(x: Array) -> tuple[Array, Cache]:
    """y = a sigmoid(b), where a and b are the two halves of x; y has half as many entries.

    Dauphin et al., "Language modeling with gated convolutional networks", ICML 2017.
    """
    raise NotImplementedError


@operation
def glu_backward(dy: Array, cache: Cache) -> Array:
    """da = dy sigmoid(b), db = dy a sigmoid(b) (1 - sigmoid(b))."""
    raise NotImplementedError


@operation
def sparsemax(x: Array) -> tuple[Array, Cache]:
    """y_i = max(x_i - t, 0), where t makes their sum 1: probabilities, many of them exactly 0.

    Martins and Astudillo, "From softmax to sparsemax", ICML 2016.
    """
    raise NotImplementedError


@operation
def sparsemax_backward(dy: Array, cache: Cache) -> Array:
    """dx_i = dy_i - the mean of dy over all j with y_j > 0, for those j; 0 elsewhere."""
    raise NotImplementedError
