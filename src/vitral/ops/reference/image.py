"""Images moved about, in NumPy: whole pixels are gathered, and weighted where they must be mixed."""

from collections.abc import Callable

import numpy as np

from vitral.ops.geometry import Pair
from vitral.ops.reference.windows import crop_image, pad_image
from vitral.typing import Array, Cache


def crop2d(x: Array, *, cropping: tuple[Pair, Pair]) -> tuple[Array, Cache]:
    return np.ascontiguousarray(crop_image(x, cropping)), cropping


def crop2d_backward(dy: Array, cache: Cache) -> Array:
    return pad_image(dy, cache)


def pad2d(x: Array, *, padding: tuple[Pair, Pair], value: float = 0.0) -> tuple[Array, Cache]:
    return pad_image(x, padding, value), padding


def pad2d_backward(dy: Array, cache: Cache) -> Array:
    return np.ascontiguousarray(crop_image(dy, cache))


def space_out2d(x: Array, *, strides: Pair, padding: tuple[Pair, Pair]) -> tuple[Array, Cache]:
    (top, bottom), (left, right) = padding
    n, height, width, channels = x.shape
    rows, columns = (height - 1) * strides[0] + 1, (width - 1) * strides[1] + 1
    y = np.zeros((n, top + rows + bottom, left + columns + right, channels), x.dtype)
    places = np.s_[:, top : top + rows : strides[0], left : left + columns : strides[1]]
    y[places] = x
    return y, places


def space_out2d_backward(dy: Array, cache: Cache) -> Array:
    return np.ascontiguousarray(dy[cache])


def flip2d(x: Array, *, vertical: Array, horizontal: Array) -> tuple[Array, Cache]:
    y = x.copy()
    y[vertical] = y[vertical, ::-1]
    y[horizontal] = y[horizontal, :, ::-1]
    return y, (vertical, horizontal)


def flip2d_backward(dy: Array, cache: Cache) -> Array:
    vertical, horizontal = cache
    return flip2d(dy, vertical=vertical, horizontal=horizontal)[0]


def resize2d(x: Array, *, size: Pair, interpolation: str = "bilinear", antialias: bool = False) -> tuple[Array, Cache]:
    rows, columns = (
        _resizing_weights(before, after, interpolation, antialias).astype(x.dtype)
        for before, after in zip(x.shape[1:3], size, strict=True)
    )
    if interpolation == "nearest":
        return x[:, rows.argmax(axis=1)[:, np.newaxis], columns.argmax(axis=1)], (rows, columns)
    return _along_both_axes(x, rows, columns), (rows, columns)


def resize2d_backward(dy: Array, cache: Cache) -> Array:
    rows, columns = cache
    return _along_both_axes(dy, rows.T, columns.T)


def _along_both_axes(x: Array, rows: Array, columns: Array) -> Array:
    n, height, width, channels = x.shape
    y = rows @ x.reshape(n, height, width * channels)
    y = columns @ y.reshape(n * len(rows), width, channels)
    result: Array = y.reshape(n, len(rows), len(columns), channels)
    return result


def _resizing_weights(before: int, after: int, interpolation: str, antialias: bool) -> Array:
    """The matrix (after, before) that takes a row of pixels to its new length."""
    scale = before / after
    if interpolation == "nearest":
        return np.eye(before)[np.floor((np.arange(after) + 0.5) * scale).astype(int)]
    spread = max(scale, 1.0) if antialias else 1.0
    places = (np.arange(after)[:, np.newaxis] + 0.5) * scale - 0.5
    weights = _KERNELS[interpolation](np.abs(places - np.arange(before)) / spread)
    normalized: Array = weights / weights.sum(axis=1, keepdims=True)
    return normalized


def _triangle(distance: Array) -> Array:
    return np.maximum(1 - distance, 0)


def _keys_cubic(distance: Array) -> Array:
    near = (1.5 * distance - 2.5) * distance**2 + 1
    far = ((2.5 - 0.5 * distance) * distance - 4) * distance + 2
    return np.where(distance < 1, near, np.where(distance < 2, far, 0))


def _lanczos(radius: int) -> Callable[[Array], Array]:
    return lambda distance: np.where(distance < radius, np.sinc(distance) * np.sinc(distance / radius), 0)


_KERNELS: dict[str, Callable[[Array], Array]] = {
    "bilinear": _triangle,
    "bicubic": _keys_cubic,
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
}


def affine_sample2d(
    x: Array,
    *,
    maps: Array,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0.0,
) -> tuple[Array, Cache]:
    n, height, width, channels = x.shape
    across, down = _places(maps.astype(x.dtype), height, width)
    first_pixels = (np.arange(n) * (height * width))[:, np.newaxis, np.newaxis]
    pixels = x.reshape(-1, channels)
    taps = []
    y: Array | None = None
    for row, row_weight in _neighbors(down, interpolation):
        row_index, row_inside = _into_image(row, height, fill_mode)
        for column, column_weight in _neighbors(across, interpolation):
            column_index, column_inside = _into_image(column, width, fill_mode)
            index = row_index * width + column_index + first_pixels
            inside = None if row_inside is None else row_inside & column_inside
            weight = None if row_weight is None else (row_weight * column_weight)[..., np.newaxis]
            part = np.take(pixels, np.broadcast_to(index, (n, height, width)), axis=0)
            if inside is not None:
                part[~np.broadcast_to(inside, part.shape[:3])] = fill_value
            if weight is not None:
                part *= weight
            y = part if y is None else np.add(y, part, out=y)
            taps.append((index, inside, weight))
    assert y is not None, "there is at least one neighbor"
    return y, (x.shape, taps)


def affine_sample2d_backward(dy: Array, cache: Cache) -> Array:
    shape, taps = cache
    dx = np.zeros(shape, dy.dtype)
    pixels = dx.reshape(-1, shape[3])
    for index, inside, weight in taps:
        part = dy if weight is None else dy * weight
        if inside is not None:
            part = part * inside[..., np.newaxis]
        np.add.at(pixels, np.broadcast_to(index, shape[:3]), part)
    return dx


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
