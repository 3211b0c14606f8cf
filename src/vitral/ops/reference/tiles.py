"""Contrast made level tile by tile, in NumPy."""

import numpy as np

from vitral.ops.geometry import Pair
from vitral.typing import Array, Cache

_BINS = 256
_TOGETHER = 32


def equalize_tiles2d(x: Array, *, low: float, high: float, grid: Pair, clip_limit: float) -> tuple[Array, Cache]:
    y = np.empty_like(x)
    # The tables of some images are as large as a hundred images: those of all of them would go through no cache.
    for start in range(0, len(x), _TOGETHER):
        levels = np.clip((x[start : start + _TOGETHER] - low) / (high - low) * 255, 0, 255).astype(np.intp)
        y[start : start + _TOGETHER] = _equalized(levels, grid, clip_limit, x.dtype) / 255 * (high - low) + low
    return y, None


def equalize_tiles2d_backward(dy: Array, cache: Cache) -> Array:
    return np.zeros_like(dy)


def _equalized(levels: Array, grid: Pair, clip_limit: float, dtype: np.dtype) -> Array:
    """Images of the numbers from 0 to 255 that take the place of these."""
    n, height, width, channels = levels.shape
    tile = -(-height // grid[0]), -(-width // grid[1])
    borders = ((0, 0), (0, tile[0] * grid[0] - height), (0, tile[1] * grid[1] - width), (0, 0))
    table = _table(np.pad(levels, borders, mode="symmetric"), tile, grid, clip_limit, dtype)

    above, below, down = _between(height, tile[0], grid[0], dtype)
    before, behind, across = _between(width, tile[1], grid[1], dtype)
    of_sample = grid[0] * grid[1] * channels
    start = of_sample * np.arange(n)[:, np.newaxis, np.newaxis, np.newaxis] + np.arange(channels)
    start = start + levels * (n * of_sample)

    def seen(rows: Array, columns: Array) -> Array:
        tiles = (rows[:, np.newaxis] * grid[1] + columns)[..., np.newaxis] * channels
        return table.take(start + tiles)

    across, down = across[:, np.newaxis], down[:, np.newaxis, np.newaxis]
    upper = (1 - across) * seen(above, before) + across * seen(above, behind)
    lower = (1 - across) * seen(below, before) + across * seen(below, behind)
    mixed: Array = (1 - down) * upper + down * lower
    return mixed


def _table(levels: Array, tile: Pair, grid: Pair, clip_limit: float, dtype: np.dtype) -> Array:
    """What becomes of each level, (256, n * rows * columns * channels): whole rows are added up far more quickly."""
    n, _, _, channels = levels.shape
    tiles = levels.reshape(n, grid[0], tile[0], grid[1], tile[1], channels).transpose(2, 4, 0, 1, 3, 5)
    pixels = tiles.reshape(tile[0] * tile[1], -1)
    size, count = pixels.shape
    own_bins = pixels * count + np.arange(count)
    table = np.bincount(own_bins.ravel(), minlength=_BINS * count).reshape(_BINS, count).astype(dtype)
    # The tables are the largest arrays here, so they are changed in place.
    if clip_limit > 0:
        np.minimum(table, clip_limit * size / _BINS, out=table)
        table += (size - table.sum(axis=0)) / _BINS
    for level in range(1, _BINS):
        table[level] += table[level - 1]
    table -= table[0].copy()
    others = table[-1].copy()
    table *= 255 / np.where(others == 0, 1, others)
    return np.clip(table, 0, 255, out=table)


def _between(length: int, tile: int, count: int, dtype: np.dtype) -> tuple[Array, Array, Array]:
    """For each place on an axis the tiles before and behind it, and how near the latter's middle is."""
    place = (np.arange(length) - tile / 2) / tile
    before = np.floor(place)
    share = (place - before).astype(dtype)
    first, second = (np.clip(number, 0, count - 1).astype(np.intp) for number in (before, before + 1))
    return first, second, share
