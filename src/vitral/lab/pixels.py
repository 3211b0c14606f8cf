"""Every pixel as a column of a table: which never vary, which go with the label, and the mean image of each class."""

import numpy as np

from vitral.typing import Array

_CHUNK = 2048


def constant_pixels(x: Array) -> Array:
    """Which pixels (h, w, c) have the same value in all images (n, h, w, c)."""
    return np.asarray(x.min(axis=0) == x.max(axis=0))


def correlation_with_label(x: Array, y: Array) -> Array:
    """Pearson's correlation of every pixel with the label, (h, w, c) float64; NaN where the pixel never varies.

    The label is a number here, as in a table's correlation matrix; for classes without an order it says only
    where the classes differ, not how.

    >>> x = np.array([[0, 5], [1, 5], [2, 5]], np.uint8).reshape(3, 1, 2, 1)
    >>> correlation_with_label(x, np.array([0, 1, 2])).ravel()
    array([ 1., nan])
    """
    pixels = x.reshape(len(x), -1)
    label = y - y.mean()
    mean = pixels.mean(axis=0, dtype=np.float64)
    together, squares = np.zeros_like(mean), np.zeros_like(mean)
    for start in range(0, len(x), _CHUNK):
        deviation = pixels[start : start + _CHUNK] - mean
        together += label[start : start + _CHUNK] @ deviation
        squares += np.einsum("ij,ij->j", deviation, deviation)
    scale = np.sqrt(squares * (label @ label))
    varies = ~constant_pixels(pixels) & (scale > 0)
    correlation: Array = np.full(mean.shape, np.nan)
    correlation[varies] = together[varies] / scale[varies]
    return correlation.reshape(x.shape[1:])


def mean_images(x: Array, y: Array, classes: int) -> Array:
    """The mean image of each class, (classes, h, w, c) float64; NaN for a class without images."""
    means = np.full((classes, *x.shape[1:]), np.nan)
    for label in np.unique(y):
        means[label] = x[y == label].mean(axis=0, dtype=np.float64)
    return means


def nearest_mean(x: Array, y: Array, means: Array) -> float:
    """Accuracy of naming the class whose mean image is nearest: what the pixels alone give away."""
    known = np.flatnonzero(~np.isnan(means.reshape(len(means), -1)).any(axis=1))
    centers = means[known].reshape(len(known), -1)
    hits = 0
    for start in range(0, len(x), _CHUNK):
        rows = x[start : start + _CHUNK].reshape(-1, centers.shape[1]).astype(np.float64)
        # |row - center|^2 without the row's own square, which is the same for all centers.
        distance = (centers**2).sum(axis=1) - 2 * rows @ centers.T
        hits += int((known[distance.argmin(axis=1)] == y[start : start + _CHUNK]).sum())
    return hits / len(x)
