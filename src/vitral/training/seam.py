"""Where a model ends and its loss begins."""

from enum import Enum, auto

from vitral.layers.layer import Layer
from vitral.losses import Loss
from vitral.training.checks import activation_name, uses_hidden_logits


class Seam(Enum):
    """Where a loss meets the activation that the layer in front of it ends in."""

    BEHIND = auto()
    """Where the loss is taken from what the activation gives, and the gradient goes back through both in turn."""

    WITHIN = auto()
    """The same, but the two derivatives are taken as one: behind softmax or sigmoid, cross-entropy's is a - y."""

    BEFORE = auto()
    """Where the loss is taken from the values before the activation."""


def seam_of(loss: Loss | None, layer: Layer | None) -> Seam:
    """Where this loss meets the activation of this layer, which is None where it cannot be told apart."""
    # A penalty on the layer's output needs the whole layer.
    if loss is None or layer is None or layer.activity_regularizer is not None:
        return Seam.BEHIND
    fused = loss.fused_activation
    if fused is not None and fused == activation_name(layer) and hasattr(layer, "backward_preactivation"):
        return Seam.WITHIN
    return Seam.BEFORE if uses_hidden_logits(loss, layer) else Seam.BEHIND
