"""Contrast made level tile by tile, in NumPy."""

import numpy as np

from vitral.ops.geometry import Pair
from vitral.typing import Array, Cache

_BINS = 256


def equalize_tiles2d(x: Array, *, low: float, high: float, grid: Pair, clip_limit: float) -> tuple[Array, Cache]:
    n, height, width, channels = x.shape
    tile = -(-height // grid[0]), -(-width // grid[1])
    borders = ((0, 0), (0, tile[0] * grid[0] - height), (0, tile[1] * grid[1] - width), (0, 0))
    levels = np.pad(np.clip((x - low) / (high - low) * 255, 0, 255).astype(np.intp), borders, mode="symmetric")
    tables = _tables(levels, tile, grid, clip_limit, x.dtype)

    above, below, down = _between(height, tile[0], grid[0], x.dtype)
    before, behind, across = _between(width, tile[1], grid[1], x.dtype)
    samples, colors = np.arange(n)[:, np.newaxis, np.newaxis, np.newaxis], np.arange(channels)
    levels = levels[:, :height, :width]

    def seen(rows: Array, columns: Array) -> Array:
        found: Array = tables[samples, rows[:, np.newaxis, np.newaxis], columns[:, np.newaxis], colors, levels]
        return found

    across, down = across[:, np.newaxis], down[:, np.newaxis, np.newaxis]
    upper = (1 - across) * seen(above, before) + across * seen(above, behind)
    lower = (1 - across) * seen(below, before) + across * seen(below, behind)
    y = ((1 - down) * upper + down * lower) / 255 * (high - low) + low
    return y, None


def equalize_tiles2d_backward(dy: Array, cache: Cache) -> Array:
    return np.zeros_like(dy)


def _tables(levels: Array, tile: Pair, grid: Pair, clip_limit: float, dtype: np.dtype) -> Array:
    """What becomes of each byte, (n, rows, columns, channels, 256)."""
    n, _, _, channels = levels.shape
    tiles = levels.reshape(n, grid[0], tile[0], grid[1], tile[1], channels).transpose(0, 1, 3, 5, 2, 4)
    pixels = tiles.reshape(-1, tile[0] * tile[1])
    own_bins = pixels + _BINS * np.arange(len(pixels))[:, np.newaxis]
    counts = np.bincount(own_bins.ravel(), minlength=len(pixels) * _BINS).reshape(-1, _BINS).astype(dtype)
    if clip_limit > 0:
        # The tables are the largest arrays here, so they are changed in place.
        np.minimum(counts, clip_limit * pixels.shape[1] / _BINS, out=counts)
        counts += (pixels.shape[1] - counts.sum(axis=1, keepdims=True)) / _BINS
    table = np.cumsum(counts, axis=1, out=counts)
    table -= table[:, :1].copy()
    others = table[:, -1:].copy()
    table *= 255 / np.where(others == 0, 1, others)
    return np.clip(table, 0, 255, out=table).reshape(n, *grid, channels, _BINS)


def _between(length: int, tile: int, count: int, dtype: np.dtype) -> tuple[Array, Array, Array]:
    """For each place on an axis the tiles before and behind it, and how near the latter's middle is."""
    place = (np.arange(length) - tile / 2) / tile
    before = np.floor(place)
    share = (place - before).astype(dtype)
    first, second = (np.clip(number, 0, count - 1).astype(np.intp) for number in (before, before + 1))
    return first, second, share
