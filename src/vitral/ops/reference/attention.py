"""Attention in NumPy."""

import math

import numpy as np

from vitral.ops.reference.activation import softmax, softmax_backward
from vitral.typing import Array, Cache

_FAR_BELOW = 1e9


def attention(
    query: Array,
    key: Array,
    value: Array,
    *,
    mask: Array | None = None,
    keep: Array | None = None,
    rate: float = 0.0,
) -> tuple[Array, Array, Cache]:
    scaled = query * query.dtype.type(1 / math.sqrt(query.shape[-1]))
    scores = scaled @ key.swapaxes(-1, -2)
    if mask is not None:
        scores = scores - ~mask * scores.dtype.type(_FAR_BELOW)
    weights, _ = softmax(scores)
    factor = None if keep is None else keep * weights.dtype.type(1 / (1 - rate))
    used = weights if factor is None else weights * factor
    return used @ value, weights, (query, key, value, weights, used, factor)


def attention_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    query, key, value, weights, used, factor = cache
    scale = query.dtype.type(1 / math.sqrt(query.shape[-1]))
    dvalue = used.swapaxes(-1, -2) @ dy
    dused = dy @ value.swapaxes(-1, -2)
    dscores = softmax_backward(dused if factor is None else dused * factor, weights) * scale
    return dscores @ key, dscores.swapaxes(-1, -2) @ query, dvalue


def lookup(table: Array, *, rows: Array) -> tuple[Array, Cache]:
    return table[rows], (rows, table.shape)


def lookup_backward(dy: Array, cache: Cache) -> Array:
    rows, shape = cache
    dtable = np.zeros(shape, dy.dtype)
    np.add.at(dtable, rows, dy)
    return dtable
