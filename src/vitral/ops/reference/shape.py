"""Moving, scaling and dropping values in NumPy."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from vitral.ops.geometry import Pair
from vitral.ops.reference.windows import crop_image, pad_image
from vitral.typing import Array, Cache


def reshape(x: Array, *, shape: Sequence[int]) -> tuple[Array, Cache]:
    return x.reshape(len(x), *shape), x.shape


def reshape_backward(dy: Array, cache: Cache) -> Array:
    return dy.reshape(cache)


def permute(x: Array, *, axes: Sequence[int]) -> tuple[Array, Cache]:
    return np.ascontiguousarray(x.transpose(0, *axes)), np.argsort((0, *axes))


def permute_backward(dy: Array, cache: Cache) -> Array:
    return np.ascontiguousarray(dy.transpose(cache))


def zero_pad2d(x: Array, *, padding: tuple[Pair, Pair]) -> tuple[Array, Cache]:
    return pad_image(x, padding), padding


def zero_pad2d_backward(dy: Array, cache: Cache) -> Array:
    return crop_image(dy, cache)


def get_item(x: Array, *, key: tuple[Any, ...]) -> tuple[Array, Cache]:
    return np.ascontiguousarray(x[key]), (key, x.shape)


def get_item_backward(dy: Array, cache: Cache) -> Array:
    key, shape = cache
    dx = np.zeros(shape, dy.dtype)
    dx[key] = dy
    return dx


def repeat(x: Array, *, times: int) -> tuple[Array, Cache]:
    return np.repeat(x[:, np.newaxis], times, axis=1), None


def repeat_backward(dy: Array, cache: Cache) -> Array:
    return dy.sum(axis=1)


def affine(x: Array, *, scale: Array, offset: Array) -> tuple[Array, Cache]:
    return x * scale + offset, scale


def affine_backward(dy: Array, cache: Cache) -> Array:
    return dy * cache


def dropout(x: Array, *, keep: Array, rate: float) -> tuple[Array, Cache]:
    factor = keep * x.dtype.type(1 / (1 - rate))
    return x * factor, factor


def dropout_backward(dy: Array, cache: Cache) -> Array:
    return dy * cache
