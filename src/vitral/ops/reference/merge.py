"""Making one array of two or more, in NumPy."""

import numpy as np

from vitral.typing import Array, Cache


def add(a: Array, b: Array) -> tuple[Array, Cache]:
    return a + b, (a.shape, b.shape)


def add_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    a_shape, b_shape = cache
    return _shrunk(dy, a_shape), _shrunk(dy, b_shape)


def subtract(a: Array, b: Array) -> tuple[Array, Cache]:
    return a - b, (a.shape, b.shape)


def subtract_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    a_shape, b_shape = cache
    return _shrunk(dy, a_shape), _shrunk(-dy, b_shape)


def multiply(a: Array, b: Array) -> tuple[Array, Cache]:
    return a * b, (a, b)


def multiply_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    a, b = cache
    return _shrunk(b * dy, a.shape), _shrunk(a * dy, b.shape)


def maximum(a: Array, b: Array) -> tuple[Array, Cache]:
    return np.maximum(a, b), (a >= b, a.shape, b.shape)


def maximum_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    from_a, a_shape, b_shape = cache
    return _shrunk(dy * from_a, a_shape), _shrunk(dy * ~from_a, b_shape)


def minimum(a: Array, b: Array) -> tuple[Array, Cache]:
    return np.minimum(a, b), (a <= b, a.shape, b.shape)


def minimum_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    return maximum_backward(dy, cache)


def concatenate(*arrays: Array, axis: int = -1) -> tuple[Array, Cache]:
    return np.concatenate(arrays, axis), (axis, np.cumsum([array.shape[axis] for array in arrays])[:-1])


def concatenate_backward(dy: Array, cache: Cache) -> tuple[Array, ...]:
    axis, borders = cache
    return tuple(np.split(dy, borders, axis))


def batch_dot(a: Array, b: Array, *, axes: tuple[int, int]) -> tuple[Array, Cache]:
    a_last, b_first = np.moveaxis(a, axes[0], -1), np.moveaxis(b, axes[1], 1)
    left = a_last.reshape(len(a), -1, a_last.shape[-1])
    right = b_first.reshape(len(b), b_first.shape[1], -1)
    y = (left @ right).reshape(len(a), *a_last.shape[1:-1], *b_first.shape[2:])
    return y, (left, right, a_last.shape, b_first.shape, axes)


def batch_dot_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    left, right, a_shape, b_shape, axes = cache
    dy = dy.reshape(len(dy), left.shape[1], right.shape[2])
    da = (dy @ right.swapaxes(1, 2)).reshape(a_shape)
    db = (left.swapaxes(1, 2) @ dy).reshape(b_shape)
    return np.moveaxis(da, -1, axes[0]), np.moveaxis(db, 1, axes[1])


def _shrunk(gradient: Array, shape: tuple[int, ...]) -> Array:
    """The sum over the axes along which an array of this shape was stretched."""
    if gradient.shape == shape:
        return gradient
    stretched = tuple(axis for axis, size in enumerate(shape) if size != gradient.shape[axis])
    return gradient.sum(axis=stretched, keepdims=True)
