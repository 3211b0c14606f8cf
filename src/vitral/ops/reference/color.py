"""Colors of pixels, in NumPy."""

import numpy as np

from vitral.typing import Array, Cache


def clip(x: Array, *, low: float, high: float) -> tuple[Array, Cache]:
    return np.clip(x, low, high), (x >= low) & (x <= high)


def clip_backward(dy: Array, cache: Cache) -> Array:
    return dy * cache


def mix_channels2d(x: Array, *, matrices: Array) -> tuple[Array, Cache]:
    matrices = matrices.astype(x.dtype)
    return _mixed(x, matrices.swapaxes(1, 2)), matrices


def mix_channels2d_backward(dy: Array, cache: Cache) -> Array:
    return _mixed(dy, cache)


def _mixed(x: Array, matrices: Array) -> Array:
    mixed: Array = (x.reshape(len(x), -1, x.shape[-1]) @ matrices).reshape(x.shape)
    return mixed


def rgb_to_hsv(x: Array) -> tuple[Array, Cache]:
    largest, smallest = x.argmax(axis=-1), x.argmin(axis=-1)
    value, minimum = x.max(axis=-1), x.min(axis=-1)
    spread = value - minimum
    turn = _quotient(_channel(x, largest + 1) - _channel(x, largest + 2), 6 * spread)
    hue = turn + largest.astype(x.dtype) / 3
    hue += hue < 0
    hue *= spread > 0
    saturation = _quotient(spread, value)
    return np.stack([hue, saturation, value], axis=-1), (largest, smallest, value, minimum, turn)


def rgb_to_hsv_backward(dy: Array, cache: Cache) -> Array:
    largest, smallest, value, minimum, turn = cache
    dhue, dsaturation, dvalue = np.moveaxis(dy, -1, 0)
    dturn = _quotient(dhue, value - minimum)
    dquotient = _quotient(dsaturation, value)
    parts = (
        (largest, dvalue + _quotient(dquotient * minimum, value) - dturn * turn),
        (smallest, dturn * turn - dquotient),
        ((largest + 1) % 3, dturn / 6),
        ((largest + 2) % 3, -dturn / 6),
    )
    return np.stack([sum((part * (place == color) for place, part in parts), 0 * dhue) for color in range(3)], axis=-1)


def hsv_to_rgb(x: Array) -> tuple[Array, Cache]:
    hue, saturation, value = np.moveaxis(x[..., np.newaxis, :], -1, 0)
    distance = (6 * hue - 2 * np.arange(3, dtype=x.dtype) + 3) % 6 - 3
    weight = np.clip(2 - np.abs(distance), 0, 1)
    return value * (1 - saturation * (1 - weight)), (distance, weight, saturation, value)


def hsv_to_rgb_backward(dy: Array, cache: Cache) -> Array:
    distance, weight, saturation, value = cache
    slope = -np.sign(distance) * ((weight > 0) & (weight < 1))
    dhue = 6 * value * saturation * dy * slope
    dsaturation = -value * dy * (1 - weight)
    dvalue = dy * (1 - saturation * (1 - weight))
    return np.stack([part.sum(axis=-1) for part in (dhue, dsaturation, dvalue)], axis=-1)


def _channel(x: Array, number: Array) -> Array:
    return np.take_along_axis(x, (number % 3)[..., np.newaxis], axis=-1)[..., 0]


def _quotient(x: Array, divisor: Array) -> Array:
    """x / divisor, and 0 where that is 0."""
    return np.divide(x, divisor, out=np.zeros_like(x), where=divisor != 0)
