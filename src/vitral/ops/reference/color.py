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
    red, green, blue = _planes(x)
    value, minimum = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    largest, smallest = _first_equal(value, red, green), _first_equal(minimum, red, green)
    spread = value - minimum
    across = (green - blue) * (largest == 0) + (blue - red) * (largest == 1) + (red - green) * (largest == 2)
    turn = _quotient(across, 6 * spread)
    hue = turn + np.array([0, 1 / 3, 2 / 3], x.dtype)[largest]
    hue += hue < 0
    hue *= spread > 0
    return np.stack([hue, _quotient(spread, value), value], axis=-1), (largest, smallest, value, minimum, turn)


def rgb_to_hsv_backward(dy: Array, cache: Cache) -> Array:
    largest, smallest, value, minimum, turn = cache
    dhue, dsaturation, dvalue = _planes(dy)
    dturn = _quotient(dhue, value - minimum)
    dquotient = _quotient(dsaturation, value)
    through_largest = dvalue + _quotient(dquotient * minimum, value) - dturn * turn
    through_smallest = dturn * turn - dquotient
    dturn /= 6
    colors = [
        through_largest * (largest == color) + through_smallest * (smallest == color) + dturn * signs[largest]
        for color, signs in enumerate(_SIGNS.astype(dy.dtype))
    ]
    return np.stack(colors, axis=-1)


_SIGNS = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
"""How red, green and blue go into the hue (rows) where red, green or blue is the largest (columns)."""


def hsv_to_rgb(x: Array) -> tuple[Array, Cache]:
    hue, saturation, value = _planes(x)
    distance = np.stack([6 * hue - 2 * color for color in range(3)])
    turns = np.rint(distance / 6)
    turns *= 6
    distance -= turns
    weight = np.subtract(2, np.abs(distance, out=turns), out=turns)
    np.clip(weight, 0, 1, out=weight)
    return _pixels(value * (1 - saturation * (1 - weight))), (distance, weight, saturation, value)


def hsv_to_rgb_backward(dy: Array, cache: Cache) -> Array:
    distance, weight, saturation, value = cache
    dcolor = _planes(dy)
    slope = -np.sign(distance) * ((weight > 0) & (weight < 1))
    dhue = 6 * value * saturation * (dcolor * slope).sum(axis=0)
    dsaturation = -value * (dcolor * (1 - weight)).sum(axis=0)
    dvalue = (dcolor * (1 - saturation * (1 - weight))).sum(axis=0)
    return np.stack([dhue, dsaturation, dvalue], axis=-1)


def _planes(x: Array) -> Array:
    """The channels one behind the other (3, ...): whole planes are far quicker to work with than pixels of three."""
    return np.ascontiguousarray(np.moveaxis(x, -1, 0))


def _pixels(planes: Array) -> Array:
    return np.stack(tuple(planes), axis=-1)


def _first_equal(extreme: Array, red: Array, green: Array) -> Array:
    """Which channel has this value, as a small number: the first where several have it."""
    not_red = extreme != red
    return not_red.view(np.int8) + (not_red & (extreme != green)).view(np.int8)


def _quotient(x: Array, divisor: Array) -> Array:
    """x / divisor, and 0 where that is 0."""
    return np.divide(x, divisor, out=np.zeros_like(x), where=divisor != 0)
