"""Losses that weigh samples by how unsure of them the network is: values and gradient in one pass.

Predictions are probabilities; shapes as in `distance_loss`.
"""

from vitral.ops.operation import operation
from vitral.typing import Array


@operation
def binary_focal_cross_entropy(
    probabilities: Array, targets: Array, *, gamma: float, alpha: float | None, epsilon: float
) -> tuple[Array, Array]:
    """mean w (1 - c)^gamma times binary cross-entropy, where c = t p + (1 - t)(1 - p) is what the truth was given.

    w = t alpha + (1 - t)(1 - alpha), or 1 if alpha is None. Lin et al., "Focal loss for dense object detection", 2017.
    """
    raise NotImplementedError


@operation
def categorical_focal_cross_entropy(
    probabilities: Array, targets: Array, *, gamma: float, alpha: float | Array, epsilon: float
) -> tuple[Array, Array]:
    """-sum alpha (1 - a)^gamma t log a, where a is p divided by its sum, held between epsilon and 1 - epsilon.

    alpha is one number or one for each class.
    """
    raise NotImplementedError


@operation
def generalized_cross_entropy(probabilities: Array, labels: Array, *, q: float) -> tuple[Array, Array]:
    """(1 - a^q) / q, where a is the probability at the label: less sure of wrong labels than cross-entropy.

    Zhang and Sabuncu, "Generalized cross entropy loss for training deep neural networks with noisy labels", 2018.
    """
    raise NotImplementedError
