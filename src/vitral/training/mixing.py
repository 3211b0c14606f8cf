"""Targets and their weights in a batch whose samples were mixed with each other."""

from collections.abc import Callable

import numpy as np

from vitral.errors import ConfigError
from vitral.typing import Array


def mix_targets(
    mix: Callable[[Array], Array], y: Array | None, weight: Array | None
) -> tuple[Array | None, Array | None]:
    """The targets as the samples were mixed, and the weights of the mixtures; `mix` may give back what it got.

    Where sample i keeps the share s and gets the rest from sample j, the weight is s w_i + (1 - s) w_j, and the target
    (s w_i y_i + (1 - s) w_j y_j) divided by it: a loss that is linear in its targets, as the cross-entropies are, then
    is s w_i loss(y_i) + (1 - s) w_j loss(y_j). Raises ConfigError unless there is one weight a sample.

    >>> mix_targets(lambda y: 0.5 * y + 0.5 * y[::-1], np.eye(2), np.array([1.0, 3.0]))
    (array([[0.25, 0.75],
           [0.25, 0.75]]), array([2., 2.]))
    """
    mixed = None if y is None else mix(y)
    if y is None or mixed is None or mixed is y or weight is None:
        return mixed, weight
    if weight.size != len(weight):
        raise ConfigError(
            f"mixed samples came with a sample_weight of shape {weight.shape}; expected one weight for each sample"
        )
    weights = mix(weight.reshape(-1, 1).astype(mixed.dtype))
    weighted = mix(y * weight.reshape(-1, 1))
    # What weighs nothing may have any target.
    return np.divide(weighted, weights, out=mixed.copy(), where=weights != 0), weights.reshape(weight.shape)
