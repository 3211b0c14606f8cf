"""Activations: every forward pass gives y and a cache, every backward pass turns dy into dx.

All arrays have the input's shape. softmax and log_softmax work along the last axis; the others on each element.
"""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def linear(x: Array) -> tuple[Array, Cache]:
    """y = x."""
    raise NotImplementedError


@operation
def linear_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy."""
    raise NotImplementedError


@operation
def relu(
    x: Array, *, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> tuple[Array, Cache]:
    """y = x from the threshold on, negative_slope * (x - threshold) below it, and never more than max_value."""
    raise NotImplementedError


@operation
def relu_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy, times negative_slope below the threshold, 0 where max_value was reached."""
    raise NotImplementedError


@operation
def elu(x: Array, *, alpha: float = 1.0) -> tuple[Array, Cache]:
    """y = x where x > 0, alpha (e^x - 1) elsewhere (Clevert et al., ICLR 2016)."""
    raise NotImplementedError


@operation
def elu_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy where x > 0, dy alpha e^x = dy (y + alpha) elsewhere."""
    raise NotImplementedError


@operation
def gelu(x: Array, *, approximate: bool = False) -> tuple[Array, Cache]:
    """y = x Phi(x), Phi the normal distribution function, or its tanh approximation (Hendrycks and Gimpel, 2016)."""
    raise NotImplementedError


@operation
def gelu_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy (Phi(x) + x phi(x)), phi the normal density; the derivative of the tanh form where that was used."""
    raise NotImplementedError


@operation
def silu(x: Array) -> tuple[Array, Cache]:
    """y = x sigmoid(x), also called swish."""
    raise NotImplementedError


@operation
def silu_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy s (1 + x (1 - s)) with s = sigmoid(x)."""
    raise NotImplementedError


@operation
def sigmoid(x: Array) -> tuple[Array, Cache]:
    """y = 1 / (1 + e^-x), between 0 and 1."""
    raise NotImplementedError


@operation
def sigmoid_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy y (1 - y)."""
    raise NotImplementedError


@operation
def tanh(x: Array) -> tuple[Array, Cache]:
    """y = (e^x - e^-x) / (e^x + e^-x), between -1 and 1."""
    raise NotImplementedError


@operation
def tanh_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy (1 - y^2)."""
    raise NotImplementedError


@operation
def softplus(x: Array) -> tuple[Array, Cache]:
    """y = log(1 + e^x), a smooth ReLU."""
    raise NotImplementedError


@operation
def softplus_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy sigmoid(x)."""
    raise NotImplementedError


@operation
def softmax(x: Array) -> tuple[Array, Cache]:
    """y_i = e^x_i / sum_j e^x_j, probabilities along the last axis."""
    raise NotImplementedError


@operation
def softmax_backward(dy: Array, cache: Cache) -> Array:
    """dx = y (dy - sum_j dy_j y_j)."""
    raise NotImplementedError


@operation
def log_softmax(x: Array) -> tuple[Array, Cache]:
    """y_i = x_i - log sum_j e^x_j, logarithms of probabilities along the last axis."""
    raise NotImplementedError


@operation
def log_softmax_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy - e^y sum_j dy_j."""
    raise NotImplementedError
