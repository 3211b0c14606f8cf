"""Updates of a variable w as a whole: the length of a step follows the length of w. Arrays are as in `update`."""

from vitral.ops.operation import operation
from vitral.typing import Array


@operation
def lamb_update(
    variable: Array,
    gradient: Array,
    momentum: Array,
    velocity: Array,
    *,
    step: int,
    learning_rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None:
    """w -= learning_rate |w| / |d| d, where d = m / (1 - beta_1^step) / (sqrt(v / (1 - beta_2^step)) + epsilon).

    m and v are Adam's, steps are counted from 1, and |w| / |d| is 1 if one of the lengths is 0. You et al., "Large
    batch optimization for deep learning: training BERT in 76 minutes", ICLR 2020.
    """
    raise NotImplementedError


@operation
def adafactor_update(
    variable: Array,
    gradient: Array,
    rows: Array,
    columns: Array,
    velocity: Array,
    *,
    step: int,
    learning_rate: float,
    decay: float,
    epsilon_1: float,
    epsilon_2: float,
    threshold: float,
) -> None:
    """w -= learning_rate max(epsilon_2, rms(w)) d / max(1, rms(d) / threshold), where d = g / sqrt(v).

    v follows s = g^2 + epsilon_1 at the rate 1 - step^decay, with steps counted from 1. For two axes and more only the
    means of s over the last axis (`rows` r, w's shape without it) and over the last but one (`columns` c) are followed,
    and v = r c / mean(r). With fewer axes r and c are not looked at. rms is the root of the mean square. Shazeer &
    Stern, "Adafactor: adaptive learning rates with sublinear memory cost", ICML 2018.
    """
    raise NotImplementedError
