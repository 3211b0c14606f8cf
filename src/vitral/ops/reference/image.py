"""Images moved about, in NumPy."""

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
    return along_both_axes(x, rows, columns), (rows, columns)


def resize2d_backward(dy: Array, cache: Cache) -> Array:
    rows, columns = cache
    return along_both_axes(dy, rows.T, columns.T)


def along_both_axes(x: Array, rows: Array, columns: Array) -> Array:
    """Images with the matrix `rows` applied to their columns of pixels, and `columns` to their rows."""
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
