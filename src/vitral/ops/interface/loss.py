"""Losses: how far predictions are from targets, and in which direction they should move.

Every operation returns two arrays from one pass: the losses of the samples, over the last axis, and their derivative.
Predictions p or logits z and targets y have the shape (batch, ..., n); losses have (batch, ...). `labels` are whole
numbers of shape (batch, ...), in range. In the derivatives, every prediction counts for the loss of its own sample.
"""

from vitral.ops.operation import operation
from vitral.typing import Array


@operation
def mean_squared_error(predictions: Array, targets: Array) -> tuple[Array, Array]:
    """L = mean (p - y)^2; dL/dp = 2 (p - y) / n."""
    raise NotImplementedError


@operation
def mean_absolute_error(predictions: Array, targets: Array) -> tuple[Array, Array]:
    """L = mean |p - y|; dL/dp = sign(p - y) / n."""
    raise NotImplementedError


@operation
def huber(predictions: Array, targets: Array, *, delta: float) -> tuple[Array, Array]:
    """With e = p - y: L = mean of e^2 / 2 where |e| <= delta, delta |e| - delta^2 / 2 elsewhere.

    dL/dp = clip(e, -delta, delta) / n. Huber, "Robust estimation of a location parameter", 1964.
    """
    raise NotImplementedError


@operation
def sigmoid_cross_entropy(logits: Array, targets: Array) -> tuple[Array, Array]:
    """With a = sigmoid(z): L = mean of -y log a - (1 - y) log(1 - a); dL/dz = (a - y) / n.

    Computed as max(z, 0) - z y + log(1 + exp(-|z|)), which no logit can overflow.
    """
    raise NotImplementedError


@operation
def binary_cross_entropy(
    probabilities: Array, targets: Array, *, epsilon: float, before_sigmoid: bool = False
) -> tuple[Array, Array]:
    """With a = clip(p, epsilon, 1 - epsilon): L = mean of -y log a - (1 - y) log(1 - a).

    dL/dp = (a - y) / (a (1 - a)) / n, and 0 where p was clipped. `before_sigmoid=True` says that p = sigmoid(z) and
    asks for dL/dz = (p - y) / n instead.
    """
    raise NotImplementedError


@operation
def softmax_cross_entropy(logits: Array, targets: Array) -> tuple[Array, Array]:
    """With a = softmax(z): L = -sum y log a; dL/dz = a sum(y) - y, which is a - y where targets add up to 1."""
    raise NotImplementedError


@operation
def sparse_softmax_cross_entropy(logits: Array, labels: Array) -> tuple[Array, Array]:
    """`softmax_cross_entropy` with y = 1 at the label and 0 elsewhere, without writing y down.

    Raises DataError for a label that is not 0 to n - 1, with n logits.
    """
    raise NotImplementedError


@operation
def categorical_cross_entropy(
    probabilities: Array, targets: Array, *, epsilon: float, before_softmax: bool = False
) -> tuple[Array, Array]:
    """With s = sum p and a = clip(p / s, epsilon, 1 - epsilon): L = -sum y log a.

    dL/dp = (sum y - y / a) / s, where a clipped value counts as if its y were 0. `before_softmax=True` says that
    p = softmax(z) and asks for dL/dz = p sum(y) - y instead.
    """
    raise NotImplementedError


@operation
def sparse_categorical_cross_entropy(
    probabilities: Array, labels: Array, *, epsilon: float, before_softmax: bool = False
) -> tuple[Array, Array]:
    """`categorical_cross_entropy` with y = 1 at the label and 0 elsewhere, without writing y down.

    Raises DataError for a label that is not 0 to n - 1, with n probabilities.
    """
    raise NotImplementedError
