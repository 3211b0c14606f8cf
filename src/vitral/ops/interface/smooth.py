"""Smooth activations, element by element: each forward pass gives y and a cache."""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def exponential(x: Array) -> tuple[Array, Cache]:
    """y = e^x."""
    raise NotImplementedError


@operation
def exponential_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy y."""
    raise NotImplementedError


@operation
def softsign(x: Array) -> tuple[Array, Cache]:
    """y = x / (1 + |x|), between -1 and 1."""
    raise NotImplementedError


@operation
def softsign_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy / (1 + |x|)^2."""
    raise NotImplementedError


@operation
def squareplus(x: Array, *, b: float = 4) -> tuple[Array, Cache]:
    """y = (x + sqrt(x^2 + b)) / 2, a ReLU rounded off by b (Barron, 2021)."""
    raise NotImplementedError


@operation
def squareplus_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy (1 + x / sqrt(x^2 + b)) / 2."""
    raise NotImplementedError


@operation
def log_sigmoid(x: Array) -> tuple[Array, Cache]:
    """y = log(1 / (1 + e^-x)), never above 0."""
    raise NotImplementedError


@operation
def log_sigmoid_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy sigmoid(-x)."""
    raise NotImplementedError


@operation
def tanh_shrink(x: Array) -> tuple[Array, Cache]:
    """y = x - tanh(x)."""
    raise NotImplementedError


@operation
def tanh_shrink_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy tanh(x)^2."""
    raise NotImplementedError


@operation
def mish(x: Array) -> tuple[Array, Cache]:
    """y = x tanh(log(1 + e^x)) (Misra, BMVC 2020)."""
    raise NotImplementedError


@operation
def mish_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy (t + x sigmoid(x) (1 - t^2)), t = tanh(log(1 + e^x))."""
    raise NotImplementedError


@operation
def celu(x: Array, *, alpha: float = 1.0) -> tuple[Array, Cache]:
    """y = x where x > 0, alpha (e^(x / alpha) - 1) elsewhere (Barron, 2017)."""
    raise NotImplementedError


@operation
def celu_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy where x > 0, dy e^(x / alpha) elsewhere."""
    raise NotImplementedError


@operation
def selu(x: Array) -> tuple[Array, Cache]:
    """y = s x where x > 0, s a (e^x - 1) elsewhere; s = 1.0507..., a = 1.6732... keep mean 0 and variance 1.

    Klambauer et al., "Self-normalizing neural networks", NeurIPS 2017.
    """
    raise NotImplementedError


@operation
def selu_backward(dy: Array, cache: Cache) -> Array:
    """dx = s dy where x > 0, dy (y + s a) elsewhere."""
    raise NotImplementedError
