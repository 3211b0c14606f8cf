"""Images seen through maps, in NumPy: whole pixels are gathered, and weighted where they must be mixed."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from vitral.typing import Array, Cache


class _Tap(NamedTuple):
    """One of the pixels that the outputs of a few images are made of, all arrays (images, height, width)."""

    place: Array
    """Its place among all pixels of those images."""
    inside: Array | None
    """Where it lies in the image; None if it does everywhere."""
    weight: Array | None
    """None stands for 1."""


def affine_sample2d(
    x: Array,
    *,
    maps: Array,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0.0,
) -> tuple[Array, Cache]:
    maps = maps.astype(x.dtype)
    return _sample(x, lambda few: _places(maps[few], *x.shape[1:3]), interpolation, fill_mode, fill_value)


def affine_sample2d_backward(dy: Array, cache: Cache) -> Array:
    return sample2d_backward(dy, cache)


def sample2d(
    x: Array,
    *,
    columns: Array,
    rows: Array,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0.0,
) -> tuple[Array, Cache]:
    columns, rows = columns.astype(x.dtype), rows.astype(x.dtype)
    return _sample(x, lambda few: (columns[few], rows[few]), interpolation, fill_mode, fill_value)


def sample2d_backward(dy: Array, cache: Cache) -> Array:
    at_once, all_taps = cache
    dx = np.zeros_like(dy)
    for start, taps in all_taps.items():
        few = slice(start, start + at_once)
        pixels = dx[few].reshape(-1, dy.shape[3])
        for place, inside, weight in taps:
            part = dy[few] if weight is None else dy[few] * weight[..., np.newaxis]
            if inside is not None:
                part = part * inside[..., np.newaxis]
            np.add.at(pixels, place, part)
    return dx


def _sample(
    x: Array,
    places_of: Callable[[slice], tuple[Array, Array]],
    interpolation: str,
    fill_mode: str,
    fill_value: float,
) -> tuple[Array, Cache]:
    """Images at the columns and rows that `places_of` gives for a few of them."""
    y = np.empty(x.shape, x.dtype)
    taps = {}
    # A few images at a time, so that what is worked out for each of their pixels stays in the processor's cache.
    at_once = max(_PIXELS_AT_ONCE // (x.shape[1] * x.shape[2]), 1)
    for start in range(0, len(x), at_once):
        few = slice(start, start + at_once)
        taps[start] = _taps(places_of(few), x.shape[1], x.shape[2], interpolation, fill_mode)
        y[few] = _weighted_sum(x[few], taps[start], fill_value)
    return y, (at_once, taps)


_PIXELS_AT_ONCE = 16 * 32 * 32


def _taps(places: tuple[Array, Array], height: int, width: int, interpolation: str, fill_mode: str) -> list[_Tap]:
    across, down = places
    rows = [(*_into_image(row, height, fill_mode), weight) for row, weight in _neighbors(down, interpolation)]
    columns = [(*_into_image(column, width, fill_mode), weight) for column, weight in _neighbors(across, interpolation)]
    shape = (len(across), height, width)
    first_pixels = (np.arange(len(across)) * (height * width))[:, np.newaxis, np.newaxis]
    return [
        _Tap(
            np.broadcast_to(row * width + column + first_pixels, shape),
            None if row_inside is None else np.broadcast_to(row_inside & column_inside, shape),
            None if row_weight is None else row_weight * column_weight,
        )
        for row, row_inside, row_weight in rows
        for column, column_inside, column_weight in columns
    ]


def _weighted_sum(x: Array, taps: list[_Tap], fill_value: float) -> Array:
    """What a few images look like through their maps."""
    planes = np.ascontiguousarray(x.reshape(-1, x.shape[3]).T)  # far quicker to weight than pixels of a few channels
    y: Array | None = None
    for place, inside, weight in taps:
        part = np.take(planes, place, axis=1)
        if inside is not None:
            np.copyto(part, fill_value, where=~inside)
        if weight is not None:
            part *= weight
        y = part if y is None else np.add(y, part, out=y)
    assert y is not None, "there is at least one tap"
    return np.moveaxis(y, 0, -1)


def _places(maps: Array, height: int, width: int) -> tuple[Array, Array]:
    """Columns and rows of the input that the outputs look at, (n, height, width).

    Where no image is turned, columns do not depend on the row nor rows on the column: those axes have length 1 then,
    which spares most of the arithmetic.
    """
    a0, a1, a2, b0, b1, b2 = maps.T[:, :, np.newaxis, np.newaxis]
    u, v = np.arange(width, dtype=maps.dtype), np.arange(height, dtype=maps.dtype)[:, np.newaxis]
    across, down = a0 * u + a2, b1 * v + b2
    return (across + a1 * v if a1.any() else across), (down + b0 * u if b0.any() else down)


def _neighbors(places: Array, interpolation: str) -> list[tuple[Array, Array | None]]:
    """The pixels of one axis that take part, each with its weight; no weight means 1."""
    if interpolation == "nearest":
        return [(np.trunc(places + np.copysign(places.dtype.type(0.5), places)).astype(np.intp), None)]
    below = np.floor(places)
    part = places - below
    index = below.astype(np.intp)
    return [(index, 1 - part), (index + 1, part)]


def _into_image(index: Array, size: int, fill_mode: str) -> tuple[Array, Array | None]:
    """Pixels of the image in place of those beyond its edge, and for "constant" which of them are inside."""
    if fill_mode == "wrap":
        return index % size, None
    if fill_mode == "reflect":
        turned = index % (2 * size)
        return np.minimum(turned, 2 * size - 1 - turned), None
    clipped = np.clip(index, 0, size - 1)
    return clipped, (clipped == index if fill_mode == "constant" else None)
