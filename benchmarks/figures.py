"""What is made of the measured times. A time is in seconds a step, one for each round; lower is better."""

from collections.abc import Sequence
from statistics import median, quantiles


def spread(times: Sequence[float]) -> float:
    """The distance between the quartiles as a part of the median; 0 for a single time."""
    if len(times) < 2:
        return 0.0
    lower, _, upper = quantiles(times, n=4, method="inclusive")
    return (upper - lower) / median(times)


def ratio_of_bests(mine: Sequence[float], theirs: Sequence[float]) -> float:
    """How many times as fast I am, each of us at our best."""
    return min(theirs) / min(mine)


def median_of_ratios(mine: Sequence[float], theirs: Sequence[float]) -> float:
    """How many times as fast I am in the middle round; what slowed down a whole round falls out."""
    return median(other / own for own, other in zip(mine, theirs, strict=True))
