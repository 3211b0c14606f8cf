"""Boxes put into images at random, as RandomErasing and CutMix use them."""

import numpy as np

from vitral.typing import Array


def random_spans(random: np.random.Generator, length: int, shares: Array) -> tuple[Array, Array]:
    """Beginnings and ends (n,) of spans that cover these shares of an axis, anywhere on it; not rounded to pixels."""
    sizes = shares * length
    begin = random.random(len(shares)) * (length - sizes)
    return begin, begin + sizes


def inside_boxes(shape: tuple[int, ...], rows: tuple[Array, Array], columns: tuple[Array, Array]) -> Array:
    """Which pixels of each image (n, height, width) lie in its box, given by the spans of its rows and columns."""
    _, height, width, _ = shape
    return _within(rows, height)[:, :, np.newaxis] & _within(columns, width)[:, np.newaxis, :]


def _within(span: tuple[Array, Array], length: int) -> Array:
    begin, end = span
    places = np.arange(length)
    return (places >= begin[:, np.newaxis]) & (places < end[:, np.newaxis])
