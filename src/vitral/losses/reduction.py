"""From the losses of the samples to one number: Keras 3's reductions and sample weights."""

from typing import Final

import numpy as np
import numpy.typing as npt

from vitral.core.targets import weights_for
from vitral.errors import ConfigError
from vitral.typing import Array

REDUCTIONS: Final = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


def check_reduction(reduction: str | None) -> str | None:
    """The reduction itself; raises ConfigError if there is none of this name."""
    if reduction not in REDUCTIONS:
        raise ConfigError(f"reduction is {reduction!r}; expected one of {', '.join(map(repr, REDUCTIONS))}")
    return reduction


def coefficients(losses: Array, sample_weight: npt.ArrayLike | None, reduction: str | None) -> float | Array:
    """What each loss counts in the total: total = sum of coefficient * loss.

    That is w / n for "sum_over_batch_size" and "mean" (n losses with weights w), w / sum(w) for
    "mean_with_sample_weight", and w for "sum" and "none". An array has as many axes as `losses`.

    >>> coefficients(np.zeros(2), [1.0, 3.0], "mean"), coefficients(np.zeros(2), [1.0, 3.0], "mean_with_sample_weight")
    (array([0.5, 1.5]), array([0.25, 0.75]))
    """
    if sample_weight is None:
        weight: float | Array = 1.0
        total_weight = float(losses.size)
    else:
        weight = weights_for(losses, sample_weight)
        total_weight = float(np.sum(sample_weight, dtype=np.float64))
    if reduction in ("sum", "none", None):
        return weight
    divisor = total_weight if reduction == "mean_with_sample_weight" else float(losses.size)
    return weight / divisor if divisor else weight * 0
