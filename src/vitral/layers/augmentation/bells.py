"""The weights of a Gaussian blur."""

import numpy as np

from vitral.typing import Array


def gaussian_bells(size: int, sigma: Array) -> Array:
    """Weights (n, size) with sum 1 of bells with the standard deviations sigma (n,), in pixels; 0 is a single pixel.

    >>> gaussian_bells(3, np.array([0.0, 0.6])).round(3)
    array([[0.   , 1.   , 0.   ],
           [0.166, 0.667, 0.166]])
    """
    distance = np.arange(size) - size // 2
    bells = np.exp(-0.5 * (distance / np.maximum(sigma, 1e-6)[:, np.newaxis]) ** 2)
    bells /= bells.sum(axis=1, keepdims=True)
    return bells
